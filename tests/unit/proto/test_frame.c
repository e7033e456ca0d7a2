/* The frame codec: its bytes are a contract between releases, so they are pinned here. */
#include "proto/frame.h"

#include "base/limits.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static const struct pal_frame sample = {
    .kind = PAL_KIND_REQUEST,
    .flags = PAL_FRAME_SUBSCRIBE,
    .id = 0x0102,
    .status = 0x0304,
    .request_id = 0x1112131415161718,
    .trace = {0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d,
              0x2e, 0x2f},
    .span = {0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37},
    .deadline_ms = 0x4142434445464748,
    .caller = {.user = 0x5152535455565758,
               .org = 0x6162636465666768,
               .session = 0x7172737475767778,
               .role = PAL_ROLE_ADMIN,
               .address = {0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b,
                           0x8c, 0x8d, 0x8e, 0x8f}},
    .idem = {0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9d,
             0x9e, 0x9f},
    .channel = 0x21a2a3a4a5a6a7a8,
    .seq = 0x31b2b3b4b5b6b7b8,
    .body = {"{}", 2},
};

static const unsigned char sample_bytes[] = {
    'P',  'q',  0x01, 0x02, 0x01, 0x02, 0x03, 0x04, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17,
    0x18, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d,
    0x2e, 0x2f, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x41, 0x42, 0x43, 0x44, 0x45,
    0x46, 0x47, 0x48, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x61, 0x62, 0x63, 0x64,
    0x65, 0x66, 0x67, 0x68, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x03, 0x01, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x02, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
    0x8a, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f, 0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98,
    0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0x21, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8,
    0x31, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, '{',  '}'};

static enum pal_frame_result decode(const void *p, size_t n, struct pal_frame *f, size_t *used)
{
    /* A copy of exactly n bytes: reading past the end is seen by the sanitizer. */
    char *copy = n ? malloc(n) : NULL;
    if (n)
        memcpy(copy, p, n);
    enum pal_frame_result result = pal_frame_decode((struct pal_str){copy, n}, f, used);
    free(copy);
    return result;
}

Test(frame, bytes_are_these_and_stay_so)
{
    struct pal_buf out;
    pal_buf_init(&out, 4096);
    pal_frame_encode(&sample, &out);
    cr_assert(!out.failed);
    cr_assert_eq(out.n, sizeof sample_bytes);
    cr_assert_arr_eq(out.p, sample_bytes, sizeof sample_bytes);
    pal_buf_fini(&out);
}

Test(frame, comes_back_as_it_was)
{
    struct pal_frame f;
    size_t used = 0;
    struct pal_str in = {(const char *)sample_bytes, sizeof sample_bytes};
    cr_assert_eq(pal_frame_decode(in, &f, &used), PAL_FRAME_OK);
    cr_assert_eq(used, sizeof sample_bytes);
    cr_assert_eq(f.kind, sample.kind);
    cr_assert_eq(f.flags, sample.flags);
    cr_assert_eq(f.id, sample.id);
    cr_assert_eq(f.status, sample.status);
    cr_assert_eq(f.request_id, sample.request_id);
    cr_assert_arr_eq(f.trace, sample.trace, 16);
    cr_assert_arr_eq(f.span, sample.span, 8);
    cr_assert_eq(f.deadline_ms, sample.deadline_ms);
    cr_assert_eq(f.caller.user, sample.caller.user);
    cr_assert_eq(f.caller.org, sample.caller.org);
    cr_assert_eq(f.caller.session, sample.caller.session);
    cr_assert_eq(f.caller.role, sample.caller.role);
    cr_assert_arr_eq(f.caller.address, sample.caller.address, 16);
    cr_assert_arr_eq(f.idem, sample.idem, 16);
    cr_assert_eq(f.channel, sample.channel);
    cr_assert_eq(f.seq, sample.seq);
    cr_assert_eq(f.body.p, in.p + PAL_FRAME_HEADER);
    cr_assert(pal_str_eq(f.body, PAL_STR("{}")));
}

Test(frame, without_body_is_a_header)
{
    struct pal_frame f = {.kind = PAL_KIND_HEARTBEAT, .request_id = 7}, back;
    struct pal_buf out;
    size_t used = 0;
    pal_buf_init(&out, PAL_FRAME_HEADER);
    pal_frame_encode(&f, &out);
    cr_assert_eq(out.n, PAL_FRAME_HEADER);
    cr_assert_eq(pal_frame_decode(pal_buf_view(&out), &back, &used), PAL_FRAME_OK);
    cr_assert_eq(used, PAL_FRAME_HEADER);
    cr_assert_eq(back.request_id, 7);
    cr_assert_eq(back.body.n, 0);
    pal_buf_fini(&out);
}

Test(frame, every_truncation_asks_for_more)
{
    struct pal_frame f;
    size_t used = 99;
    for (size_t n = 0; n < sizeof sample_bytes; n++)
        cr_assert_eq(decode(sample_bytes, n, &f, &used), PAL_FRAME_MORE, "%zu bytes", n);
    cr_assert_eq(used, 99, "nothing is said about a frame that is not there");
}

