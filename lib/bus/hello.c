/* HELLO in JSON: a peer of another version must be able to read why it was refused, and an operator
 * a dump. */
#include "bus/hello.h"

#include "base/json.h"

#include <string.h>

enum { HELLO_MAX = 1024 };

struct pal_blob *bus_frame_blob(const struct pal_frame *f)
{
    struct pal_buf b;
    pal_buf_init(&b, PAL_FRAME_HEADER + f->body.n);
    pal_frame_encode(f, &b);
    struct pal_blob *blob = b.failed ? NULL : pal_blob_new(b.p, b.n);
    pal_buf_fini(&b);
    return blob;
}

struct pal_blob *bus_hello_encode(const struct bus_hello *h)
{
    struct pal_buf b;
    pal_buf_init(&b, HELLO_MAX);
    pal_buf_z(&b, "{\"service\":");
    pal_buf_json_str(&b, pal_str_of(h->service));
    pal_buf_z(&b, ",\"name\":");
    pal_buf_json_str(&b, pal_str_of(h->name));
    pal_buf_printf(&b, ",\"version\":%d,\"stream\":%llu%s}", PAL_FRAME_VERSION,
                   (unsigned long long)h->stream, h->wake ? ",\"wake\":true" : "");
    struct pal_frame f = {.kind = PAL_KIND_HELLO, .body = pal_buf_view(&b)};
    f.flags = h->subscribe ? PAL_FRAME_SUBSCRIBE : 0;
    struct pal_blob *blob = b.failed ? NULL : bus_frame_blob(&f);
    pal_buf_fini(&b);
    return blob;
}

static bool text(const json_t *o, const char *key, char *out, size_t size)
{
    struct pal_str s = pal_json_str(o, key);
    if (!s.p || s.n >= size)
        return false;
    memcpy(out, s.p, s.n);
    out[s.n] = '\0';
    return true;
}

bool bus_hello_decode(const struct pal_frame *f, struct bus_hello *out)
{
    char why[80];
    if (f->kind != PAL_KIND_HELLO || f->body.n > HELLO_MAX)
        return false;
    json_t *o = pal_json_parse(f->body, why);
    int64_t stream = o ? pal_json_int(o, "stream", -1) : -1;
    bool ok = o && stream >= 0 && pal_json_int(o, "version", 0) == PAL_FRAME_VERSION &&
              text(o, "service", out->service, sizeof out->service) &&
              text(o, "name", out->name, sizeof out->name);
    out->wake = ok && json_is_true(json_object_get(o, "wake"));
    json_decref(o);
    out->stream = (uint64_t)stream;
    out->subscribe = (f->flags & PAL_FRAME_SUBSCRIBE) != 0;
    return ok;
}
