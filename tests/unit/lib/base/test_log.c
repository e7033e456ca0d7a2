/* Log lines, read back from standard error through a pipe and parsed as JSON. */
#include "base/log.h"

#include "base/json.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

static const struct pal_err_def def = {"request.invalid", "Invalid", 400, PAL_INVALID};

/* Standard error becomes a pipe; returns its reading end. Each test is a process of its own. */
static int capture(void)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    cr_assert_geq(dup2(ends[1], STDERR_FILENO), 0);
    (void)close(ends[1]);
    return ends[0];
}

/* What was written since, which must be one line; the caller frees the object. */
static json_t *captured(int fd)
{
    char line[10000];
    ssize_t n = read(fd, line, sizeof line);
    cr_assert_gt(n, 0);
    cr_assert_leq(n, 8192);
    cr_assert_eq(line[n - 1], '\n');
    cr_assert_eq(memchr(line, '\n', (size_t)n), line + n - 1);
    json_error_t error;
    json_t *o = json_loadb(line, (size_t)n, JSON_REJECT_DUPLICATES, &error);
    cr_assert(o, "%s", error.text);
    return o;
}

static bool is(json_t *o, const char *key, const char *want)
{
    return pal_str_eq(pal_json_str(o, key), pal_str_of(want));
}

Test(log, an_entry_is_one_json_line)
{
    int fd = capture();
    pal_log_init("chat", PAL_INFO);
    pal_log(PAL_INFO, "listening", PAL_LS("address", "::1"), PAL_LI("port", 5),
            PAL_LS("none", NULL));
    json_t *o = captured(fd);
    cr_assert(is(o, "level", "info") && is(o, "service", "chat") && is(o, "event", "listening"));
    cr_assert(is(o, "address", "::1"));
    cr_assert_eq(pal_json_int(o, "port", 0), 5);
    cr_assert(json_is_null(json_object_get(o, "none")));
    cr_assert_eq(pal_json_str(o, "time").n, 24);
    json_decref(o);
}

Test(log, works_without_fields)
{
    int fd = capture();
    pal_log(PAL_WARN, "quiet");
    json_t *o = captured(fd);
    cr_assert(is(o, "event", "quiet"));
    json_decref(o);
}

Test(log, values_cannot_break_out_of_their_string)
{
    int fd = capture();
    pal_log(PAL_INFO, "event", PAL_LS("value", "\",\"level\":\"x\"}\n{\\\x01\x7f"));
    json_t *o = captured(fd);
    cr_assert(is(o, "value", "\",\"level\":\"x\"}\n{\\\x01\x7f"));
    json_decref(o);
}

Test(log, bytes_that_are_not_utf8_are_replaced)
{
    int fd = capture();
    pal_log(PAL_INFO, "event",
            PAL_LS("value", "a\xff\xc3"
                            "b\xe2\x82"));
    json_t *o = captured(fd);
    cr_assert(is(o, "value",
                 "a\xEF\xBF\xBD\xEF\xBF\xBD"
                 "b\xEF\xBF\xBD\xEF\xBF\xBD"));
    json_decref(o);
}

Test(log, long_values_are_cut_and_late_fields_dropped)
{
    int fd = capture();
    char *big = calloc(1, 20001);
    memset(big, '"', 20000);
    pal_log(PAL_INFO, "event", PAL_LS("a", big), PAL_LS("b", big), PAL_LI("c", 7));
    json_t *o = captured(fd);
    cr_assert_gt(pal_json_str(o, "a").n, 2000);
    cr_assert(!pal_json_has(o, "b"));
    cr_assert_eq(pal_json_int(o, "c", 0), 7, "what still fits stays");
    cr_assert(pal_json_bool(o, "truncated", false));
    json_decref(o);
    free(big);
}

Test(log, entries_below_the_level_are_not_written)
{
    int fd = capture();
    pal_log_init("auth", PAL_WARN);
    pal_log(PAL_INFO, "not this");
    pal_log(PAL_ERROR, "this");
    json_t *o = captured(fd);
    cr_assert(is(o, "event", "this"));
    json_decref(o);
}

Test(log, errors_come_with_code_detail_and_fields)
{
    int fd = capture();
    struct pal_error err = {0};
    (void)pal_error_set(&err, &def, "two are wrong");
    pal_error_field(&err, "/content", "too long");
    pal_log_error(PAL_ERROR, "request failed", &err);
    json_t *o = captured(fd);
    cr_assert(is(o, "code", "request.invalid") && is(o, "detail", "two are wrong"));
    cr_assert(is(o, "/content", "too long"));
    json_decref(o);
}

Test(log, levels_are_read_by_name)
{
    enum pal_level level = PAL_INFO;
    cr_assert(pal_level_parse(PAL_STR("WARN"), &level));
    cr_assert_eq(level, PAL_WARN);
    cr_assert(!pal_level_parse(PAL_STR("loud"), &level));
}
