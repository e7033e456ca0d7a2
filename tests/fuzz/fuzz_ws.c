/* What a WebSocket client can send: bytes -> frames -> messages -> the catalogue -> the answer.
 * First byte: how many bytes come at a time, and whether the socket is of one channel. */
#include "gen/catalogue.h"
#include "message.h"
#include "reply.h"
#include "ws_codec.h"
#include "ws_frame.h"

#include <stdint.h>
#include <string.h>

struct input {
    const uint8_t *p;
    size_t n, step;
    uint64_t room;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ssize_t on_read(void *owner, uint8_t *buf, size_t n)
{
    struct input *in = owner;
    n = n < in->n ? n : in->n;
    n = n < in->step ? n : in->step;
    if (n > 0)
        memcpy(buf, in->p, n);
    in->p += n;
    in->n -= n;
    return (ssize_t)n;
}

static void answer(const struct message *m, enum pal_code code, const struct pal_error *err)
{
    struct asked a;
    asked_from(&a, m);
    if (code == PAL_OK && !m->cmd)
        __builtin_trap();
    json_t *frame = code == PAL_OK ? reply_ack(&a, m->body) : reply_error(&a, err);
    struct pal_blob *blob = ws_frame_json(frame);
    if (!blob || !pal_utf8_valid((struct pal_str){blob->data + 4, blob->n - 4}, false))
        __builtin_trap();
    pal_blob_unref(blob);
}

static void on_text(void *owner, struct pal_str text)
{
    const struct input *in = owner;
    struct message m;
    struct pal_error err;
    pal_error_clear(&err);
    enum pal_code code = message_parse(text, in->room, &m, &err);
    answer(&m, code, &err);
    message_fini(&m);
}

static void on_write(void *owner, struct pal_str frames)
{
    (void)owner;
    if (frames.n < 2)
        __builtin_trap();
}

static void on_alive(void *owner)
{
    (void)owner;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct ws_codec_ops ops = {on_read, on_text, on_write, on_alive};
    if (size < 1)
        return 0;
    struct input in = {data + 1, size - 1, (size_t)(data[0] & 0x7f) + 1, data[0] & 0x80 ? 1 : 0};
    struct ws_codec *codec = ws_codec_new(&ops);
    ws_codec_attach(codec, &in);
    (void)ws_codec_run(codec);
    (void)ws_codec_idle(codec);
    ws_codec_free(codec);
    return 0;
}
