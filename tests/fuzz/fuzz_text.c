/* The small parsers of lib/base on any bytes: what is accepted is written back to the same value.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/str.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
    if (!condition)
        abort();
}

static void times(struct pal_str s)
{
    char text[PAL_ISO_LEN + 1];
    int64_t ms;
    int64_t again;
    if (!pal_iso_parse(s, &ms))
        return;
    pal_iso_format(ms, text);
    check(pal_iso_parse(pal_str_of(text), &again));
    if (ms >= -62167219200000 && ms <= 253402300799999)
        check(again == ms);
}

static void numbers(struct pal_str s)
{
    int64_t i;
    uint64_t u;
    bool b;
    if (pal_parse_i64(s, &i) && i >= 0 && s.p[0] != '-')
        check(pal_parse_u64(s, &u) && u == (uint64_t)i);
    (void)pal_parse_bool(s, &b);
}

static void encodings(struct pal_str s, struct pal_arena *arena)
{
    uint8_t uuid[16];
    char text[PAL_UUID_LEN + 1];
    if (pal_uuid_parse(s, uuid)) {
        pal_uuid_format(uuid, text);
        check(pal_str_caseeq(s, pal_str_of(text)));
    }
    char *bytes = pal_arena_alloc(arena, s.n + 1);
    char *back = pal_arena_alloc(arena, s.n + 8);
    size_t n;
    if (pal_b64url_decode(s, bytes, s.n, &n))
        check(pal_b64url_encode(bytes, n, back) == s.n && memcmp(back, s.p, s.n) == 0);
}

static void escapes(struct pal_str s)
{
    struct pal_buf out;
    char why[80];
    if (!pal_utf8_valid(s, false))
        return;
    pal_buf_init(&out, 6 * s.n + 2);
    pal_buf_json_str(&out, s);
    check(!out.failed);
    json_t *v = pal_json_parse(pal_buf_view(&out), why);
    check(v && json_string_length(v) == s.n && memcmp(json_string_value(v), s.p, s.n) == 0);
    json_decref(v);
    pal_buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pal_str s = {size ? (const char *)data : "", size};
    struct pal_arena arena;
    pal_arena_init(&arena, 1 << 20);
    if (size < 4096) {
        times(s);
        numbers(s);
        encodings(s, &arena);
        escapes(s);
    }
    pal_arena_fini(&arena);
    return 0;
}
