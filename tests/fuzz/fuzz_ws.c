/* What a WebSocket client can send: bytes -> frames -> messages -> the catalogue -> the answer.
 * First byte: how many bytes come at a time, and whether the socket is of one channel. What comes
 * of it must not depend on how the bytes come. */
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
    uint64_t texts, frames; /* sums of what came out, to be compared */
};

static void sum(uint64_t *to, struct pal_str s)
{
    for (size_t i = 0; i < s.n; i++)
        *to = (*to ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
}

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
    struct input *in = owner;
    struct message m;
    struct pal_error err;
    pal_error_clear(&err);
    if (!pal_utf8_valid(text, true))
        __builtin_trap();
    sum(&in->texts, text);
    in->texts++;
    enum pal_code code = message_parse(text, in->room, &m, &err);
    answer(&m, code, &err);
    message_fini(&m);
}

static void on_write(void *owner, struct pal_str frames)
{
    struct input *in = owner;
    if (frames.n < 2)
        __builtin_trap();
    sum(&in->frames, frames);
}

static void on_alive(void *owner)
{
    (void)owner;
}

static enum ws_codec_result run(struct input *in)
{
    static const struct ws_codec_ops ops = {on_read, on_text, on_write, on_alive};
    enum ws_codec_result result = WS_CODEC_MORE;
    struct ws_codec *codec = ws_codec_new(&ops);
    ws_codec_attach(codec, in);
    while (result == WS_CODEC_MORE && in->n > 0)
        result = ws_codec_run(codec);
    (void)ws_codec_idle(codec);
    ws_codec_free(codec);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct input some = {.p = data + 1,
                         .n = size - 1,
                         .step = (size_t)(data[0] & 0x7f) + 1,
                         .room = data[0] & 0x80 ? 1 : 0};
    struct input all = some;
    all.step = SIZE_MAX;
    if (run(&some) != run(&all) || some.texts != all.texts || some.frames != all.frames)
        __builtin_trap();
    return 0;
}
