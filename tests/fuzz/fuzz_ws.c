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

/* What is forwarded is what was read; defaults are filled in on the way in. */
static void check_body(const struct message *m)
{
    struct pal_buf body;
    char why[80];
    const char *key;
    json_t *value;
    pal_buf_init(&body, 4 << 20);
    json_t *sent = message_body(m, &body) ? pal_json_parse(pal_buf_view(&body), why) : NULL;
    if (!sent)
        __builtin_trap();
    json_object_foreach(sent, key, value)
        if (!json_equal(value, json_object_get(m->body, key)))
            __builtin_trap();
    json_decref(sent);
    pal_buf_fini(&body);
}

static void answer(const struct message *m, struct pal_str text, enum pal_code code,
                   const struct pal_error *err)
{
    struct asked a;
    asked_from(&a, m);
    if (code == PAL_OK && !m->cmd)
        __builtin_trap();
    if (code == PAL_OK)
        check_body(m);
    /* Any text will do for a reply. */
    struct pal_blob *blob =
        code == PAL_OK ? reply_ack(&a, text) : ws_frame_json(reply_error(&a, err));
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
    answer(&m, text, code, &err);
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
