/* SQL of --verify: the logs of the channels, and the blobs. Nothing is locked: it may run while
 * people talk. */
#ifndef CHAT_STORE_VERIFY_H
#define CHAT_STORE_VERIFY_H

#include "base/arena.h"
#include "db/db.h"

enum { VERIFY_CHANNELS = 500, VERIFY_EVENTS = 100 * 1000, VERIFY_BLOBS = 500 };

struct verify_channel {
    uint64_t id;
    int64_t head;    /* seq of its last event */
    int64_t message; /* the highest seq that a message has */
    bool old;        /* so old that its first events may have been forgotten */
};
/* The next ones behind `after`, in the order of their ids. */
enum pal_code verify_store_channels(struct pal_db *db, struct pal_arena *arena, uint64_t after,
                                    int64_t keep_days, struct verify_channel *out, size_t *n,
                                    struct pal_error *err) PAL_MUST_USE;

/* A piece of a log: so many events behind `after`, VERIFY_EVENTS at most. */
struct verify_piece {
    int64_t n, first, last;
    int64_t gap; /* the seq before the first gap; -1: it has none */
};
/* after 0: from the oldest event that is there. */
enum pal_code verify_store_piece(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                                 int64_t after, struct verify_piece *out,
                                 struct pal_error *err) PAL_MUST_USE;

/* Events of transactions that this database has not had: it has not come from a base backup, and
 * who follows the log would pass over what comes next. */
enum pal_code verify_store_ahead(struct pal_db *db, int64_t *n, struct pal_error *err) PAL_MUST_USE;

struct verify_blob {
    struct pal_str hash, location;
    int64_t size;
};
/* Those that files have, in the order of their hashes, behind `after`. */
enum pal_code verify_store_blobs(struct pal_db *db, struct pal_arena *arena, struct pal_str after,
                                 struct verify_blob *out, size_t *n,
                                 struct pal_error *err) PAL_MUST_USE;
/* A file still has it. */
enum pal_code verify_store_used(struct pal_db *db, struct pal_arena *arena, struct pal_str hash,
                                bool *used, struct pal_error *err) PAL_MUST_USE;

#endif
