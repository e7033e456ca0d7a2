/* Parameters and results: what goes in comes out. */
#include "support/database.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct pal_db *db;
static struct pal_arena arena;
static struct pal_params p;
static struct pal_error err;

static void set_up(void)
{
    char url[STORE_URL_MAX];
    store_database("s", url);
    db = store_open(url);
    pal_arena_init(&arena, 1 << 20);
    pal_params_init(&p, &arena);
    pal_error_clear(&err);
}

static void tear_down(void)
{
    pal_db_free(db);
    pal_arena_fini(&arena);
}

TestSuite(values, .init = set_up, .fini = tear_down);

static struct pal_rows run(const char *sql)
{
    static struct pal_statement st;
    struct pal_rows rows = {0};
    st = (struct pal_statement){"test", sql};
    enum pal_code code = pal_db_run(db, &st, &p, &rows, &err);
    cr_assert_eq(code, PAL_OK, "%s", err.detail);
    return rows;
}

static bool is_text(const struct pal_rows *r, int row, int col, const char *text)
{
    return pal_str_eq(pal_row_str(r, row, col), pal_str_of(text));
}

Test(values, integers_of_all_sizes)
{
    pal_p_int(&p, INT64_MIN);
    pal_p_int(&p, INT64_MAX);
    pal_p_int(&p, 0);
    PAL_ROWS rows = run("select $1::bigint, $2::bigint, $3::bigint");
    cr_assert_eq(pal_row_int(&rows, 0, 0), INT64_MIN);
    cr_assert_eq(pal_row_int(&rows, 0, 1), INT64_MAX);
    cr_assert_eq(pal_row_int(&rows, 0, 2), 0);
}

Test(values, nulls_in_all_ways)
{
    pal_p_null(&p);
    pal_p_id(&p, 0);
    pal_p_str(&p, (struct pal_str){NULL, 0});
    pal_p_time(&p, 0);
    PAL_ROWS rows = run("select $1::text, $2::bigint, $3::text, $4::timestamptz");
    for (int col = 0; col < 4; col++)
        cr_assert(pal_row_null(&rows, 0, col), "column %d", col);
    cr_assert_eq(pal_row_int(&rows, 0, 1), 0);
    cr_assert_null(pal_row_str(&rows, 0, 0).p);
}

Test(values, texts_keep_quotes_and_other_scripts)
{
    pal_p_str(&p, PAL_STR("it's \"¿qué?\" \\ 📩; drop table x --"));
    pal_p_str(&p, (struct pal_str){"borrowed part", 8});
    pal_p_str(&p, PAL_STR(""));
    PAL_ROWS rows = run("select $1::text, $2::text, $3::text");
    cr_assert(is_text(&rows, 0, 0, "it's \"¿qué?\" \\ 📩; drop table x --"));
    cr_assert(is_text(&rows, 0, 1, "borrowed"));
    cr_assert(!pal_row_null(&rows, 0, 2) && is_text(&rows, 0, 2, ""));
}

Test(values, bytes_pass_as_they_are)
{
    uint8_t all[256];
    for (unsigned i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)i;
    pal_p_bytes(&p, all, sizeof all);
    pal_p_bytes(&p, NULL, 0);
    PAL_ROWS rows = run("select $1::bytea, $2::bytea, length($2::bytea)");
    struct pal_str back = pal_row_bytes(&rows, 0, 0, &arena);
    cr_assert_eq(back.n, sizeof all);
    cr_assert_eq(memcmp(back.p, all, sizeof all), 0);
    cr_assert_eq(pal_row_int(&rows, 0, 2), 0);
    cr_assert_not_null(pal_row_bytes(&rows, 0, 1, &arena).p);
}

