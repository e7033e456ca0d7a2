/* wslay's frames, receiving side only: it parses headers, unmasks, and refuses lengths that are not
 * in their shortest form and control frames that are long or in fragments. Its event API is not
 * used: it looks into the reason of a close frame only as far as that came in one read, takes a
 * close frame of one byte, and forgets the pongs of a run that ends with a broken frame.
 *
 * Limits: PAL_WS_MESSAGE_MAX a message (1009), text only (1003), UTF-8 told wrong with the first
 * wrong byte (1007), all else that is not the protocol 1002. */
#include "ws_codec.h"

#include "base/limits.h"
#include "ws_frame.h"
#include "ws_utf8.h"

#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

enum { CONTROL_MAX = 125, OUT_MAX = 8 << 10, OUT_FLUSH = 4 << 10, MASKED_HEADER_MIN = 6 };

enum {
    CLOSE_NORMAL = 1000,
    CLOSE_PROTOCOL = 1002,
    CLOSE_KIND = 1003,
    CLOSE_TEXT = 1007,
    CLOSE_SIZE = 1009
};

struct ws_codec {
    wslay_frame_context_ptr wslay; /* owned */
    const struct ws_codec_ops *ops;
    void *owner;
    struct pal_buf message;       /* what has come of a text */
    struct ws_utf8 utf8;          /* of the message */
    uint8_t control[CONTROL_MAX]; /* what has come of a control frame */
    size_t control_n;
    uint64_t taken;     /* bytes that have come of the frame's payload */
    struct pal_buf out; /* control frames that are not written yet */
    uint64_t fed, used; /* bytes given to wslay, bytes of frames that it has told of */
    size_t run;         /* bytes read in this run */
    bool in_frame;      /* a frame's payload is not complete */
    bool in_message;    /* a fragmented message is not complete */
    bool dry;           /* the last read had nothing more */
    bool eof;
    bool closed; /* a close frame stands in out, or was written: what comes after is not read */
};

/* ---- what goes out ---- */

static void flush(struct ws_codec *c)
{
    if (c->out.n > 0)
        c->ops->write(c->owner, pal_buf_view(&c->out));
    pal_buf_clear(&c->out);
}

static void control(struct ws_codec *c, enum ws_opcode opcode, const uint8_t *payload, size_t n)
{
    const uint8_t header[2] = {(uint8_t)(0x80U | (unsigned)opcode), (uint8_t)n};
    if (c->out.n >= OUT_FLUSH)
        flush(c);
    pal_buf_add(&c->out, header, sizeof header);
    pal_buf_add(&c->out, payload, n);
}

static void end(struct ws_codec *c, uint16_t code, const char *reason)
{
    uint8_t payload[CONTROL_MAX] = {(uint8_t)(code >> 8), (uint8_t)(code & 0xff)};
    size_t n = strnlen(reason, sizeof payload - 2);
    memcpy(payload + 2, reason, n);
    control(c, WS_CLOSE, payload, n + 2);
    c->closed = true;
}

static void violation(struct ws_codec *c, const char *what)
{
    end(c, CLOSE_PROTOCOL, what);
}

/* ---- control frames ---- */

/* §7.4, and what IANA has registered since: 1012 to 1014. */
static bool code_ok(unsigned code)
{
    return (code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)) ||
           (code >= 3000 && code <= 4999);
}

static void on_close(struct ws_codec *c)
{
    struct ws_utf8 reason = {0};
    size_t n = c->control_n;
    if (n == 1) {
        violation(c, "half a close code");
    } else if (n > 1 && !code_ok((unsigned)c->control[0] << 8 | c->control[1])) {
        violation(c, "not a close code");
    } else if (n > 2 &&
               (!ws_utf8_feed(&reason, c->control + 2, n - 2) || !ws_utf8_whole(&reason))) {
        end(c, CLOSE_TEXT, "not UTF-8");
    } else {
        control(c, WS_CLOSE, c->control, n);
        c->closed = true;
    }
}

/* ---- a frame: beginning, pieces, end ---- */

static void data_begin(struct ws_codec *c, const struct wslay_frame_iocb *io)
{
    bool first = io->opcode != WS_CONTINUATION;
    if (first == c->in_message)
        violation(c, first ? "a message inside of another" : "a continuation of nothing");
    else if (io->opcode == WS_BINARY)
        end(c, CLOSE_KIND, "text messages only");
    else if (io->payload_length > PAL_WS_MESSAGE_MAX - c->message.n)
        end(c, CLOSE_SIZE, "too long a message");
    c->in_message = true;
}

/* The number of bytes that is told here shows whether wslay holds the beginning of a further
 * header. */