Test(frame, several_in_a_row_are_taken_one_by_one)
{
    struct pal_buf out;
    pal_buf_init(&out, 4096);
    for (uint16_t i = 1; i <= 3; i++) {
        struct pal_frame f = {.kind = PAL_KIND_EVENT, .id = i, .body = {"[1,2,3]", i}};
        pal_frame_encode(&f, &out);
    }
    struct pal_str rest = pal_buf_view(&out);
    for (uint16_t i = 1; i <= 3; i++) {
        struct pal_frame f;
        size_t used;
        cr_assert_eq(pal_frame_decode(rest, &f, &used), PAL_FRAME_OK);
        cr_assert_eq(f.id, i);
        cr_assert_eq(f.body.n, i);
        rest = (struct pal_str){rest.p + used, rest.n - used};
    }
    cr_assert_eq(rest.n, 0);
    pal_buf_fini(&out);
}

static void assert_bad(size_t at, unsigned char value)
{
    unsigned char bytes[sizeof sample_bytes];
    struct pal_frame f;
    size_t used;
    memcpy(bytes, sample_bytes, sizeof bytes);
    bytes[at] = value;
    cr_assert_eq(decode(bytes, sizeof bytes, &f, &used), PAL_FRAME_BAD, "byte %zu", at);
}

Test(frame, of_another_protocol_version_or_kind_is_bad)
{
    assert_bad(0, 'p');
    assert_bad(1, 'Q');
    assert_bad(2, 0);
    assert_bad(2, 2);
    assert_bad(3, 0);
    assert_bad(3, PAL_KIND_HEARTBEAT + 1);
}

Test(frame, with_reserved_bits_or_an_unknown_role_is_bad)
{
    assert_bad(73, 4);
    assert_bad(73, 0x80);
    assert_bad(74, 1);
    assert_bad(75, 1);
    assert_bad(72, PAL_ROLE_ADMIN + 1);
    assert_bad(72, PAL_ROLE_SERVICE - 1);
    assert_bad(72, 255);
}

Test(frame, with_an_id_that_no_database_can_hold_is_bad)
{
    assert_bad(48, 0x80);  /* user */
    assert_bad(56, 0x80);  /* organisation */
    assert_bad(64, 0xff);  /* session */
    assert_bad(112, 0x80); /* channel */
    assert_bad(120, 0x80); /* seq */
}

Test(frame, that_announces_too_much_is_bad_before_it_comes)
{
    unsigned char bytes[PAL_FRAME_HEADER];
    struct pal_frame f;
    size_t used;
    memcpy(bytes, sample_bytes, sizeof bytes);
    memcpy(bytes + 76, "\x00\x10\x00\x00", 4); /* exactly the maximum: 1 MiB */
    cr_assert_eq(decode(bytes, sizeof bytes, &f, &used), PAL_FRAME_MORE);
    memcpy(bytes + 76, "\x00\x10\x00\x01", 4);
    cr_assert_eq(decode(bytes, sizeof bytes, &f, &used), PAL_FRAME_BAD);
    memcpy(bytes + 76, "\xff\xff\xff\xff", 4);
    cr_assert_eq(decode(bytes, sizeof bytes, &f, &used), PAL_FRAME_BAD);
}

Test(frame, junk_is_bad_with_its_first_bytes)
{
    struct pal_frame f;
    size_t used;
    cr_assert_eq(decode("G", 1, &f, &used), PAL_FRAME_BAD);
    cr_assert_eq(decode("PQ", 2, &f, &used), PAL_FRAME_BAD);
    cr_assert_eq(decode("Pq\x09", 3, &f, &used), PAL_FRAME_BAD);
    cr_assert_eq(decode("Pq\x01\x00", 4, &f, &used), PAL_FRAME_BAD);
    cr_assert_eq(decode("GET / HTTP/1.1\r\n\r\n", 18, &f, &used), PAL_FRAME_BAD);
}

Test(frame, over_the_maximum_is_not_encoded)
{
    struct pal_buf out;
    char *big = calloc(1, PAL_FRAME_BODY_MAX + 1);
    struct pal_frame f = {.kind = PAL_KIND_REPLY, .body = {big, PAL_FRAME_BODY_MAX}};
    pal_buf_init(&out, (size_t)PAL_FRAME_BODY_MAX * 3);
    pal_frame_encode(&f, &out);
    cr_assert(!out.failed);
    cr_assert_eq(out.n, (size_t)PAL_FRAME_HEADER + PAL_FRAME_BODY_MAX);
    f.body.n++;
    pal_frame_encode(&f, &out);
    cr_assert(out.failed);
    cr_assert_eq(out.n, (size_t)PAL_FRAME_HEADER + PAL_FRAME_BODY_MAX);
    pal_buf_fini(&out);
    free(big);
}

Test(frame, that_does_not_fit_the_buffer_leaves_it_as_it_was)
{
    struct pal_buf out;
    pal_buf_init(&out, PAL_FRAME_HEADER + 1);
    pal_frame_encode(&sample, &out);
    cr_assert(out.failed);
    cr_assert_eq(out.n, 0);
    pal_buf_fini(&out);
}
