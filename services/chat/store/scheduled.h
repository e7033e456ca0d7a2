/* Messages that are to be sent later. */
#ifndef CHAT_STORE_SCHEDULED_H
#define CHAT_STORE_SCHEDULED_H

#include "store/answer.h"

#include <stdbool.h>

enum scheduled_state { SCHEDULED_PENDING, SCHEDULED_SENT, SCHEDULED_FAILED };

struct scheduled {
    uint64_t channel, thread, reply_to; /* 0: none */
    bool also_in_channel;               /* a reply in a thread */
    struct pal_str content;
    int64_t send_at_ms;
    const int64_t *files;
    size_t n_files;
};
enum pal_code scheduled_store_count(struct pal_db *db, struct pal_arena *arena,
                                    const struct viewer *v, int64_t *count,
                                    struct pal_error *err) PAL_MUST_USE;
enum pal_code scheduled_store_insert(struct pal_db *db, struct pal_arena *arena,
                                     const struct viewer *v, const struct scheduled *s,
                                     struct pal_str *json, struct pal_error *err) PAL_MUST_USE;
enum pal_code scheduled_store_list(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, int64_t limit, uint64_t after,
                                   struct pal_str *json, struct pal_error *err) PAL_MUST_USE;

struct scheduled_facts {
    bool there; /* and the viewer's own */
    enum scheduled_state state;
    uint64_t channel;
    int64_t send_at_ms;
    struct pal_str content;
    size_t n_files;
    struct pal_str json; /* as the API shows it */
};
/* Locks it: nobody else sends, changes or deletes it until the commit. */
enum pal_code scheduled_store_lock(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, uint64_t id, struct scheduled_facts *out,
                                   struct pal_error *err) PAL_MUST_USE;
/* For the two that follow it is locked. content {NULL, 0}, send_at_ms 0, files not given: as it is.
 * It waits again. */
struct scheduled_change {
    struct pal_str content;
    int64_t send_at_ms;
    bool has_files;
    const int64_t *files;
    size_t n_files;
};
enum pal_code scheduled_store_update(struct pal_db *db, struct pal_arena *arena, uint64_t id,
                                     const struct scheduled_change *to, struct pal_str *json,
                                     struct pal_error *err) PAL_MUST_USE;
enum pal_code scheduled_store_delete(struct pal_db *db, struct pal_arena *arena, uint64_t id,
                                     struct pal_error *err) PAL_MUST_USE;

/* One that is to be sent now, locked. */
struct due {
    uint64_t id, user, org;
    struct pal_str role;    /* in the organisation */
    bool active;            /* the author's account */
    struct pal_str request; /* JSON: what he would have sent as message.create */
};
/* Those whose time has come, the oldest first; at most `limit`, and not those that somebody else is
 * sending. */
enum pal_code scheduled_store_take(struct pal_db *db, struct pal_arena *arena, int64_t limit,
                                   struct due **out, size_t *n, struct pal_error *err) PAL_MUST_USE;
/* That one, whatever its time, if it has not been sent. */
enum pal_code scheduled_store_take_one(struct pal_db *db, struct pal_arena *arena, uint64_t id,
                                       struct due *out, bool *taken,
                                       struct pal_error *err) PAL_MUST_USE;

/* What became of it: reason {NULL, 0}: it was sent. *event: the body of the event for its author.
 */
enum pal_code scheduled_store_settle(struct pal_db *db, struct pal_arena *arena, uint64_t id,
                                     struct pal_str reason, struct pal_str *event,
                                     struct pal_error *err) PAL_MUST_USE;
/* All of a user's that wait. */
enum pal_code scheduled_store_fail_all(struct pal_db *db, struct pal_arena *arena, uint64_t user,
                                       uint64_t org, struct pal_str reason,
                                       struct pal_error *err) PAL_MUST_USE;
/* Forgets what was sent a week ago, a share at a time. */
enum pal_code scheduled_store_expire(struct pal_db *db, struct pal_error *err) PAL_MUST_USE;

#endif
