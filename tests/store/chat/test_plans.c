/* What PostgreSQL makes of every statement of chat when there is something in the tables: a plan
 * for any parameters that reads a table of messages, events or members from end to end is one that
 * gets slower with every message, and is found here and not years later. The planner decides by
 * itself: the tables are filled and analysed, no setting keeps it from a sequential scan. */
#include "fixture.h"

#include "db/log.h"
#include "routes.h"

#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

extern const struct pal_statement *const __start_pal_statements[];
extern const struct pal_statement *const __stop_pal_statements[];

/* Times are of a month, 5000 channels, 20,000 messages in 200 of them, with 50 members each. */
static const char filled[] =
    "insert into user_copy (user_id, org_id, username) select u, 1, 'u' || u from "
    "generate_series(10, 2000) u;"
    "insert into channel (org_id, name, type, created_by) select 1, 'c' || c, 'public', 1 from "
    "generate_series(6, 5000) c;"
    "insert into channel_head (channel_id, seq) select id, 100 from channel on conflict "
    "(channel_id)"
    " do update set seq = 100;"
    "insert into member (channel_id, user_id) select c, 10 + (c * 7 + n * 41) % 1990 from "
    "generate_series(1, 200) c, generate_series(1, 50) n on conflict do nothing;"
    "insert into message (id, channel_id, seq, user_id, username, content, client_id, mentions, "
    "created_at) select n, 1 + n % 200, 1 + n / 200, 10 + n % 50, 'u', 'hola ' || n, "
    "gen_random_uuid(), case when n % 50 = 0 then array[10] else '{}' end, now() from "
    "generate_series(0, 19999) n;"
    "insert into event (kind, org_id, user_id, channel_id, seq, created_at, body) select 1201, 1, "
    "user_id, channel_id, seq, created_at - interval '29 days', '{}' from message order by id;"
    "insert into message_version (message_id, version, content, created_at) select id, 1, 'x', "
    "now() from message where id % 4 = 0;"
    "insert into message_report (message_id, user_id) select id, 10 from message where id % 4 = 0;";

/* Another one: ISO C promises literals of 4095 bytes only. */
static const char filled_next[] =
    "insert into reaction (message_id, emoji, user_id, seq) select m, chr(128512 + k), 10 + u, m + "
    "k + "
    "u from generate_series(1, 2000) m, generate_series(0, 2) k, generate_series(1, 3) u;"
    "insert into reaction_kind (message_id, emoji, seq, count) select message_id, emoji, min(seq), "
    "count(*) from reaction group by 1, 2;"
    "insert into pin (message_id, channel_id, user_id, seq) select id, channel_id, 10, seq from "
    "message where id % 4 = 0;"
    "insert into emoji (org_id, name, created_by, media_type, hash, data) select 1 + n % 50, 'n' "
    "|| "
    "n, 10, 'image/png', 'x', '' from generate_series(1, 20000) n;"
    "update message set thread_id = id - 200, in_channel = false where id > 200 and id % 5 = 0;"
    "insert into thread select thread_id, min(channel_id), count(*), max(seq), max(id), now(), "
    "array[1] from message where thread_id is not null group by 1;"
    "insert into thread_follow (root_id, user_id, following, read_seq) select root_id, 10 + "
    "(root_id + n * 7) % 50, true, 1 from thread, generate_series(1, 5) n;"
    "insert into search_message (message_id, channel_id, created_at, words) select id, channel_id, "
    "created_at, to_tsvector('simple', content) from message;"
    "insert into saved (user_id, message_id) select 10 + n % 50, n from generate_series(0, 19999) "
    "n;"
    "insert into draft (user_id, channel_id, content) select 10 + n % 50, n, 'x' from "
    "generate_series(1, 20000) n;"
    "insert into scheduled (user_id, org_id, channel_id, content, send_at, state) select 10 + n % "
    "500, "
    "1, 1 + n % 200, 'x', now() + n * interval '1 minute', case when n % 3 = 0 then 'sent' else "
    "'pending' end from generate_series(1, 20000) n;"
    "insert into preference (user_id) select generate_series(1, 2000);"
    "insert into mention (user_id, channel_id, seq) select 10 + n % 50, 1 + n % 200, 1 + n / 200 "
    "from "
    "generate_series(0, 19999) n;"
    "insert into user_group (org_id, name, handle, created_by) select 1, 'g' || g, 'g' || g, 10 "
    "from "
    "generate_series(1, 2000) g;"
    "insert into user_group_member (group_id, user_id) select g, 10 + u from generate_series(1, "
    "2000) g, "
    "generate_series(1, 5) u;"
    "insert into here (user_id, seen_at) select u, now() from generate_series(1, "
    "2000) u;";

