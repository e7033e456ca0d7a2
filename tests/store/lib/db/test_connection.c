/* Transactions, the classes of errors, lost connections. */
#include "support/database.h"

#include "gen/catalogue.h"

#include <criterion/criterion.h>
#include <string.h>

PAL_STATEMENT(sql_insert, "insert into thing (id, name) values ($1::bigint, $2::text)");
PAL_STATEMENT(sql_count, "select count(*) from thing");
PAL_STATEMENT(sql_pid, "select pg_backend_pid()");
PAL_STATEMENT(sql_end, "select pg_terminate_backend(pg_backend_pid())");
PAL_STATEMENT(sql_wrong, "select no_such_column");
PAL_STATEMENT(sql_out_of_range, "select 1 / $1::integer");
PAL_STATEMENT(sql_slow, "select set_config('statement_timeout', '20ms', true), pg_sleep(0)");
PAL_STATEMENT(sql_sleep, "select pg_sleep(30)");
PAL_STATEMENT(sql_raise, "select raise($1::text)");
PAL_STATEMENT(sql_read_only, "select set_config('default_transaction_read_only', 'on', false)");
PAL_STATEMENT(sql_one_plan,
              "select count(*) from pg_settings where (name, setting) in "
              "(('plan_cache_mode', 'force_generic_plan'), ('enable_seqscan', 'off'))");
PAL_STATEMENT(sql_all, "select * from thing");

static char url[STORE_URL_MAX];
static struct pal_db *db;
static struct pal_arena arena;
static struct pal_error err;

static void set_up(void)
{
    store_database("s", url);
    store_script(url, "create table thing (id bigint primary key, name text not null unique "
                      "deferrable initially deferred)");
    db = store_open(url);
    pal_arena_init(&arena, 1 << 20);
    pal_error_clear(&err);
}

static void tear_down(void)
{
    pal_db_free(db);
    pal_arena_fini(&arena);
}

TestSuite(db, .init = set_up, .fini = tear_down);

static enum pal_code insert(int64_t id, const char *name)
{
    struct pal_params p;
    pal_params_init(&p, &arena);
    pal_p_int(&p, id);
    pal_p_str(&p, pal_str_of(name));
    return pal_db_exec(db, &sql_insert, &p, NULL, &err);
}

static int64_t number(const struct pal_statement *st)
{
    PAL_ROWS rows;
    return pal_db_run(db, st, NULL, &rows, &err) == PAL_OK ? pal_row_int(&rows, 0, 0) : -1;
}

static void begin(enum pal_tx tx)
{
    cr_assert_eq(pal_db_begin(db, tx, &err), PAL_OK, "%s", err.detail);
}

Test(db, what_is_committed_stays)
{
    begin(PAL_TX_WRITE);
    cr_assert_eq(insert(1, "a"), PAL_OK);
    cr_assert_eq(pal_db_commit(db, &err), PAL_OK);
    cr_assert_eq(number(&sql_count), 1);
}

Test(db, what_is_rolled_back_is_gone)
{
    begin(PAL_TX_WRITE);
    cr_assert_eq(insert(1, "a"), PAL_OK);
    pal_db_rollback(db);
    cr_assert_eq(number(&sql_count), 0);
}

Test(db, an_empty_transaction_commits)
{
    begin(PAL_TX_WRITE);
    cr_assert_eq(pal_db_commit(db, &err), PAL_OK);
    begin(PAL_TX_READ);
    pal_db_rollback(db);
    cr_assert_eq(number(&sql_count), 0);
}

Test(db, a_transaction_within_a_transaction_is_a_bug)
{
    begin(PAL_TX_WRITE);
    cr_assert_eq(pal_db_begin(db, PAL_TX_WRITE, &err), PAL_INTERNAL);
    pal_db_rollback(db);
}

