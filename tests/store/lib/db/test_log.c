/* The event log: nothing is skipped, whatever order transactions commit in; positions of consumers.
 */
#include "support/database.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "db/log.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char url[STORE_URL_MAX];
static struct pal_db *db;
static struct pal_arena arena;
static struct pal_error err;

static void load_shared(const char *name)
{
    char path[256];
    static char text[8192];
    snprintf(path, sizeof path, "%s/%s", SHARED_SQL, name);
    FILE *file = fopen(path, "r");
    cr_assert(file);
    size_t n = fread(text, 1, sizeof text - 1, file);
    text[n] = '\0';
    fclose(file);
    store_script(url, text);
}

static void set_up(void)
{
    store_database("s", url);
    load_shared("event_log.sql");
    load_shared("consumer_position.sql");
    load_shared("idempotency.sql");
    load_shared("iso.sql");
    db = store_open(url);
    pal_arena_init(&arena, 16 << 20);
    pal_error_clear(&err);
}

static void tear_down(void)
{
    pal_db_free(db);
    pal_arena_fini(&arena);
}

TestSuite(event_log, .init = set_up, .fini = tear_down);

static struct pal_position append(struct pal_db *to, struct pal_str body)
{
    struct pal_position at = {0};
    struct pal_log_event e = {.kind = 1101, .org = 1, .user = 2, .body = body};
    struct pal_error mine = {0};
    struct pal_arena own;
    pal_arena_init(&own, 8 << 20);
    enum pal_code code = pal_log_append(to, &own, &e, &at, &mine);
    pal_arena_fini(&own);
    cr_assert_eq(code, PAL_OK, "%s", mine.detail);
    return at;
}

static json_t *read_after(struct pal_position after, int limit)
{
    char why[80] = "";
    struct pal_str text;
    pal_arena_reset(&arena);
    struct pal_log_query query = {.after = after, .limit = limit};
    cr_assert_eq(pal_log_read(db, &arena, &query, &text, &err), PAL_OK, "%s", err.detail);
    json_t *root = pal_json_parse(text, why);
    cr_assert(root, "%s", why);
    json_t *events = json_incref(json_object_get(root, "events"));
    json_decref(root);
    return events;
}

static struct pal_position position_of(const json_t *o)
{
    struct pal_position at = {.id = (uint64_t)pal_json_int(o, "id", 0)};
    cr_assert(pal_parse_u64(pal_json_str(o, "tx"), &at.tx));
    return at;
}

Test(event_log, an_event_comes_back_as_it_was_written)
{
    struct pal_position at = append(db, PAL_STR("{\"user\":{\"name\":\"ñ\"},\"n\":1}"));
    json_t *events = read_after((struct pal_position){0}, 500);
    cr_assert_eq(json_array_size(events), 1);
    const json_t *e = json_array_get(events, 0);
    cr_assert_eq(pal_json_int(e, "kind", 0), 1101);
    cr_assert_eq(pal_json_int(e, "org", 0), 1);
    cr_assert_eq(pal_json_int(e, "user", 0), 2);
    cr_assert_eq(pal_json_int(e, "channel", -1), 0);
    cr_assert_eq(pal_json_int(json_object_get(e, "body"), "n", 0), 1);
    cr_assert_eq(position_of(e).tx, at.tx);
    cr_assert_eq(position_of(e).id, at.id);
    json_decref(events);
}

Test(event_log, an_empty_log_reads_as_an_empty_list)
{
    json_t *events = read_after((struct pal_position){0}, 500);
    cr_assert(json_is_array(events) && json_array_size(events) == 0);
    json_decref(events);
}

Test(event_log, what_comes_after_an_open_transaction_is_kept_back)
{
    struct pal_db *slow = store_open(url);
    cr_assert_eq(pal_db_begin(slow, PAL_TX_WRITE, &err), PAL_OK);
    append(slow, PAL_STR("{\"n\":1}"));
    append(db, PAL_STR("{\"n\":2}")); /* commits first */
    json_t *events = read_after((struct pal_position){0}, 500);
    cr_assert_eq(json_array_size(events), 0);
    json_decref(events);
    cr_assert_eq(pal_db_commit(slow, &err), PAL_OK);
    events = read_after((struct pal_position){0}, 500);
    cr_assert_eq(json_array_size(events), 2);
    cr_assert_eq(pal_json_int(json_object_get(json_array_get(events, 0), "body"), "n", 0), 1);
    json_decref(events);
    pal_db_free(slow);
}

Test(event_log, reading_goes_on_after_a_position_with_a_limit)
{
    for (int i = 0; i < 10; i++)
        append(db, PAL_STR("{}"));
    struct pal_position at = {0};
    size_t seen = 0, turns = 0;
    for (size_t n = 1; n > 0; turns++) {
        json_t *events = read_after(at, 3);
        n = json_array_size(events);
        seen += n;
        if (n > 0)
            at = position_of(json_array_get(events, n - 1));
        json_decref(events);
    }
    cr_assert_eq(seen, 10);
    cr_assert_eq(turns, 5);
}