static const char filled_more[] =
    "insert into blob (hash, size, location) select sha256(n::text::bytea), 1, 'blobs/' || n from "
    "generate_series(1, 20000) n;"
    "alter table file disable trigger user;"
    "insert into file (org_id, user_id, filename, url_name, state, size, hash, message_id, place, "
    "expires_at, processing, due_at) select 1 + n % 50, 10 + n % 1990, 'f', 'f', 'ready', 1, "
    "sha256(n::text::bytea), "
    "case when n % 2 = 0 then n end, case when n % 2 = 0 then 1 end, case when n % 2 = 1 then "
    "now() + n * interval '1 second' end, case when n % 4 = 0 then 'pending' else 'none' end, "
    "now() + n * interval '1 second' from generate_series(1, 20000) n;"
    "alter table file enable trigger user;"
    "insert into file_usage (org_id, user_id, bytes, files) select 1 + n % 50, n, 1, 1 from "
    "generate_series(1, 20000) n;"
    "insert into storage_drop select 'parts/' || n from generate_series(1, 20000) n;"
    "insert into blob_check select sha256(n::text::bytea), now() from generate_series(1, 20000) n;"
    "insert into preview (org_id, url, url_hash, title, description, site_name, fetched_at) select "
    "1 + n % 50, 'u' || n, sha256(('u' || n)::bytea), 't', '', '', now() - n * interval '1 minute' "
    "from generate_series(1, 20000) n;"
    "insert into message_preview (message_id, place, preview_id) select n, 1, 1 + n % 20000 from "
    "generate_series(1, 10000) n;"
    "insert into preview_task (channel_id, user_id, client_id, due_at) select channel_id, user_id, "
    "client_id, now() + interval '1 day' from message where id < 5000;"
    "insert into favorite (user_id, channel_id) select 10 + n % 1990, n from generate_series(1, "
    "20000) n;"
    "insert into section (user_id, org_id, name, position) select 10 + n % 1990, 1, 'x', n from "
    "generate_series(1, 20000) n;"
    "insert into section_channel (user_id, channel_id, section_id) select user_id, id, id from "
    "section;"
    "insert into direct (channel_id, org_id, users) select id, 1, array[id, id + 1] from channel;"
    "insert into ban (action_id, user_id, org_id) select n, n, 1 from generate_series(3000, 5000) "
    "n;"
    "insert into mute (action_id, user_id, org_id) select n, n, 1 from generate_series(3000, 5000) "
    "n;";

/* Reads that are of the whole organisation by what they are asked for, and no more than that; and
 * of a table that has one row. */
static const struct {
    const char *statement, *table;
} allowed[] = {
    {"sql_channel_list", "channel c"},
    {"sql_file_secret", "file_secret"},
    {"sql_search_words", "search_backfill"},
};

static char url[STORE_URL_MAX];
static PGconn *pg;

static void set_up(void)
{
    fixture_make(url);
    store_script(url, filled);
    store_script(url, filled_next);
    store_script(url, filled_more);
    store_script(url, "vacuum analyze");
    pg = PQconnectdb(url);
    PQclear(PQexec(pg, "set plan_cache_mode = force_generic_plan; set jit = off"));
}