Test(db, a_violated_constraint_is_a_conflict_and_named)
{
    begin(PAL_TX_WRITE);
    cr_assert_eq(insert(1, "a"), PAL_OK);
    cr_assert_eq(insert(1, "b"), PAL_CONFLICT);
    cr_assert_eq(err.def, &pal_err_resource_conflict);
    cr_assert_str_eq(pal_db_constraint(db), "thing_pkey");
    pal_db_rollback(db);
}

Test(db, a_constraint_deferred_to_the_commit_is_a_conflict_and_nothing_is_stored)
{
    begin(PAL_TX_WRITE);
    cr_assert_eq(insert(1, "a"), PAL_OK);
    cr_assert_eq(insert(2, "a"), PAL_OK);
    cr_assert_eq(pal_db_commit(db, &err), PAL_CONFLICT);
    cr_assert_str_eq(pal_db_constraint(db), "thing_name_key");
    cr_assert_eq(number(&sql_count), 0);
}

Test(db, commit_after_a_failed_statement_does_not_pretend)
{
    begin(PAL_TX_WRITE);
    cr_assert_eq(insert(1, "a"), PAL_OK);
    cr_assert_eq(insert(1, "a"), PAL_CONFLICT);
    cr_assert_eq(pal_db_commit(db, &err), PAL_INTERNAL);
    cr_assert_eq(number(&sql_count), 0);
}

Test(db, writing_in_a_reading_transaction_is_unavailable)
{
    begin(PAL_TX_READ);
    cr_assert_eq(insert(1, "a"), PAL_UNAVAILABLE);
    pal_db_rollback(db);
    cr_assert_eq(number(&sql_count), 0);
}

Test(db, a_reading_transaction_sees_one_snapshot)
{
    begin(PAL_TX_READ);
    cr_assert_eq(number(&sql_count), 0);
    store_script(url, "insert into thing values (1, 'a')");
    cr_assert_eq(number(&sql_count), 0);
    cr_assert_eq(pal_db_commit(db, &err), PAL_OK);
    cr_assert_eq(number(&sql_count), 1);
}

Test(db, wrong_sql_is_internal_and_the_connection_goes_on)
{
    begin(PAL_TX_WRITE);
    cr_assert_eq(pal_db_exec(db, &sql_wrong, NULL, NULL, &err), PAL_INTERNAL);
    pal_db_rollback(db);
    struct pal_params p;
    pal_params_init(&p, &arena);
    pal_p_int(&p, 0);
    cr_assert_eq(pal_db_exec(db, &sql_out_of_range, &p, NULL, &err), PAL_INTERNAL);
    cr_assert_eq(number(&sql_count), 0);
}

Test(db, a_statement_that_takes_too_long_is_a_timeout)
{
    begin(PAL_TX_WRITE);
    cr_assert_eq(pal_db_exec(db, &sql_slow, NULL, NULL, &err), PAL_OK);
    cr_assert_eq(pal_db_exec(db, &sql_sleep, NULL, NULL, &err), PAL_TIMEOUT);
    pal_db_rollback(db);
    cr_assert_eq(number(&sql_count), 0);
}

Test(db, a_lost_connection_is_unavailable_and_opened_again_at_the_next_transaction)
{
    int64_t pid = number(&sql_pid);
    begin(PAL_TX_WRITE);
    cr_assert_eq(insert(1, "a"), PAL_OK);
    cr_assert_eq(pal_db_exec(db, &sql_end, NULL, NULL, &err), PAL_UNAVAILABLE);
    cr_assert_eq(insert(2, "b"), PAL_UNAVAILABLE);
    cr_assert_eq(pal_db_commit(db, &err), PAL_UNAVAILABLE);
    begin(PAL_TX_WRITE);
    cr_assert_eq(insert(3, "c"), PAL_OK);
    cr_assert_eq(pal_db_commit(db, &err), PAL_OK);
    cr_assert_neq(number(&sql_pid), pid);
    cr_assert_eq(number(&sql_count), 1);
}

