/* What requests say about uploads and downloads: tus headers, ranges, forms. */
#include "domain/multipart.h"
#include "domain/range.h"
#include "domain/tus.h"

#include <criterion/criterion.h>

Test(tus, metadata_is_pairs_of_a_key_and_base64)
{
    char out[16];
    size_t n = 0;
    struct pal_str header = PAL_STR("filename YS5wZGY=,empty,type dGV4dA==");
    cr_expect(tus_metadata_ok(header) && tus_metadata_ok((struct pal_str){NULL, 0}));
    cr_expect(tus_metadata_get(header, PAL_STR("filename"), out, sizeof out, &n));
    cr_expect(n == 5 && memcmp(out, "a.pdf", 5) == 0);
    cr_expect(tus_metadata_get(header, PAL_STR("empty"), out, sizeof out, &n) && n == 0);
    cr_expect_not(tus_metadata_get(header, PAL_STR("other"), out, sizeof out, &n));
    cr_expect_not(tus_metadata_get(header, PAL_STR("filename"), out, 4, &n));
}

Test(tus, metadata_that_is_none_is_refused)
{
    static const char *const wrong[] = {
        ",", "a YQ", "a YQ==,a YQ==", "a %%%%", "a\tb YQ==", "a Y=Q="};
    char long_one[TUS_METADATA_MAX + 2];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_not(tus_metadata_ok(pal_str_of(wrong[i])), "%s", wrong[i]);
    memset(long_one, 'a', sizeof long_one);
    cr_expect_not(tus_metadata_ok((struct pal_str){long_one, sizeof long_one}));
}

Test(tus, checksums)
{
    uint8_t digest[TUS_DIGEST_MAX];
    cr_expect_eq(tus_checksum_parse((struct pal_str){NULL, 0}, digest), TUS_CHECKSUM_NONE);
    cr_expect_eq(tus_checksum_parse(PAL_STR("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="), digest),
                 TUS_SHA1);
    cr_expect_eq(digest[0], 0x2a);
    cr_expect_eq(
        tus_checksum_parse(PAL_STR("sha256 n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="), digest),
        TUS_SHA256);
    cr_expect_eq(tus_checksum_parse(PAL_STR("md5 AAAA"), digest), TUS_CHECKSUM_UNKNOWN);
    cr_expect_eq(tus_checksum_parse(PAL_STR("sha1 AAAA"), digest), TUS_CHECKSUM_BAD);
    cr_expect_eq(tus_checksum_parse(PAL_STR("sha1"), digest), TUS_CHECKSUM_BAD);
}

static void expect_range(const char *said, uint64_t size, enum range wanted, uint64_t from,
                         uint64_t to)
{
    uint64_t a = 0, b = 0;
    cr_expect_eq(range_parse(pal_str_of(said), size, &a, &b), wanted, "%s", said ? said : "none");
    cr_expect(wanted != RANGE_PART || (a == from && b == to), "%s", said);
}

Test(range, of_one_part)
{
    expect_range("bytes=0-0", 10, RANGE_PART, 0, 0);
    expect_range("bytes=5-", 10, RANGE_PART, 5, 9);
    expect_range("bytes=-3", 10, RANGE_PART, 7, 9);
    expect_range("bytes=-30", 10, RANGE_PART, 0, 9);
    expect_range("bytes=2-18446744073709551615", 10, RANGE_PART, 2, 9);
}

Test(range, outside_or_none)
{
    expect_range("bytes=10-", 10, RANGE_OUTSIDE, 0, 0);
    expect_range("bytes=-0", 10, RANGE_OUTSIDE, 0, 0);
    expect_range("bytes=-1", 0, RANGE_OUTSIDE, 0, 0);
    static const char *const passed[] = {NULL,        "items=0-1", "bytes=5-2", "bytes=0-1,3-4",
                                         "bytes=a-b", "bytes=-",   "bytes=1-x", "bytes",
                                         "bytes=5"};
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
        expect_range(passed[i], 10, RANGE_ALL, 0, 0);
}

Test(range, tags)
{
    cr_expect(range_tag_listed(PAL_STR("\"a\", W/\"b\""), PAL_STR("\"b\"")));
    cr_expect(range_tag_listed(PAL_STR("*"), PAL_STR("\"b\"")));
    cr_expect_not(range_tag_listed(PAL_STR("\"a\""), PAL_STR("\"b\"")));
}

/* ---- forms ---- */

static bool give(void *ctx, struct pal_str bytes)
{
    pal_buf_str(ctx, bytes);
    return true;
}

/* Feeds it in pieces of `step` bytes. */
static bool feed(struct multipart *m, struct pal_buf *file, const char *body, size_t step)
{
    size_t n = strlen(body);
    bool ok = multipart_init(m, PAL_STR("multipart/form-data; charset=utf-8; boundary=\"x-1\""));
    pal_buf_init(file, 1 << 16);
    for (size_t i = 0; ok && i < n; i += step)
        ok = multipart_feed(m, (struct pal_str){body + i, n - i < step ? n - i : step}, give, file);
    return ok;
}

static void expect_form(const char *body, const char *name, const char *content)
{
    for (size_t step = 1; step < 90; step += 11) {
        struct multipart m;
        struct pal_buf file;
        cr_assert(feed(&m, &file, body, step) && multipart_complete(&m), "%zu: %s", step,
                  m.why ? m.why : "not complete");
        cr_expect(pal_str_eq((struct pal_str){m.filename, m.filename_n}, pal_str_of(name)));
        cr_expect(pal_str_eq(pal_buf_view(&file), pal_str_of(content)));
        multipart_fini(&m);
        pal_buf_fini(&file);
    }
}