Test(event_log, a_batch_fits_into_a_frame_and_one_large_event_is_not_stuck)
{
    enum { BODY = 300 << 10 };
    char *body = malloc(BODY + 16);
    cr_assert(body);
    int n = snprintf(body, 16, "{\"x\":\"");
    memset(body + n, 'x', BODY);
    memcpy(body + n + BODY, "\"}", 3);
    for (int i = 0; i < 4; i++)
        append(db, pal_str_of(body));
    struct pal_position at = {0};
    size_t seen = 0;
    while (seen < 4) {
        json_t *events = read_after(at, 500);
        size_t got = json_array_size(events);
        cr_assert(got >= 1 && got * BODY < PAL_FRAME_BODY_MAX);
        seen += got;
        at = position_of(json_array_get(events, got - 1));
        json_decref(events);
    }
    cr_assert_eq(seen, 4);
    free(body);
}

enum { WRITERS = 6, PER_WRITER = 150 };
static atomic_int writing;

/* Transactions of one to three events, a third of them rolled back. */
static void *writer_thread(void *arg)
{
    unsigned seed = *(unsigned *)arg;
    struct pal_error mine = {0};
    struct pal_db *own = store_open(url);
    for (int i = 0; i < PER_WRITER; i++) {
        cr_assert_eq(pal_db_begin(own, PAL_TX_WRITE, &mine), PAL_OK);
        for (int k = rand_r(&seed) % 3; k >= 0; k--)
            append(own, PAL_STR("{}"));
        if (rand_r(&seed) % 3 == 0)
            pal_db_rollback(own);
        else
            cr_assert_eq(pal_db_commit(own, &mine), PAL_OK);
    }
    pal_db_free(own);
    atomic_fetch_sub(&writing, 1);
    return NULL;
}

