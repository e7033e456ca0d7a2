/* How many messages a second the writer's statements store over one connection, by batch size; with
 * the head rows being rewritten all the time, so that a run of some length shows their bloat.
 * tests/store/run_with_postgres.sh build/release/tests/writer_bench [SECONDS for each size]
 * [HOW MANY OF 100 are replies in threads, 0 without that] */
#include "support/database.h"

#include "base/clock.h"
#include "base/id.h"
#include "gen/chat_migrations.h"
#include "store/writer.h"

#include <stdio.h>
#include <stdlib.h>

enum { CHANNELS = 50, MEMBERS = 100, BATCH_MAX = 500 };

static const char people[] = "insert into user_copy (user_id, org_id, username) select u, 1, "
                             "'user' || u from generate_series(1, 100) u;"
                             "insert into channel (org_id, name, type, created_by) select 1, 'c' "
                             "|| c, 'public', 1 from generate_series(1, 50) c;"
                             "insert into channel_head (channel_id) select id from channel;"
                             "insert into member (channel_id, user_id) select c.id, u from channel "
                             "c, generate_series(1, 100) u;";

/* One in each channel, with the id of the channel. */
static const char roots[] =
    "insert into message (channel_id, seq, user_id, username, content, client_id, created_at) "
    "select id, 1, 1, 'user1', 'hola', gen_random_uuid(), now() from channel order by id;"
    "update channel_head set seq = 1;";

static struct post any_post(int64_t replies)
{
    struct post p = {
        .channel = 1 + (uint64_t)(random() % CHANNELS),
        .user = 1 + (uint64_t)(random() % MEMBERS),
        .org = 1,
        .content =
            PAL_STR("hola a todos, \xc2\xbfqu\xc3\xa9 tal est\xc3\xa1is? Nos vemos a las cinco."),
        .type = PAL_STR("text")};
    pal_uuid_v4(p.client_id);
    if (random() % 100 < replies)
        p.thread = p.channel; /* a message of it: see the roots */
    return p;
}

static void transact(struct pal_db *db, struct pal_arena *arena, size_t n, int64_t replies)
{
    static struct post posts[BATCH_MAX];
    static struct posted out[BATCH_MAX];
    struct pal_error err = {0};
    for (size_t i = 0; i < n; i++)
        posts[i] = any_post(replies);
    enum pal_code code = writer_store_post(db, arena, posts, n, out, &err);
    if (code != PAL_OK || out[n - 1].result != POST_STORED) {
        fprintf(stderr, "not stored: %s\n", err.detail);
        exit(1);
    }
    pal_arena_reset(arena);
}

static void measure(struct pal_db *db, size_t batch, int seconds, int64_t replies)
{
    struct pal_arena arena;
    int64_t n = 0, worst = 0, start = pal_mono_us(), now = start;
    pal_arena_init(&arena, 64 << 20);
    while (now - start < seconds * INT64_C(1000000)) {
        transact(db, &arena, batch, replies);
        int64_t end = pal_mono_us();
        worst = end - now > worst ? end - now : worst;
        now = end;
        n++;
    }
    double taken = (double)(now - start);
    printf("batches of %3zu: %6.0f messages/s, %6.2f ms each, worst %.1f ms\n", batch,
           (double)n * (double)batch * 1e6 / taken, taken / 1000 / (double)n, (double)worst / 1000);
    pal_arena_fini(&arena);
}

int main(int argc, char **argv)
{
    static const size_t sizes[] = {1, 10, 100, 500, 1};
    char url[STORE_URL_MAX];
    int64_t seconds = 10, replies = 0;
    struct pal_error err = {0};
    if (argc > 1 && !pal_parse_i64(pal_str_of(argv[1]), &seconds))
        return 2;
    if (argc > 2 && !pal_parse_i64(pal_str_of(argv[2]), &replies))
        return 2;
    store_database("chat", url);
    struct pal_db *db = store_open(url);
    if (pal_db_migrate(db, "chat", chat_migrations, chat_migrations_count, &err) != PAL_OK)
        return 1;
    store_script(url, people);
    store_script(url, roots);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        measure(db, sizes[i], (int)seconds, replies);
    pal_db_free(db);
    return 0;
}