Test(db, a_connection_ended_while_idle_is_not_noticed_by_the_caller)
{
    cr_assert_eq(number(&sql_count), 0);
    store_script(url, "select pg_terminate_backend(pid) from pg_stat_activity where "
                      "application_name = 'store test'");
    while (store_number(
               url, "select count(*) from pg_stat_activity where application_name = 'store test'") >
           0)
        ;
    cr_assert_eq(number(&sql_count), 0);
    cr_assert_eq(insert(1, "a"), PAL_OK);
}

Test(db, a_connection_lost_in_the_commit_says_that_the_outcome_is_not_known)
{
    begin(PAL_TX_WRITE);
    cr_assert_eq(insert(1, "a"), PAL_OK);
    store_script(url, "select pg_terminate_backend(pid) from pg_stat_activity where "
                      "application_name = 'store test'");
    while (store_number(
               url, "select count(*) from pg_stat_activity where application_name = 'store test'") >
           0)
        ;
    cr_assert_eq(pal_db_commit(db, &err), PAL_UNAVAILABLE);
    cr_assert(strstr(err.detail, "not known"), "%s", err.detail);
    cr_assert_eq(number(&sql_count), 0);
}

static enum pal_code insert_ahead(int64_t id, const char *name)
{
    struct pal_params p;
    pal_params_init(&p, &arena);
    pal_p_int(&p, id);
    pal_p_str(&p, pal_str_of(name));
    return pal_db_ahead(db, &sql_insert, &p, &err);
}

static enum pal_code count_and_commit(int64_t *n)
{
    PAL_ROWS rows;
    enum pal_code code = pal_db_run_commit(db, &sql_count, NULL, &rows, &err);
    *n = pal_row_int(&rows, 0, 0);
    return code;
}

Test(db, what_is_sent_ahead_is_seen_by_the_next_and_committed_with_it)
{
    int64_t n = 0;
    for (int64_t i = 1; i <= 3; i++) { /* prepared, then known */
        begin(PAL_TX_WRITE);
        cr_assert_eq(insert_ahead(2 * i, i == 1 ? "a" : i == 2 ? "b" : "c"), PAL_OK);
        cr_assert_eq(insert_ahead(2 * i + 1, i == 1 ? "d" : i == 2 ? "e" : "f"), PAL_OK);
        cr_assert_eq(count_and_commit(&n), PAL_OK, "%s", err.detail);
        cr_assert_eq(n, 2 * i);
        cr_assert_eq(store_number(url, "select count(*) from thing"), n);
    }
    cr_assert_eq(number(&sql_count), n);
}

Test(db, the_next_fails_with_what_was_sent_ahead)
{
    int64_t n = 0;
    begin(PAL_TX_WRITE);
    cr_assert_eq(insert_ahead(1, "a"), PAL_OK);
    cr_assert_eq(insert_ahead(1, "b"), PAL_OK);
    cr_assert_eq(count_and_commit(&n), PAL_CONFLICT);
    cr_assert_str_eq(pal_db_constraint(db), "thing_pkey");
    cr_assert_eq(number(&sql_count), 0);
    begin(PAL_TX_WRITE); /* over, and the connection is of use still */
    cr_assert_eq(insert_ahead(1, "a"), PAL_OK);
    cr_assert_eq(count_and_commit(&n), PAL_OK, "%s", err.detail);
}

Test(db, what_fails_in_the_commit_itself_is_told)
{
    int64_t n = 0;
    begin(PAL_TX_WRITE);
    cr_assert_eq(insert_ahead(1, "a"), PAL_OK);
    cr_assert_eq(insert_ahead(2, "a"), PAL_OK);
    cr_assert_eq(count_and_commit(&n), PAL_CONFLICT);
    cr_assert_str_eq(pal_db_constraint(db), "thing_name_key");
    cr_assert_eq(number(&sql_count), 0);
    begin(PAL_TX_WRITE);
    cr_assert_eq(pal_db_exec(db, &sql_wrong, NULL, NULL, &err), PAL_INTERNAL);
    cr_assert_neq(count_and_commit(&n), PAL_OK);
    cr_assert_eq(number(&sql_count), 0);
}

