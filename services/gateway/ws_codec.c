/* wslay's event API, receiving side only. Limits: PAL_WS_MESSAGE_MAX a message (1009), text only
 * (1003), UTF-8 checked by wslay (1007), unmasked frames and reserved bits refused by wslay (1002).
 */
#include "ws_codec.h"

#include "base/limits.h"
#include "ws_frame.h"

#include <stdlib.h>
#include <wslay/wslay.h>

struct ws_codec {
    wslay_event_context_ptr wslay; /* owned */
    const struct ws_codec_ops *ops;
    void *owner;
    struct pal_buf control; /* control frames that wslay wants to send */
    uint64_t fed, used;     /* bytes given to wslay, bytes of frames that it has told of */
    bool in_frame;          /* a frame's payload is not complete */
    bool in_message;        /* a fragmented message is not complete */
    bool dry;               /* the last read had nothing more */
    bool eof;
};

enum { CONTROL_MAX = 64 << 10, MASKED_HEADER_MIN = 6 };

static ssize_t on_read(wslay_event_context_ptr wslay, uint8_t *buf, size_t n, int flags, void *arg)
{
    struct ws_codec *c = arg;
    (void)flags;
    ssize_t got = c->ops->read(c->owner, buf, n);
    if (got > 0) {
        c->fed += (uint64_t)got;
        return got;
    }
    c->dry = true;
    c->eof = got < 0;
    wslay_event_set_error(wslay, got < 0 ? WSLAY_ERR_CALLBACK_FAILURE : WSLAY_ERR_WOULDBLOCK);
    return -1;
}

static ssize_t on_write(wslay_event_context_ptr wslay, const uint8_t *data, size_t n, int flags,
                        void *arg)
{
    struct ws_codec *c = arg;
    (void)flags;
    pal_buf_add(&c->control, data, n);
    if (!c->control.failed)
        return (ssize_t)n;
    wslay_event_set_error(wslay, WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

/* Only the number of bytes told here shows whether wslay holds the beginning of a further header.
 */
static void on_frame_start(wslay_event_context_ptr wslay,
                           const struct wslay_event_on_frame_recv_start_arg *arg, void *user)
{
    struct ws_codec *c = user;
    (void)wslay;
    uint64_t length = arg->payload_length;
    uint64_t extended = length < 126 ? 0 : length <= UINT16_MAX ? 2 : 8;
    c->used += MASKED_HEADER_MIN + extended;
    c->in_frame = true;
    if (!wslay_is_ctrl_frame(arg->opcode))
        c->in_message = !arg->fin;
}

static void on_frame_chunk(wslay_event_context_ptr wslay,
                           const struct wslay_event_on_frame_recv_chunk_arg *arg, void *user)
{
    struct ws_codec *c = user;
    (void)wslay;
    c->used += arg->data_length;
}

static void on_frame_end(wslay_event_context_ptr wslay, void *user)
{
    struct ws_codec *c = user;
    (void)wslay;
    c->in_frame = false;
    c->ops->alive(c->owner);
}

static void on_message(wslay_event_context_ptr wslay, const struct wslay_event_on_msg_recv_arg *arg,
                       void *user)
{
    static const char reason[] = "text messages only";
    struct ws_codec *c = user;
    if (arg->opcode == WS_TEXT) {
        c->ops->text(c->owner, (struct pal_str){(const char *)arg->msg, arg->msg_length});
    } else if (arg->opcode == WS_BINARY) {
        wslay_event_shutdown_read(wslay);
        (void)wslay_event_queue_close(wslay, WSLAY_CODE_UNSUPPORTED_DATA, (const uint8_t *)reason,
                                      sizeof reason - 1);
    }
}

struct ws_codec *ws_codec_new(const struct ws_codec_ops *ops)
{
    static const struct wslay_event_callbacks callbacks = {
        .recv_callback = on_read,
        .send_callback = on_write,
        .on_frame_recv_start_callback = on_frame_start,
        .on_frame_recv_chunk_callback = on_frame_chunk,
        .on_frame_recv_end_callback = on_frame_end,
        .on_msg_recv_callback = on_message,
    };
    struct ws_codec *c = calloc(1, sizeof *c);
    if (!c || wslay_event_context_server_init(&c->wslay, &callbacks, c) != 0) {
        free(c);
        return NULL;
    }
    c->ops = ops;
    pal_buf_init(&c->control, CONTROL_MAX);
    wslay_event_config_set_max_recv_msg_length(c->wslay, PAL_WS_MESSAGE_MAX);
    return c;
}

void ws_codec_free(struct ws_codec *c)
{
    if (!c)
        return;
    wslay_event_context_free(c->wslay);
    pal_buf_fini(&c->control);
    free(c);
}

void ws_codec_attach(struct ws_codec *c, void *owner)
{
    c->owner = owner;
}

/* wslay takes a short read for the end of what there is. */
static int receive(struct ws_codec *c)
{
    int result;
    do {
        c->dry = false;
        result = wslay_event_recv(c->wslay);
    } while (result == 0 && !c->dry && wslay_event_get_read_enabled(c->wslay));
    return result;
}

/* What breaks the framing itself is closed by wslay without a code: ours says which. */
static void name_violation(struct ws_codec *c)
{
    struct pal_blob *close = ws_frame_close(WSLAY_CODE_PROTOCOL_ERROR, "not a WebSocket frame");
    pal_buf_clear(&c->control);
    if (close)
        pal_buf_add(&c->control, close->data, close->n);
    pal_blob_unref(close);
}

enum ws_codec_result ws_codec_run(struct ws_codec *c)
{
    int received = receive(c);
    if (c->eof)
        return WS_CODEC_EOF;
    /* What wslay answers by itself: pong, the echo of a close, the close after a violation. */
    int sent = wslay_event_send(c->wslay);
    if (received != 0 && wslay_event_get_close_sent(c->wslay))
        name_violation(c);
    if (c->control.n > 0)
        c->ops->write(c->owner, pal_buf_view(&c->control));
    pal_buf_clear(&c->control);
    if (wslay_event_get_close_sent(c->wslay))
        return WS_CODEC_CLOSE;
    return received != 0 || sent != 0 ? WS_CODEC_EOF : WS_CODEC_MORE;
}

bool ws_codec_idle(const struct ws_codec *c)
{
    return c->fed == c->used && !c->in_frame && !c->in_message && !c->eof &&
           !wslay_event_get_close_sent(c->wslay);
}

uint16_t ws_codec_close_code(const struct ws_codec *c)
{
    return wslay_event_get_status_code_received(c->wslay);
}