Test(event_log, a_follower_of_concurrent_writers_misses_nothing_and_sees_nothing_twice)
{
    pthread_t threads[WRITERS];
    unsigned seeds[WRITERS];
    atomic_store(&writing, WRITERS);
    for (unsigned i = 0; i < WRITERS; i++) {
        seeds[i] = i + 1;
        cr_assert_eq(pthread_create(&threads[i], NULL, writer_thread, &seeds[i]), 0);
    }
    struct pal_position at = {0};
    int64_t seen = 0;
    for (bool more = true; more;) {
        bool over = atomic_load(&writing) == 0;
        json_t *events = read_after(at, 40);
        size_t n = json_array_size(events);
        for (size_t i = 0; i < n; i++) {
            struct pal_position next = position_of(json_array_get(events, i));
            cr_assert(next.tx > at.tx || (next.tx == at.tx && next.id > at.id), "order");
            at = next;
        }
        seen += (int64_t)n;
        more = !over || n > 0;
        json_decref(events);
    }
    for (int i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
    cr_assert_eq(seen, store_number(url, "select count(*) from event"));
    cr_assert_gt(seen, 0);
}

Test(event_log, old_rows_are_removed)
{
    append(db, PAL_STR("{}"));
    store_script(url, "update event set created_at = now() - interval '2 days'");
    append(db, PAL_STR("{}"));
    cr_assert_eq(pal_log_expire(db, 24 * 3600 * 1000, &err), PAL_OK);
    cr_assert_eq(store_number(url, "select count(*) from event"), 1);
}

Test(event_log, bodies_come_for_the_kinds_that_are_wanted)
{
    struct pal_str text;
    char why[80];
    append(db, PAL_STR("{\"n\":1}"));
    static const int64_t others[] = {1102, 1103}, among[] = {1102, 1101};
    struct pal_log_query query = {.limit = 10, .bodies = others, .n_bodies = 2};
    for (int wanted = 0; wanted < 2; wanted++) {
        cr_assert_eq(pal_log_read(db, &arena, &query, &text, &err), PAL_OK, "%s", err.detail);
        json_t *root = pal_json_parse(text, why);
        const json_t *e = json_array_get(json_object_get(root, "events"), 0);
        cr_assert_eq(pal_json_int(e, "kind", 0), 1101);
        cr_assert_eq(pal_json_has(e, "body"), wanted);
        cr_assert_eq(pal_json_int(root, "head", 0), pal_json_int(e, "id", -1));
        cr_assert_lt(llabs((long long)(pal_now_ms() - pal_json_int(e, "at", 0))), 60000);
        json_decref(root);
        query.bodies = among;
    }
}

Test(event_log, the_head_tells_of_what_is_kept_back_or_left_out)
{
    struct pal_str text;
    char why[80];
    for (int i = 0; i < 5; i++)
        append(db, PAL_STR("{}"));
    struct pal_log_query query = {.limit = 2};
    cr_assert_eq(pal_log_read(db, &arena, &query, &text, &err), PAL_OK, "%s", err.detail);
    json_t *root = pal_json_parse(text, why);
    cr_assert_eq(pal_json_int(root, "head", 0), store_number(url, "select max(id) from event"));
    cr_assert_eq(json_array_size(json_object_get(root, "events")), 2);
    json_decref(root);
}

Test(event_log, what_is_kept_back_is_told_of)
{
    struct pal_str text;
    char why[80];
    struct pal_db *slow = store_open(url);
    struct pal_log_query query = {.limit = 2};
    for (int kept = 0; kept < 2; kept++) {
        cr_assert_eq(pal_log_read(db, &arena, &query, &text, &err), PAL_OK, "%s", err.detail);
        json_t *root = pal_json_parse(text, why);
        cr_assert_eq(json_array_size(json_object_get(root, "events")), 0);
        cr_assert_eq(pal_json_int(root, "head", 9), kept ? 2 : 0);
        cr_assert_eq(pal_json_int(root, "oldest_at", 0) > 0, kept);
        json_decref(root);
        if (kept == 0) {
            cr_assert_eq(pal_db_begin(slow, PAL_TX_WRITE, &err), PAL_OK);
            append(slow, PAL_STR("{}"));
            append(db, PAL_STR("{}"));
        }
    }
    pal_db_rollback(slow);
    pal_db_free(slow);
}

static struct pal_position position(void)
{
    struct pal_position at = {9, 9};
    cr_assert_eq(pal_position_read(db, "auth", &at, &err), PAL_OK, "%s", err.detail);
    return at;
}

static bool move(struct pal_position from, struct pal_position to)
{
    bool moved = false;
    struct pal_move it = {.from = from, .to = to, .read_on = pal_db_timeline(db)};
    cr_assert_eq(pal_position_move(db, "auth", &it, &moved, &err), PAL_OK, "%s", err.detail);
    return moved;
}

Test(event_log, a_position_begins_at_zero_and_is_moved_from_where_it_is)
{
    struct pal_position first = {0}, second = {UINT64_MAX, 7}, third = {UINT64_MAX, 8};
    struct pal_position at = position();
    cr_assert(at.tx == 0 && at.id == 0);
    cr_assert(move(first, second));
    cr_assert(!move(first, third), "another was faster");
    at = position();
    cr_assert(at.tx == UINT64_MAX && at.id == 7);
    cr_assert(move(second, third));
}

static enum pal_code move_what_was_read_on(struct pal_timeline where)
{
    bool moved = false;
    struct pal_move it = {.from = position(), .to = {7, 7}, .read_on = where};
    cr_assert_eq(pal_db_begin(db, PAL_TX_WRITE, &err), PAL_OK);
    enum pal_code code = pal_position_move(db, "auth", &it, &moved, &err);
    pal_db_rollback(db);
    return code;
}

Test(event_log, a_position_is_not_moved_over_what_another_timeline_has)
{
    position();
    struct pal_timeline here = pal_db_timeline(db), before = here, elsewhere = here;
    before.timeline++;
    elsewhere.cluster++;
    elsewhere.timeline++;
    cr_assert_eq(move_what_was_read_on(here), PAL_OK);
    cr_assert_eq(move_what_was_read_on(before), PAL_UNAVAILABLE);
    cr_assert(strstr(err.detail, "another timeline"));
    cr_assert_eq(move_what_was_read_on(elsewhere), PAL_OK, "clusters have nothing in common");
    cr_assert_eq(move_what_was_read_on((struct pal_timeline){0}), PAL_OK, "of a release before");
}

Test(event_log, it_is_told_where_events_were_read)
{
    struct pal_str text;
    struct pal_log_query query = {.limit = 2};
    for (int n = 0; n < 2; n++) {
        char why[80] = "";
        uint64_t cluster = 0;
        cr_assert_eq(pal_log_read(db, &arena, &query, &text, &err), PAL_OK, "%s", err.detail);
        json_t *root = pal_json_parse(text, why);
        cr_assert(root, "%s", why);
        cr_assert_eq((int)json_array_size(json_object_get(root, "events")), n);
        cr_assert(pal_parse_u64(pal_json_str(root, "cluster"), &cluster));
        cr_assert_eq(cluster, pal_db_timeline(db).cluster);
        cr_assert_eq(pal_json_int(root, "timeline", 0), pal_db_timeline(db).timeline);
        json_decref(root);
        append(db, PAL_STR("{}"));
    }
}

Test(event_log, times_are_written_as_the_api_writes_them)
{
    static const struct pal_statement st = {"iso",
                                            "select iso('2026-01-02 03:04:05.678+00'), iso(null)"};
    PAL_ROWS rows;
    cr_assert_eq(pal_db_run(db, &st, NULL, &rows, &err), PAL_OK, "%s", err.detail);
    cr_assert(pal_str_eq(pal_row_str(&rows, 0, 0), PAL_STR("2026-01-02T03:04:05.678Z")));
    cr_assert(pal_row_null(&rows, 0, 1));
}