#define FILE_HEAD(name) "--x-1\r\nContent-Disposition: form-data; name=f; filename=" name "\r\n\r\n"

Test(multipart, one_file_in_pieces_of_any_size)
{
    expect_form(FILE_HEAD("\"a.txt\"") "hola\r\n--x-1--\r\n", "a.txt", "hola");
    expect_form(FILE_HEAD("a.txt") "\r\n--x-1--", "a.txt", "");
    expect_form(FILE_HEAD("\"a\"") "\r\n--x-2\r\n--x-\r\n--x-1--\r\ntail", "a",
                "\r\n--x-2\r\n--x-");
    expect_form(
        "preamble\r\n--x-1 \r\nContent-Disposition: form-data; name=n\r\n\r\nv\r\n" FILE_HEAD(
            "\"C:\\dir\\%22a%22\"") "1\r\n--x-1--",
        "C:\\dir\\\"a\"", "1");
    expect_form(FILE_HEAD("b; filename*=UTF-8''%C3%B1.txt") "1\r\n--x-1--", "ñ.txt", "1");
    expect_form(FILE_HEAD("\"a\\\"b\\\\c\"") "1\r\n--x-1--", "a\"b\\c", "1");
}

static void expect_broken(const char *body)
{
    struct multipart m;
    struct pal_buf file;
    bool whole = feed(&m, &file, body, 7) && multipart_complete(&m);
    cr_expect_not(whole, "%s", body);
    multipart_fini(&m);
    pal_buf_fini(&file);
}

Test(multipart, what_is_no_form_with_one_file)
{
    expect_broken("");
    expect_broken("hola");
    expect_broken(FILE_HEAD("a") "cut off");
    expect_broken("--x-1\r\nContent-Disposition: form-data; name=a\r\n\r\nv\r\n--x-1--");
    expect_broken(FILE_HEAD("a") "1\r\n" FILE_HEAD("b") "2\r\n--x-1--");
    expect_broken("--x-1 no line break");
    expect_broken("--x-1\r\nX: y\r\n\r\n\r\n--x-1--");
    expect_broken("--x-1\r\nContent-Disposition: attachment; filename=a\r\n\r\n1\r\n--x-1--");
    expect_broken(
        "--x-1\r\nContent-Disposition: form-data; filename*=latin1''a\r\n\r\n1\r\n--x-1--");
    expect_broken(
        "--x-1\r\nContent-Disposition: form-data; filename*=UTF-8''%zz\r\n\r\n1\r\n--x-1--");
}

static char *filled(const char *before, char c, size_t n, const char *after)
{
    static char text[2 << 20];
    size_t at = strlen(before);
    memcpy(text, before, at);
    memset(text + at, c, n);
    memcpy(text + at + n, after, strlen(after) + 1);
    return text;
}

Test(multipart, has_an_end)
{
    static const char end[] = "\r\n\r\n1\r\n--x-1--";
    expect_broken(filled("", 'a', 70 << 10, "\r\n--x-1--"));
    expect_broken(filled("--x-1\r\nContent-Disposition: form-data; filename=", 'a', 1025, end));
    expect_broken(
        filled("--x-1\r\nContent-Disposition: form-data; filename*=UTF-8''", 'a', 1025, end));
    expect_broken(filled("--x-1\r\nX: ", 'a', 9 << 10, end));
    expect_broken(filled("--x-1", ' ', 71, "\r\nX: y"));
}

static bool take_nothing(void *ctx, struct pal_str bytes)
{
    *(size_t *)ctx += bytes.n;
    return false;
}

Test(multipart, ends_where_nobody_takes_the_file)
{
    struct multipart m;
    size_t n = 0;
    struct pal_str body = PAL_STR(FILE_HEAD("a") "hola\r\n--x-1--");
    cr_assert(multipart_init(&m, PAL_STR("multipart/form-data; boundary=x-1")));
    cr_expect_not(multipart_feed(&m, body, take_nothing, &n));
    cr_expect_eq(n, 4);
    multipart_fini(&m);
}

Test(multipart, takes_nothing_any_more_once_it_is_broken)
{
    struct multipart m;
    struct pal_buf file;
    cr_expect_not(feed(&m, &file, "--x-1 no line break", 100));
    cr_expect_eq(m.state, MULTIPART_BROKEN);
    cr_expect_not(multipart_feed(&m, PAL_STR("more"), give, &file));
    multipart_fini(&m);
    cr_assert(multipart_init(&m, PAL_STR("multipart/form-data; boundary=x-1")));
    cr_expect_not(multipart_feed(&m, pal_str_of(filled("", 'a', 1 << 20, "a")), give, &file));
    cr_expect_str_eq(m.why, "too much at once");
    multipart_fini(&m);
    pal_buf_fini(&file);
}

Test(multipart, boundaries)
{
    static const char *const wrong[] = {"multipart/form-data",
                                        "multipart/form-data; boundary=",
                                        "multipart/mixed; boundary=a",
                                        "multipart/form-data; boundary=\"a",
                                        "multipart/form-data; boundary",
                                        "multipart/form-data; boundary=\"a\\b\"",
                                        "multipart/form-data; boundary=a\x7f"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct multipart m;
        cr_expect_not(multipart_init(&m, pal_str_of(wrong[i])), "%s", wrong[i]);
        multipart_fini(&m);
    }
}