static void tear_down(void)
{
    PQfinish(pg);
}

TestSuite(plans, .init = set_up, .fini = tear_down);

static PGresult *ask(const char *sql)
{
    PGresult *r = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(r);
    cr_assert(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK, "%s: %s", sql,
              PQerrorMessage(pg));
    return r;
}

static int parameters(const char *sql)
{
    int most = 0;
    for (const char *at = sql; (at = strchr(at, '$')); at++) {
        int n = at[1] - '0';
        if (at[2] >= '0' && at[2] <= '9')
            n = 10 * n + at[2] - '0';
        most = n > most ? n : most;
    }
    return most;
}

/* The plan for any parameters: what NULL stands for is not looked at. */
static PGresult *plan(const char *name, const char *sql)
{
    char text[512];
    PGresult *prepared = PQprepare(pg, name, sql, 0, NULL);
    cr_assert_eq(PQresultStatus(prepared), PGRES_COMMAND_OK, "%s: %s", name, PQerrorMessage(pg));
    PQclear(prepared);
    int at = snprintf(text, sizeof text, "explain (costs off) execute %s", name);
    int n = parameters(sql);
    for (int i = 0; i < n; i++)
        at += snprintf(text + at, sizeof text - (size_t)at, "%snull", i ? "," : "(");
    if (n > 0)
        snprintf(text + at, sizeof text - (size_t)at, ")");
    return ask(text);
}

static bool is_allowed(const char *statement, const char *table)
{
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (strcmp(statement, allowed[i].statement) == 0 && strcmp(table, allowed[i].table) == 0)
            return true;
    return false;
}

/* How many tables the plan reads from end to end. */
static int full_reads(const char *name, const char *sql)
{
    static const char scan[] = "Seq Scan on ";
    int found = 0;
    PGresult *r = plan(name, sql);
    for (int i = 0; i < PQntuples(r); i++) {
        const char *at = strstr(PQgetvalue(r, i, 0), scan);
        if (!at || is_allowed(name, at + sizeof scan - 1))
            continue;
        fprintf(stderr, "%s: %s\n", name, at);
        found++;
    }
    PQclear(r);
    return found;
}

Test(plans, no_statement_reads_a_whole_table)
{
    int found = 0, n = 0;
    cr_assert_gt(chat_routes_count, 0); /* links every handler, and so every statement */
    for (const struct pal_statement *const *s = __start_pal_statements; s != __stop_pal_statements;
         s++, n++)
        found += full_reads((*s)->name, (*s)->sql);
    cr_assert_gt(n, 25);
    cr_assert_eq(found, 0);
}

Test(plans, a_table_read_as_a_whole_is_found)
{
    cr_assert_eq(full_reads("planted", "select id from message where content = $1::text"), 1);
    cr_assert_eq(full_reads("planted_too", "delete from event where seq = $1::bigint"), 1);
}

/* The log's own statement is not in the list; whether it has read the table shows in what the
 * server counts. */
Test(plans, the_log_is_read_from_where_the_follower_stands)
{
    static const char scans[] = "select seq_scan from pg_stat_user_tables where relname = 'event'";
    struct pal_error err = {0};
    struct pal_arena arena;
    struct pal_str json = {0};
    const struct pal_log_query query = {.limit = 500};
    pal_arena_init(&arena, 16 << 20);
    int64_t before = store_number(url, scans);
    struct pal_db *db = store_open(url);
    for (int i = 0; i < 10; i++)
        cr_assert_eq(pal_log_read(db, &arena, &query, &json, &err), PAL_OK, "%s", err.detail);
    cr_assert(strstr(json.p, "\"events\""));
    pal_db_free(db);
    while (store_number(url, "select count(*) from pg_stat_activity where application_name = "
                             "'store test' and datname = current_database()") > 0)
        ;
    cr_assert_eq(store_number(url, scans), before);
    pal_arena_fini(&arena);
}

