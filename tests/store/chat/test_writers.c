/* Two writers and a write lane at work in the same channels, as in two replicas: every channel's
 * log is dense, and what is sent by both is stored once. A plain main: it runs under the thread
 * sanitizer. */
#include "fixture.h"

#include "store/channel.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WRITERS = 2, BATCHES = 60, BATCH = 20, CHANNELS = 3, CHANGES = 120 };

static char url[STORE_URL_MAX];
/* client_ids that both writers send, in different batches; made before the threads start. */
static struct post shared_posts[BATCHES];

#define CHECK(condition)                                                    \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                        \
        }                                                                   \
    } while (0)

/* Any order of channels: the writer sorts by itself. */
static void fill(struct post *posts, int batch, unsigned *seed)
{
    for (int i = 0; i < BATCH; i++)
        posts[i] = fixture_post(1 + (uint64_t)(rand_r(seed) % CHANNELS), "hola");
    posts[rand_r(seed) % BATCH] = shared_posts[batch];
}

static enum pal_code transact(struct pal_db *db, struct pal_arena *arena, const struct post *posts,
                              struct posted *out)
{
    struct pal_error err = {0};
    enum pal_code code = writer_store_post(db, arena, posts, BATCH, out, &err);
    if (code != PAL_OK)
        fprintf(stderr, "writer: %s\n", err.detail);
    return code;
}

static void *run_writer(void *arg)
{
    unsigned seed = *(unsigned *)arg;
    struct pal_db *db = store_open(url);
    struct pal_arena arena;
    pal_arena_init(&arena, 16 << 20);
    for (int b = 0; b < BATCHES; b++) {
        struct post posts[BATCH];
        struct posted out[BATCH];
        fill(posts, b, &seed);
        CHECK(transact(db, &arena, posts, out) == PAL_OK);
        for (int i = 0; i < BATCH; i++)
            CHECK(out[i].result == POST_STORED || out[i].result == POST_REPEAT);
        pal_arena_reset(&arena);
    }
    pal_arena_fini(&arena);
    pal_db_free(db);
    return NULL;
}

/* Changes of channels, each appending an event by the other way into the log. */
static void *run_changes(void *arg)
{
    unsigned seed = *(unsigned *)arg;
    struct pal_db *db = store_open(url);
    const struct viewer v = {.user = 1, .org = 1};
    struct pal_arena arena;
    pal_arena_init(&arena, 1 << 20);
    for (int i = 0; i < CHANGES; i++) {
        uint64_t channel = 1 + (uint64_t)(rand_r(&seed) % CHANNELS);
        struct pal_error err = {0};
        struct logged e = {0};
        CHECK(pal_db_begin(db, PAL_TX_WRITE, &err) == PAL_OK);
        CHECK(channel_store_lock(db, &arena, channel, &err) == PAL_OK);
        CHECK(channel_store_log(db, &arena, &v, channel, false, &e, &err) == PAL_OK && e.seq > 0);
        CHECK(pal_db_commit(db, &err) == PAL_OK);
        pal_arena_reset(&arena);
    }
    pal_arena_fini(&arena);
    pal_db_free(db);
    return NULL;
}

static void check_logs(void)
{
    /* BATCHES posts were sent by both writers. */
    const int64_t messages = WRITERS * BATCHES * BATCH - BATCHES;
    CHECK(store_number(url, "select count(*) from message") == messages);
    CHECK(store_number(url, "select count(*) from event") == messages + CHANGES);
    CHECK(store_number(url, "select count(*) from (select channel_id from event group by 1"
                            " having count(*) <> max(seq) or min(seq) <> 1) holes") == 0);
    CHECK(store_number(
              url,
              "select count(*) from channel_head h where h.seq <>"
              " coalesce((select max(seq) from event e where e.channel_id = h.channel_id), 0)") ==
          0);
    CHECK(store_number(url, "select count(*) from message m where not exists (select from event e"
                            " where (e.channel_id, e.seq) = (m.channel_id, m.seq)"
                            " and e.body->'message'->>'id' = m.id::text)") == 0);
}

int main(void)
{
    pthread_t threads[WRITERS + 1];
    unsigned seeds[WRITERS + 1];
    fixture_make(url);
    for (size_t i = 0; i < BATCHES; i++)
        shared_posts[i] = fixture_post(1 + i % CHANNELS, "once");
    for (unsigned i = 0; i <= WRITERS; i++) {
        seeds[i] = i + 1;
        CHECK(pthread_create(&threads[i], NULL, i < WRITERS ? run_writer : run_changes,
                             &seeds[i]) == 0);
    }
    for (size_t i = 0; i <= WRITERS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    check_logs();
    return 0;
}
