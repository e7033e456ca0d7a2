/* Migrations: once each, in order, never changed afterwards, also when many start together. */
#include "support/database.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

static char url[STORE_URL_MAX];
static struct pal_error err;

static const struct pal_migration two[] = {
    {1, "first",
     "create table a (n int);\n-- a script of several statements\ninsert into a values (1);"},
    {2, "second", "insert into a values (2);"},
};

static void set_up(void)
{
    store_database("s", url);
    pal_error_clear(&err);
}

TestSuite(migrate, .init = set_up);

static enum pal_code migrate(const struct pal_migration *m, size_t n)
{
    struct pal_db *db = store_open(url);
    enum pal_code code = pal_db_migrate(db, "s", m, n, &err);
    pal_db_free(db);
    return code;
}

static int64_t rows(void)
{
    return store_number(url, "select count(*) from a");
}

Test(migrate, each_is_applied_once)
{
    cr_assert_eq(migrate(two, 2), PAL_OK, "%s", err.detail);
    cr_assert_eq(migrate(two, 2), PAL_OK, "%s", err.detail);
    cr_assert_eq(rows(), 2);
    cr_assert_eq(store_number(url, "select count(*) from migration"), 2);
}

Test(migrate, new_ones_are_added_to_what_is_there)
{
    cr_assert_eq(migrate(two, 1), PAL_OK);
    cr_assert_eq(rows(), 1);
    cr_assert_eq(migrate(two, 2), PAL_OK);
    cr_assert_eq(rows(), 2);
}

Test(migrate, an_older_program_runs_beside_a_newer_schema)
{
    cr_assert_eq(migrate(two, 2), PAL_OK);
    cr_assert_eq(migrate(two, 1), PAL_OK);
}

Test(migrate, a_changed_file_is_refused)
{
    static const struct pal_migration changed[] = {{1, "first", "create table a (n bigint);"}};
    cr_assert_eq(migrate(two, 2), PAL_OK);
    cr_assert_eq(migrate(changed, 1), PAL_INTERNAL);
    cr_assert(strstr(err.detail, "0001_first was changed"), "%s", err.detail);
}

Test(migrate, one_below_what_was_applied_is_refused)
{
    cr_assert_eq(migrate(two + 1, 0), PAL_OK);
    static const struct pal_migration second[] = {{2, "second", "create table a (n int);"}};
    cr_assert_eq(migrate(second, 1), PAL_OK);
    cr_assert_eq(migrate(two, 1), PAL_INTERNAL);
}

Test(migrate, one_that_fails_leaves_nothing_behind_and_says_why)
{
    static const struct pal_migration broken[] = {
        {1, "broken", "create table b (n int); select no_such_column;"}};
    cr_assert_eq(migrate(broken, 1), PAL_INTERNAL);
    cr_assert(strstr(err.detail, "0001_broken"), "%s", err.detail);
    cr_assert(strstr(err.detail, "no_such_column"), "%s", err.detail);
    cr_assert_eq(store_number(url, "select count(*) from pg_tables where schemaname = 's'"), 0);
    cr_assert_eq(migrate(two, 2), PAL_OK, "%s", err.detail);
}

Test(migrate, what_the_server_does_not_support_is_not_tried_for_ever)
{
    static const struct pal_migration unsupported[] = {
        {1, "unsupported", "do $$ begin raise exception 'never' using errcode = '0A000'; end $$;"}};
    cr_assert_eq(migrate(unsupported, 1), PAL_INTERNAL);
    cr_assert(strstr(err.detail, "never"), "%s", err.detail);
}

Test(migrate, a_role_that_leads_to_another_schema_is_refused)
{
    struct pal_db *db = store_open(url);
    cr_assert_eq(pal_db_migrate(db, "other", two, 2, &err), PAL_INTERNAL);
    cr_assert(strstr(err.detail, "search_path"), "%s", err.detail);
    pal_db_free(db);
}

static void *migrate_thread(void *arg)
{
    struct pal_error mine = {0};
    struct pal_db *db = store_open(url);
    enum pal_code *code = arg;
    *code = pal_db_migrate(db, "s", two, 2, &mine);
    pal_db_free(db);
    return NULL;
}

Test(migrate, replicas_that_start_together_do_not_collide)
{
    enum { REPLICAS = 8 };
    pthread_t threads[REPLICAS];
    enum pal_code codes[REPLICAS];
    for (int i = 0; i < REPLICAS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, migrate_thread, &codes[i]), 0);
    for (int i = 0; i < REPLICAS; i++) {
        pthread_join(threads[i], NULL);
        cr_assert_eq(codes[i], PAL_OK, "replica %d", i);
    }
    cr_assert_eq(rows(), 2);
}