static int64_t number_of(PGresult *r)
{
    int64_t n = 0;
    cr_assert(pal_parse_i64(pal_str_of(PQgetvalue(r, 0, 0)), &n));
    PQclear(r);
    return n;
}

/* How often tables have been read from end to end; the server counts when a connection ends. */
static void scans_of(const char *const *tables, size_t n, int64_t *out)
{
    static const char others[] = "select count(*) from pg_stat_activity where datname = "
                                 "current_database() and backend_type = 'client backend' and pid "
                                 "<> pg_backend_pid()";
    static const char scans[] = "select seq_scan from pg_stat_user_tables where relname = $1";
    while (number_of(ask(others)) > 0)
        ;
    for (size_t i = 0; i < n; i++)
        out[i] = number_of(PQexecParams(pg, scans, 1, NULL, &tables[i], NULL, NULL, 0));
}

/* The statements of a function are not in the list either. What somebody kept for himself is looked
 * for once. */
Test(plans, erasing_somebody_reads_no_table_of_messages_as_a_whole)
{
    static const char *const tables[] = {
        "message", "message_version", "message_preview", "preview", "event",  "channel_head",
        "member",  "mention",         "reaction",        "pin",     "thread", "reaction_kind"};
    enum { TABLES = sizeof tables / sizeof *tables };
    int64_t before[TABLES];
    int64_t after[TABLES];
    store_script(url, "update event set tx = (1 + id / 100)::text::xid8; analyze event");
    PQclear(ask("select erasure_begin(12, 1, 'erased-12', true)"));
    scans_of(tables, TABLES, before);
    /* It begins when whoever writes anything in the cluster at the moment is through. */
    while (store_number(url, "select count(*) from erasure where done_at is null") > 0)
        (void)store_number(url, "select count(*) from erase_step(100, 2000)");
    scans_of(tables, TABLES, after);
    for (size_t i = 0; i < TABLES; i++)
        cr_expect_eq(after[i], before[i], "%s: %d", tables[i], (int)(after[i] - before[i]));
    cr_assert_eq(store_number(url, "select count(*) from message where user_id = 12 and content = "
                                   "'' and deleted_at is not null"),
                 400);
    cr_assert_eq(store_number(url, "select count(*) from channel_head h where h.seq <> 100 + "
                                   "(select count(*) from event e where e.channel_id = "
                                   "h.channel_id and e.kind = 1203)"),
                 0);
}

static bool uses(const char *name, const char *sql, const char *index)
{
    bool found = false;
    PGresult *r = plan(name, sql);
    for (int i = 0; i < PQntuples(r); i++)
        found = found || strstr(PQgetvalue(r, i, 0), index);
    PQclear(r);
    return found;
}

/* The writer's plan is made once, on the first day too, when all indexes cost the same: one that
 * finds a repeated send by going through its channel gets slower with every message. */
Test(plans, the_writer_finds_repeats_by_their_index_from_the_first_day)
{
    int n = 0;
    PQclear(ask("begin"));
    PQclear(ask("truncate message cascade"));
    PQclear(ask("delete from pg_statistic where starelid = 'message'::regclass"));
    PQclear(ask("set local plan_cache_mode = force_generic_plan"));
    PQclear(ask("set local enable_seqscan = off"));
    for (const struct pal_statement *const *s = __start_pal_statements; s != __stop_pal_statements;
         s++) {
        if (strncmp((*s)->name, "sql_writer_post", strlen("sql_writer_post")) != 0)
            continue;
        n++;
        cr_expect(uses((*s)->name, (*s)->sql, "using message_client on"), "%s", (*s)->name);
    }
    cr_assert_eq(n, 2);
    PQclear(ask("rollback"));
}