Test(db, what_is_sent_ahead_of_nothing_is_rolled_back)
{
    begin(PAL_TX_WRITE);
    cr_assert_eq(insert_ahead(1, "a"), PAL_OK);
    cr_assert_eq(pal_db_commit(db, &err), PAL_INTERNAL);
    begin(PAL_TX_WRITE);
    cr_assert_eq(insert_ahead(1, "a"), PAL_OK);
    pal_db_rollback(db);
    cr_assert_eq(number(&sql_count), 0);
    begin(PAL_TX_WRITE);
    for (int64_t i = 1; i <= 20; i++)
        if (insert_ahead(i, "a") != PAL_OK)
            err.retry_after_ms = 1;
    cr_assert_eq(err.retry_after_ms, 1, "too much ahead");
    pal_db_rollback(db);
    cr_assert_eq(number(&sql_count), 0);
}

Test(db, a_connection_lost_with_the_commit_under_way_is_unavailable)
{
    PAL_ROWS rows;
    int64_t n = 0;
    begin(PAL_TX_WRITE);
    cr_assert_eq(insert_ahead(1, "a"), PAL_OK);
    cr_assert_eq(pal_db_run_commit(db, &sql_end, NULL, &rows, &err), PAL_UNAVAILABLE);
    begin(PAL_TX_WRITE);
    cr_assert_eq(count_and_commit(&n), PAL_OK, "%s", err.detail);
    cr_assert_eq(n, 0);
}

Test(db, a_schema_changed_under_a_prepared_statement_heals)
{
    cr_assert_eq(pal_db_exec(db, &sql_all, NULL, NULL, &err), PAL_OK);
    store_script(url, "alter table thing add column more text");
    cr_assert_eq(pal_db_exec(db, &sql_all, NULL, NULL, &err), PAL_UNAVAILABLE);
    cr_assert_eq(pal_db_exec(db, &sql_all, NULL, NULL, &err), PAL_OK);
}

Test(db, a_server_that_is_not_there_is_unavailable)
{
    struct pal_db *nobody = NULL;
    cr_assert_eq(pal_db_new("host=/nonexistent dbname=x", "t", &nobody, &err), PAL_OK);
    cr_assert_eq(pal_db_ping(nobody, &err), PAL_UNAVAILABLE);
    cr_assert_eq(pal_db_begin(nobody, PAL_TX_WRITE, &err), PAL_UNAVAILABLE);
    cr_assert_eq(pal_db_exec(nobody, &sql_count, NULL, NULL, &err), PAL_UNAVAILABLE);
    pal_db_free(nobody);
}

Test(db, a_url_that_cannot_be_read_is_refused_without_quoting_it)
{
    struct pal_db *none = NULL;
    cr_assert_eq(pal_db_new("nonsense secret", "t", &none, &err), PAL_INTERNAL);
    cr_assert_null(strstr(err.detail, "secret"));
}

Test(db, statements_of_the_program_are_checked_against_the_schema)
{
    struct pal_buf problems;
    pal_buf_init(&problems, 64 << 10);
    cr_assert_eq(pal_db_check_statements(db, &problems), PAL_INVALID);
    cr_assert(strstr(problems.p, "sql_wrong: "), "%s", problems.p);
    cr_assert_null(strstr(problems.p, "sql_insert"));
    pal_buf_fini(&problems);
}

Test(db, settings_bound_what_a_connection_may_do)
{
    const char *sql = "select count(*) from pg_stat_activity where application_name = 'store test'";
    cr_assert_eq(store_number(url, sql), 1);
    static const struct pal_statement show = {
        "show", "select current_setting('statement_timeout') || ' ' || "
                "current_setting('lock_timeout') || ' ' ||"
                " current_setting('idle_in_transaction_session_timeout') || ' ' || "
                "current_setting('synchronous_commit')"};
    PAL_ROWS rows;
    cr_assert_eq(pal_db_run(db, &show, NULL, &rows, &err), PAL_OK);
    cr_assert(pal_str_eq(pal_row_str(&rows, 0, 0), PAL_STR("10s 5s 30s on")));
}

