/* Configuration from the environment. */
#include "base/config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct conf {
    char *name;
    char *secret;
    int64_t count;
    bool flag;
    int64_t wait_ms;
    int64_t bytes;
};

static const struct pal_config_item items[] = {
    PAL_CFG(struct conf, name, PAL_CFG_STR, "PALIQUE_T_NAME", NULL, 0, 0, "who"),
    PAL_CFG(struct conf, secret, PAL_CFG_SECRET, "PALIQUE_T_SECRET", "", 0, 0, "a | b"),
    PAL_CFG(struct conf, count, PAL_CFG_INT, "PALIQUE_T_COUNT", "3", 1, 10, "how many"),
    PAL_CFG(struct conf, flag, PAL_CFG_BOOL, "PALIQUE_T_FLAG", "no", 0, 0, "whether"),
    PAL_CFG(struct conf, wait_ms, PAL_CFG_DURATION, "PALIQUE_T_WAIT", "15m", 0, 0, "how long"),
    PAL_CFG(struct conf, bytes, PAL_CFG_SIZE, "PALIQUE_T_BYTES", "64k", 0, 1 << 30, "how much"),
};
enum { N = sizeof items / sizeof items[0] };

static enum pal_code load(struct conf *conf, struct pal_buf *problems)
{
    *conf = (struct conf){0};
    pal_buf_init(problems, 4096);
    return pal_config_load(items, N, conf, problems);
}

static size_t lines(const struct pal_buf *b)
{
    size_t count = 0;
    for (size_t i = 0; i < b->n; i++)
        count += b->p[i] == '\n';
    return count;
}

/* A file with n bytes of text; its name is put into path. */
static void make_file(char path[32], const char *text, size_t n)
{
    (void)snprintf(path, 32, "%s", "/tmp/pal_config_XXXXXX");
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, text, n), (ssize_t)n);
    (void)close(fd);
}

Test(config, defaults_apply_when_nothing_is_set)
{
    struct conf c;
    struct pal_buf problems;
    setenv("PALIQUE_T_NAME", "x", 1);
    cr_assert_eq(load(&c, &problems), PAL_OK);
    cr_assert_str_eq(c.name, "x");
    cr_assert_str_eq(c.secret, "");
    cr_assert_eq(c.count, 3);
    cr_assert(!c.flag);
    cr_assert_eq(c.wait_ms, 15 * 60 * 1000);
    cr_assert_eq(c.bytes, 65536);
    pal_config_free(items, N, &c);
    cr_assert_null(c.name);
    pal_buf_fini(&problems);
}

Test(config, an_empty_variable_counts_as_not_set)
{
    struct conf c;
    struct pal_buf problems;
    setenv("PALIQUE_T_NAME", "x", 1);
    setenv("PALIQUE_T_COUNT", "", 1);
    cr_assert_eq(load(&c, &problems), PAL_OK);
    cr_assert_eq(c.count, 3);
    pal_config_free(items, N, &c);
    pal_buf_fini(&problems);
}

Test(config, all_problems_are_reported_at_once)
{
    struct conf c;
    struct pal_buf problems;
    setenv("PALIQUE_T_COUNT", "11", 1);
    setenv("PALIQUE_T_FLAG", "maybe", 1);
    setenv("PALIQUE_T_WAIT", "15", 1);
    setenv("PALIQUE_T_BYTES", "2T", 1);
    setenv("PALIQUE_T_SECRET_FILE", "/nonexistent/file", 1);
    cr_assert_eq(load(&c, &problems), PAL_INVALID);
    cr_assert_eq(lines(&problems), 6, "%s", problems.p);
    for (size_t i = 0; i < N; i++)
        cr_assert(strstr(problems.p, items[i].name), "%s", items[i].name);
    pal_config_free(items, N, &c);
    pal_buf_fini(&problems);
}

Test(config, numbers_are_taken_whole_or_not_at_all)
{
    static const char *const wrong[] = {"5x",
                                        " 5",
                                        "5 ",
                                        "0x5",
                                        "+5",
                                        "5.0",
                                        "",
                                        "ms",
                                        "-5s",
                                        "5sm",
                                        "99999999999999999999d",
                                        "9223372036854775807d"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct conf c;
        struct pal_buf problems;
        setenv("PALIQUE_T_NAME", "x", 1);
        setenv("PALIQUE_T_WAIT", wrong[i], 1);
        enum pal_code code = load(&c, &problems);
        cr_assert_eq(code, wrong[i][0] ? PAL_INVALID : PAL_OK, "%s", wrong[i]);
        pal_config_free(items, N, &c);
        pal_buf_fini(&problems);
    }
}

Test(config, a_file_gives_its_content_without_the_last_newline)
{
    struct conf c;
    struct pal_buf problems;
    char path[32];
    make_file(path, "hush hush\n", 10);
    setenv("PALIQUE_T_NAME", "x", 1);
    setenv("PALIQUE_T_SECRET_FILE", path, 1);
    cr_assert_eq(load(&c, &problems), PAL_OK, "%s", problems.p);
    cr_assert_str_eq(c.secret, "hush hush");
    pal_config_free(items, N, &c);
    pal_buf_fini(&problems);
    (void)unlink(path);
}

Test(config, a_file_with_a_nul_or_nothing_is_refused)
{
    for (size_t n = 0; n < 4; n += 3) {
        struct conf c;
        struct pal_buf problems;
        char path[32];
        make_file(path, "a\0b", n);
        setenv("PALIQUE_T_NAME", "x", 1);
        setenv("PALIQUE_T_SECRET_FILE", path, 1);
        cr_assert_eq(load(&c, &problems), PAL_INVALID);
        pal_config_free(items, N, &c);
        pal_buf_fini(&problems);
        (void)unlink(path);
    }
}

Test(config, a_value_and_a_file_together_are_refused)
{
    struct conf c;
    struct pal_buf problems;
    setenv("PALIQUE_T_NAME", "x", 1);
    setenv("PALIQUE_T_NAME_FILE", "/etc/hostname", 1);
    cr_assert_eq(load(&c, &problems), PAL_INVALID);
    pal_config_free(items, N, &c);
    pal_buf_fini(&problems);
}

Test(config, shows_values_with_secrets_masked)
{
    struct conf c;
    struct pal_buf out;
    setenv("PALIQUE_T_NAME", "two\nlines", 1);
    setenv("PALIQUE_T_SECRET", "hunter2", 1);
    setenv("PALIQUE_T_WAIT", "1500ms", 1);
    setenv("PALIQUE_T_BYTES", "20M", 1);
    cr_assert_eq(load(&c, &out), PAL_OK);
    pal_config_show(items, N, &c, &out);
    cr_assert_str_eq(out.p, "PALIQUE_T_NAME=two?lines\nPALIQUE_T_SECRET=***\nPALIQUE_T_COUNT=3\n"
                            "PALIQUE_T_FLAG=false\nPALIQUE_T_WAIT=1500ms\nPALIQUE_T_BYTES=20M\n");
    pal_config_free(items, N, &c);
    pal_buf_fini(&out);
}

Test(config, makes_a_table_for_the_documentation)
{
    struct pal_buf out;
    pal_buf_init(&out, 4096);
    pal_config_table(items, 3, &out);
    cr_assert_str_eq(out.p, "| `PALIQUE_T_NAME` | text | required | who |\n"
                            "| `PALIQUE_T_SECRET` | secret |  | a \\| b |\n"
                            "| `PALIQUE_T_COUNT` | integer, 1 to 10 | `3` | how many |\n");
    pal_buf_fini(&out);
}
