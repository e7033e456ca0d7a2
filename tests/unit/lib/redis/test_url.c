/* Addresses of a store. */
#include "redis/url.h"

#include <criterion/criterion.h>

static bool parse(const char *text, struct redis_url *u)
{
    const char *why = NULL;
    bool ok = redis_url_parse(pal_str_of(text), u, &why);
    cr_assert(ok || why);
    return ok;
}

Test(redis_url, all_parts_are_read)
{
    struct redis_url u;
    cr_assert(parse("redis://user:p%40ss%2F@host.example:6380/15", &u));
    cr_assert(!u.is_unix);
    cr_assert_str_eq(u.host, "host.example");
    cr_assert_str_eq(u.user, "user");
    cr_assert_str_eq(u.password, "p@ss/");
    cr_assert_eq(u.port, 6380);
    cr_assert_eq(u.db, 15);
}

Test(redis_url, parts_may_be_left_out)
{
    struct redis_url u;
    cr_assert(parse("redis://localhost", &u));
    cr_assert(u.port == 6379 && u.db == 0 && !u.password[0] && !u.user[0]);
    cr_assert(parse("redis://:secret@localhost/", &u));
    cr_assert_str_eq(u.password, "secret");
    cr_assert(parse("redis://[::1]:7000", &u));
    cr_assert_str_eq(u.host, "::1");
    cr_assert_eq(u.port, 7000);
    cr_assert(parse("unix:/run/store.sock", &u));
    cr_assert(u.is_unix);
    cr_assert_str_eq(u.host, "/run/store.sock");
}

Test(redis_url, anything_else_is_refused)
{
    static const char *const wrong[] = {
        "",
        "localhost:6379",
        "http://localhost",
        "rediss://localhost",
        "redis://",
        "redis://:6379",
        "redis://localhost:",
        "redis://localhost:0",
        "redis://localhost:65536",
        "redis://localhost:6379x",
        "redis://localhost/x",
        "redis://localhost/-1",
        "redis://user@localhost",
        "redis://:a%4@localhost",
        "redis://:a%00b@localhost",
        "redis://[::1",
        "redis://[::1]7000",
        "unix:relative",
    };
    struct redis_url u;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        cr_assert(!parse(wrong[i], &u), "%s", wrong[i]);
}