static enum pal_code raised(const char *state, bool *again)
{
    struct pal_params p;
    pal_params_init(&p, &arena);
    pal_p_str(&p, pal_str_of(state));
    begin(PAL_TX_WRITE);
    enum pal_code code = pal_db_exec(db, &sql_raise, &p, NULL, &err);
    pal_db_rollback(db);
    *again = pal_db_again(db);
    return code;
}

Test(db, what_the_server_says_is_told_by_what_can_be_done_about_it)
{
    static const struct {
        const char *state;
        enum pal_code code;
        bool again;
    } cases[] = {
        {"40001", PAL_UNAVAILABLE, true},  {"40P01", PAL_UNAVAILABLE, true},
        {"0A000", PAL_UNAVAILABLE, true},  {"26000", PAL_UNAVAILABLE, true},
        {"53100", PAL_UNAVAILABLE, false}, {"53200", PAL_UNAVAILABLE, false},
        {"53300", PAL_UNAVAILABLE, false}, {"55P03", PAL_UNAVAILABLE, false},
        {"57P01", PAL_UNAVAILABLE, false}, {"57P02", PAL_UNAVAILABLE, false},
        {"57P03", PAL_UNAVAILABLE, false}, {"25006", PAL_UNAVAILABLE, false},
        {"58030", PAL_UNAVAILABLE, false}, {"08006", PAL_UNAVAILABLE, false},
        {"57014", PAL_TIMEOUT, false},     {"23505", PAL_CONFLICT, false},
        {"22012", PAL_INTERNAL, false},    {"42P01", PAL_INTERNAL, false},
    };
    store_script(url, "create function raise(state text) returns void language plpgsql as "
                      "$$ begin raise exception 'as asked' using errcode = state; end $$");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool again;
        cr_expect_eq(raised(cases[i].state, &again), cases[i].code, "%s", cases[i].state);
        cr_expect_eq(again, cases[i].again, "%s", cases[i].state);
    }
    begin(PAL_TX_WRITE);
    cr_assert_not(pal_db_again(db), "that was another transaction");
    pal_db_rollback(db);
}

Test(db, a_session_that_may_only_read_is_left_for_another)
{
    begin(PAL_TX_NONE);
    cr_assert_eq(pal_db_exec(db, &sql_read_only, NULL, NULL, &err), PAL_OK);
    begin(PAL_TX_WRITE);
    cr_assert_eq(insert(1, "a"), PAL_UNAVAILABLE);
    pal_db_rollback(db);
    begin(PAL_TX_WRITE);
    cr_assert_eq(insert(1, "a"), PAL_OK);
    cr_assert_eq(pal_db_commit(db, &err), PAL_OK);
}

Test(db, plans_are_made_once_where_that_is_wished)
{
    begin(PAL_TX_NONE);
    cr_assert_eq(number(&sql_one_plan), 0);
    pal_db_plan_once(db);
    (void)number(&sql_end);
    pal_db_rollback(db);
    begin(PAL_TX_NONE);
    cr_assert_eq(number(&sql_one_plan), 2, "from the next connection on");
    pal_db_rollback(db);
}

Test(db, the_timeline_is_that_of_the_connection_and_need_not_be_told)
{
    cr_assert_eq(number(&sql_count), 0);
    struct pal_timeline t = pal_db_timeline(db);
    cr_assert_eq((int64_t)t.cluster,
                 store_number(url, "select system_identifier from pg_control_system()"));
    cr_assert_eq(t.timeline, store_number(url, "select ltrim(left(pg_walfile_name("
                                               "pg_current_wal_lsn()), 8), '0')::integer"));
    store_script(url, "alter function pg_control_system() rename to pg_control_forbidden");
    (void)number(&sql_end);
    cr_assert_eq(number(&sql_count), 0);
    cr_assert_eq(pal_db_timeline(db).timeline, 0);
}