static void frame_begin(struct ws_codec *c, const struct wslay_frame_iocb *io)
{
    uint64_t length = io->payload_length;
    c->used += MASKED_HEADER_MIN + (length < 126 ? 0U : length <= UINT16_MAX ? 2U : 8U);
    c->in_frame = true;
    c->taken = 0;
    c->control_n = 0;
    if (!io->mask)
        violation(c, "a frame that is not masked");
    else if (io->rsv)
        violation(c, "a reserved bit");
    else if (io->opcode <= WS_BINARY)
        data_begin(c, io);
    else if (io->opcode < WS_CLOSE || io->opcode > WS_PONG)
        violation(c, "a reserved opcode");
}

static void frame_bytes(struct ws_codec *c, const struct wslay_frame_iocb *io)
{
    c->taken += io->data_length;
    c->used += io->data_length;
    if (io->data_length == 0)
        return;
    if (io->opcode >= WS_CLOSE) { /* wslay lets no more than CONTROL_MAX through */
        memcpy(c->control + c->control_n, io->data, io->data_length);
        c->control_n += io->data_length;
        return;
    }
    pal_buf_add(&c->message, io->data, io->data_length);
    if (!ws_utf8_feed(&c->utf8, io->data, io->data_length))
        end(c, CLOSE_TEXT, "not UTF-8");
}

static void message_end(struct ws_codec *c)
{
    if (!ws_utf8_whole(&c->utf8)) {
        end(c, CLOSE_TEXT, "not UTF-8");
        return;
    }
    flush(c);
    c->ops->text(c->owner, pal_buf_view(&c->message));
    pal_buf_clear(&c->message);
    c->in_message = false;
}

static void frame_end(struct ws_codec *c, const struct wslay_frame_iocb *io)
{
    c->in_frame = false;
    c->ops->alive(c->owner);
    if (io->opcode == WS_CLOSE)
        on_close(c);
    else if (io->opcode == WS_PING)
        control(c, WS_PONG, c->control, c->control_n);
    else if (io->opcode != WS_PONG && io->fin)
        message_end(c);
}

/* ---- reading ---- */

static ssize_t on_read(uint8_t *buf, size_t n, int flags, void *arg)
{
    struct ws_codec *c = arg;
    (void)flags;
    ssize_t got = c->run < WS_CODEC_RUN_BYTES ? c->ops->read(c->owner, buf, n) : 0;
    c->dry = got <= 0;
    c->eof = got < 0;
    if (got <= 0)
        return -1;
    c->fed += (uint64_t)got;
    c->run += (size_t)got;
    return got;
}

/* wslay takes a short read for the end of what there is: WANT_READ alone means nothing. */
static void step(struct ws_codec *c)
{
    struct wslay_frame_iocb io = {0};
    ssize_t got = wslay_frame_recv(c->wslay, &io);
    if (got == WSLAY_ERR_WANT_READ)
        return;
    if (got < 0) {
        violation(c, "not a WebSocket frame");
        return;
    }
    if (!c->in_frame)
        frame_begin(c, &io);
    if (!c->closed)
        frame_bytes(c, &io);
    if (!c->closed && c->taken == io.payload_length)
        frame_end(c, &io);
}

enum ws_codec_result ws_codec_run(struct ws_codec *c)
{
    c->dry = false;
    c->run = 0;
    while (!c->dry && !c->closed && !c->message.failed)
        step(c);
    flush(c);
    if (c->closed)
        return WS_CODEC_CLOSE;
    return c->eof || c->message.failed ? WS_CODEC_EOF : WS_CODEC_MORE;
}

bool ws_codec_idle(const struct ws_codec *c)
{
    return c->fed == c->used && !c->in_frame && !c->in_message && !c->eof && !c->closed;
}

/* ---- life ---- */

struct ws_codec *ws_codec_new(const struct ws_codec_ops *ops)
{
    static const struct wslay_frame_callbacks callbacks = {.recv_callback = on_read};
    struct ws_codec *c = calloc(1, sizeof *c);
    if (!c || wslay_frame_context_init(&c->wslay, &callbacks, c) != 0) {
        free(c);
        return NULL;
    }
    c->ops = ops;
    pal_buf_init(&c->message, PAL_WS_MESSAGE_MAX);
    pal_buf_init(&c->out, OUT_MAX);
    return c;
}

void ws_codec_free(struct ws_codec *c)
{
    if (!c)
        return;
    wslay_frame_context_free(c->wslay);
    pal_buf_fini(&c->message);
    pal_buf_fini(&c->out);
    free(c);
}

void ws_codec_attach(struct ws_codec *c, void *owner)
{
    c->owner = owner;
}
