/* The header guard alone. What it does to whole requests is in tests/system/raw_http. */
#include "http/guard.h"

#include <criterion/criterion.h>

struct line {
    const char *name, *value;
};

static const char *verdict(const struct line *lines, bool http11)
{
    struct pal_guard g = {0};
    for (; lines->name; lines++)
        pal_guard_header(&g, pal_str_of(lines->name), pal_str_of(lines->value));
    return pal_guard_verdict(&g, http11);
}

#define LINES(...) ((const struct line[]){__VA_ARGS__, {NULL, NULL}})

Test(guard, an_honest_request_passes)
{
    cr_assert_null(verdict(LINES({"Host", "a:8080"}, {"content-length", "12"}, {"Accept", "*/*"},
                                 {"Accept", "x"}, {"X-Forwarded-For", "1.2.3.4"}),
                           true));
    cr_assert_null(verdict(LINES({"Host", "[::1]:80"}, {"Transfer-Encoding", "Chunked"}), true));
    cr_assert_null(verdict(LINES({"Accept", "*/*"}), false), "HTTP/1.0 needs no Host");
}

Test(guard, length_and_encoding_exclude_each_other_in_any_order)
{
    cr_assert_not_null(verdict(
        LINES({"Host", "a"}, {"Content-Length", "0"}, {"Transfer-Encoding", "chunked"}), true));
    cr_assert_not_null(verdict(
        LINES({"Host", "a"}, {"TRANSFER-ENCODING", "chunked"}, {"CONTENT-LENGTH", "0"}), true));
}

Test(guard, lengths_are_whole_numbers)
{
    static const char *const bad[] = {
        "", " 1", "1 ", "+1", "-1", "1,1", "0x1", "1e2", "18446744073709551616"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_assert_not_null(verdict(LINES({"Host", "a"}, {"Content-Length", bad[i]}), true), "%s",
                           bad[i]);
}

Test(guard, what_may_come_once_may_not_come_twice)
{
    static const char *const once[] = {
        "Host",   "Content-Length",  "Authorization",    "Content-Type",
        "Origin", "Idempotency-Key", "Sec-WebSocket-Key"};
    for (size_t i = 0; i < sizeof once / sizeof once[0]; i++)
        cr_assert_not_null(verdict(LINES({"hOST", "1"}, {once[i], "1"}, {once[i], "1"}), true),
                           "%s", once[i]);
}

Test(guard, names_are_tokens_and_values_have_no_control_characters)
{
    static const char *const names[] = {"",         "a b", "a:b", "a\x01", "a\x7f",
                                        "\xc3\xa9", "a(b", "a\"", "a/b"};
    static const char *const values[] = {"\x01", "a\rb", "a\nb", "\x7f", "\x1f"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        cr_assert_not_null(verdict(LINES({"Host", "a"}, {names[i], "x"}), true), "name %zu", i);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        cr_assert_not_null(verdict(LINES({"Host", "a"}, {"X", values[i]}), true), "value %zu", i);
    cr_assert_null(verdict(LINES({"Host", "a"}, {"X", "tab\tand \xc3\xa9"}), true));
    struct pal_guard g = {0};
    pal_guard_header(&g, (struct pal_str){"a\0b", 3}, PAL_STR("x"));
    cr_assert_not_null(g.why, "NUL in a name");
    g = (struct pal_guard){0};
    pal_guard_header(&g, PAL_STR("a"), (struct pal_str){"x\0y", 3});
    cr_assert_not_null(g.why, "NUL in a value");
}

Test(guard, hosts_are_hosts)
{
    static const char *const bad[] = {"", "a b", "a/b", "a@b", "a,b", "a?b", "\xc3\xa9", "<a>"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_assert_not_null(verdict(LINES({"Host", bad[i]}), true), "%s", bad[i]);
    cr_assert_not_null(verdict(LINES({"Accept", "x"}), true), "no Host");
}

Test(guard, only_chunked_and_only_on_1_1)
{
    static const char *const bad[] = {
        "gzip", "gzip, chunked", "chunked, chunked", "identity", "xchunked", "\"chunked\"", ""};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_assert_not_null(verdict(LINES({"Host", "a"}, {"Transfer-Encoding", bad[i]}), true), "%s",
                           bad[i]);
    cr_assert_not_null(verdict(LINES({"Host", "a"}, {"Transfer-Encoding", "chunked"}), false));
}

Test(guard, too_many_headers_are_refused)
{
    struct pal_guard g = {0};
    pal_guard_header(&g, PAL_STR("Host"), PAL_STR("a"));
    for (int i = 0; i < 200; i++)
        pal_guard_header(&g, PAL_STR("X"), PAL_STR("1"));
    cr_assert_not_null(pal_guard_verdict(&g, true));
}
