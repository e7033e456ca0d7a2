/* The index of messages: what of the log it has not seen yet, and writing it. */
#ifndef CHAT_STORE_SEARCH_INDEX_H
#define CHAT_STORE_SEARCH_INDEX_H

#include "db/log.h"

#include <stdbool.h>

enum { INDEX_BATCH = 1000 };

/* Where the index is in the log. *mine is false when another replica is at it. */
enum pal_code index_position(struct pal_db *db, bool *mine, struct pal_position *at,
                             struct pal_error *err) PAL_MUST_USE;

/* The events after `after`: the messages that they tell of, threads that they belong to. *n: how
 * many events; *last: of the last. */
struct index_news {
    int64_t messages[INDEX_BATCH], threads[INDEX_BATCH];
    size_t n_messages, n_threads, n_events;
    struct pal_position last;
};
enum pal_code index_news(struct pal_db *db, struct pal_arena *arena, struct pal_position after,
                         struct index_news *out, struct pal_error *err) PAL_MUST_USE;

/* Messages from before there was an index, from the newest down; none: all are in it. */
enum pal_code index_backlog(struct pal_db *db, struct pal_arena *arena, int64_t *ids, size_t *n,
                            struct pal_error *err) PAL_MUST_USE;
/* Those below `next` are still to come; next 0: that was all. */
enum pal_code index_backlog_move(struct pal_db *db, struct pal_arena *arena, int64_t next,
                                 struct pal_error *err) PAL_MUST_USE;

/* Columns of the messages to index. A deleted one has no content. */
enum {
    INDEX_COL_ID,
    INDEX_COL_CHANNEL,
    INDEX_COL_ORG,
    INDEX_COL_USER,
    INDEX_COL_AT,
    INDEX_COL_CONTENT,
    INDEX_COL_MARKS
};
enum pal_code index_messages(struct pal_db *db, struct pal_arena *arena, const int64_t *ids,
                             size_t n, struct pal_rows *out, struct pal_error *err) PAL_MUST_USE;

/* Words that no message has any more go, some at a time. */
enum pal_code index_sweep(struct pal_db *db, struct pal_error *err) PAL_MUST_USE;

struct index_entries {
    const int64_t *ids, *channels;
    const struct pal_str *at, *words;
    size_t n;
};
enum pal_code index_put(struct pal_db *db, struct pal_arena *arena, const struct index_entries *e,
                        struct pal_error *err) PAL_MUST_USE;
enum pal_code index_remove(struct pal_db *db, struct pal_arena *arena, const int64_t *ids, size_t n,
                           struct pal_error *err) PAL_MUST_USE;
/* They have become threads. */
enum pal_code index_threads(struct pal_db *db, struct pal_arena *arena, const int64_t *ids,
                            size_t n, struct pal_error *err) PAL_MUST_USE;

#endif