Test(values, booleans_uuids_and_times)
{
    uint8_t uuid[16] = {0x01, 0x23, [15] = 0xff};
    uint8_t back[16];
    pal_p_bool(&p, true);
    pal_p_bool(&p, false);
    pal_p_uuid(&p, uuid);
    pal_p_time(&p, 1700000000123);
    PAL_ROWS rows = run("select $1::boolean, $2::boolean, $3::uuid, (extract(epoch from "
                        "$4::timestamptz) * 1000)::bigint");
    cr_assert(pal_row_bool(&rows, 0, 0));
    cr_assert(!pal_row_bool(&rows, 0, 1));
    cr_assert(pal_row_uuid(&rows, 0, 2, back) && memcmp(back, uuid, 16) == 0);
    cr_assert_eq(pal_row_int(&rows, 0, 3), 1700000000123);
}

Test(values, arrays_of_integers)
{
    int64_t v[] = {INT64_MIN, -1, 0, INT64_MAX};
    pal_p_ints(&p, v, 4);
    pal_p_ints(&p, NULL, 0);
    PAL_ROWS rows = run("select ($1::bigint[])[1], ($1::bigint[])[4], cardinality($1::bigint[]), "
                        "cardinality($2::bigint[])");
    cr_assert_eq(pal_row_int(&rows, 0, 0), INT64_MIN);
    cr_assert_eq(pal_row_int(&rows, 0, 1), INT64_MAX);
    cr_assert_eq(pal_row_int(&rows, 0, 2), 4);
    cr_assert_eq(pal_row_int(&rows, 0, 3), 0);
}

Test(values, arrays_of_texts_cannot_be_taken_for_syntax)
{
    struct pal_str v[] = {PAL_STR("a,b"),  PAL_STR("\"}{\\"), {NULL, 0},
                          PAL_STR("NULL"), PAL_STR(""),       PAL_STR(" ñ ")};
    pal_p_strs(&p, v, 6);
    PAL_ROWS rows = run("select t from unnest($1::text[]) with ordinality as u (t, n) order by n");
    cr_assert_eq(rows.n, 6);
    for (int i = 0; i < 6; i++)
        cr_assert(pal_str_eq(pal_row_str(&rows, i, 0), v[i]) &&
                      pal_row_null(&rows, i, 0) == !v[i].p,
                  "element %d", i);
}

Test(values, a_nul_within_a_text_is_refused_instead_of_cut)
{
    static const struct pal_statement st = {"test", "select $1::text"};
    pal_p_str(&p, (struct pal_str){"a\0b", 3});
    cr_assert_eq(pal_db_exec(db, &st, &p, NULL, &err), PAL_INTERNAL);
}

Test(values, too_many_parameters_are_refused)
{
    static const struct pal_statement st = {"test", "select 1"};
    for (int i = 0; i <= PAL_PARAMS_MAX; i++)
        pal_p_int(&p, i);
    cr_assert_eq(pal_db_exec(db, &st, &p, NULL, &err), PAL_INTERNAL);
}

Test(values, a_text_that_does_not_fit_the_arena_is_refused)
{
    static const struct pal_statement st = {"test", "select $1::text"};
    struct pal_arena small;
    char big[4096];
    memset(big, 'x', sizeof big);
    pal_arena_init(&small, 1024);
    pal_params_init(&p, &small);
    pal_p_str(&p, (struct pal_str){big, sizeof big});
    cr_assert_eq(pal_db_exec(db, &st, &p, NULL, &err), PAL_INTERNAL);
    pal_arena_fini(&small);
}

Test(values, rows_out_of_range_read_as_null)
{
    PAL_ROWS rows = run("select 1 where false");
    cr_assert_eq(rows.n, 0);
    cr_assert(pal_row_null(&rows, 0, 0));
    cr_assert_eq(pal_row_int(&rows, 0, 5), 0);
    cr_assert_eq(pal_row_int(&rows, -1, 0), 0);
}

Test(values, affected_rows_are_counted)
{
    static const struct pal_statement make = {
        "make", "create table t as select generate_series(1, 7) as n"};
    static const struct pal_statement update = {"update", "update t set n = n + 1 where n > 3"};
    int64_t affected = 0;
    cr_assert_eq(pal_db_exec(db, &make, NULL, NULL, &err), PAL_OK);
    cr_assert_eq(pal_db_exec(db, &update, NULL, &affected, &err), PAL_OK);
    cr_assert_eq(affected, 4);
}
