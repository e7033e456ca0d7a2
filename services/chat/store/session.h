/* What connections need: the channels of a user, logs after a seq, and a client's first
 * picture of it all. */
#ifndef CHAT_STORE_SESSION_H
#define CHAT_STORE_SESSION_H

#include "base/arena.h"
#include "db/db.h"
#include "store/answer.h"

#include <stdbool.h>
#include <stdint.h>

/* Reply of session.open for all channels of the user. */
enum pal_code session_channels(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               struct pal_str *json, struct pal_error *err) PAL_MUST_USE;

struct session_channel {
    bool visible; /* of the organisation, not deleted, public or the user's own */
    bool member;
    struct pal_str json; /* reply of session.open with this one channel; empty when not a member */
    struct pal_str username;
};
enum pal_code session_channel(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                              uint64_t channel, struct session_channel *out,
                              struct pal_error *err) PAL_MUST_USE;

/* Reply of event.list for its items, as JSON. The text of the events is bounded to max_bytes in
 * all. */
enum pal_code events_after(struct pal_db *db, struct pal_arena *arena, struct pal_str items,
                           int64_t max_bytes, struct pal_str *json,
                           struct pal_error *err) PAL_MUST_USE;

/* Removes the oldest of the events that are older than `days`, at most EVENTS_EXPIRE_MAX. *removed:
 * how many. */
enum { EVENTS_EXPIRE_MAX = 10000 };
enum pal_code events_expire(struct pal_db *db, struct pal_arena *arena, int64_t days,
                            int64_t *removed, struct pal_error *err) PAL_MUST_USE;

/* Reply of bootstrap, without the settings. */
enum pal_code bootstrap_read(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                             struct pal_str settings, struct pal_str *json,
                             struct pal_error *err) PAL_MUST_USE;

#endif
