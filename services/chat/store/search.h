/* Searching: names to ids, matches in a range of ids, what is shown of them. Everything is limited
 * to what the viewer may read by the statements themselves. */
#ifndef CHAT_STORE_SEARCH_H
#define CHAT_STORE_SEARCH_H

#include "store/answer.h"

#include <stdbool.h>

/* Ids, for ':c1'|':c2' in a tsquery. */
enum { SEARCH_SCOPE_MAX = 128 };
struct search_ids {
    uint64_t all[SEARCH_SCOPE_MAX];
    size_t n;
    bool more; /* there are more than fit */
};

/* None: no such user, no channel of this name that the viewer can see, no direct messages with this
 * user. */
enum pal_code search_user(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                          struct pal_str name, struct search_ids *out,
                          struct pal_error *err) PAL_MUST_USE;
enum pal_code search_channel(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                             struct pal_str name, struct search_ids *out,
                             struct pal_error *err) PAL_MUST_USE;
enum pal_code search_direct(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                            uint64_t user, struct search_ids *out,
                            struct pal_error *err) PAL_MUST_USE;
/* All channels that the viewer may read. */
enum pal_code search_scope(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                           struct search_ids *out, struct pal_error *err) PAL_MUST_USE;

/* The words that begin with each of the prefixes, `out` being empty. all is NULL when there are
 * more than SEARCH_WORDS_MAX, or they are not known yet. */
enum { SEARCH_WORDS_MAX = 64 };
struct search_words {
    struct pal_str *all; /* of the arena */
    size_t n;
};
enum pal_code search_words(struct pal_db *db, struct pal_arena *arena,
                           const struct pal_str *prefixes, size_t n, struct search_words *out,
                           struct pal_error *err) PAL_MUST_USE;

/* Ids of messages between two times, nearly: [*from, *to). Times in ms, 0: no limit. */
enum pal_code search_span(struct pal_db *db, struct pal_arena *arena, int64_t from_ms,
                          int64_t to_ms, int64_t *from, int64_t *to,
                          struct pal_error *err) PAL_MUST_USE;

/* Conditions that the index knows (blocks NULL: none), and one that is looked at in the rows (NULL:
 * none). */
struct search_ask {
    struct pal_str blocks, words, scope, beside; /* tsqueries */
    struct pal_str rank;                         /* NULL: not by relevance */
    int64_t from, to;                            /* ids */
    int64_t from_ms, to_ms, anchor_ms;           /* times; 0: no limit */
    bool saved;                                  /* only what the viewer has saved */
    int64_t limit;
};
struct search_hit {
    int64_t id, score;
};
/* The newest matches of the range, the newest first, as many as fit into `out` (ask->limit);
 * *looked_at: rows that the index gave, whether or not they fit and the viewer may read them. */
enum pal_code search_matches(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                             const struct search_ask *ask, struct search_hit *out, size_t *n,
                             int64_t *looked_at, struct pal_error *err) PAL_MUST_USE;

/* One row a message that is still there: columns id, message, content, channel. */
enum { SEARCH_COL_ID, SEARCH_COL_MESSAGE, SEARCH_COL_CONTENT, SEARCH_COL_CHANNEL };
enum pal_code search_show(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                          const int64_t *ids, size_t n, struct pal_rows *out,
                          struct pal_error *err) PAL_MUST_USE;

#endif
