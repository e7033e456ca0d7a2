/* What users want to be told of, everywhere and in single channels. Changes come as the request's
 * JSON: what is not named in it stays as it is. */
#ifndef NOTIFY_STORE_PREFERENCE_H
#define NOTIFY_STORE_PREFERENCE_H

#include "base/arena.h"
#include "db/db.h"

#include <stdbool.h>
#include <stdint.h>

/* {"preferences": …, "channels": […]}: those channels in which something is chosen. */
enum pal_code preference_all(struct pal_db *db, struct pal_arena *arena, uint64_t user,
                             struct pal_str *json, struct pal_error *err) PAL_MUST_USE;

/* What only the database knows of a change: whether each keyword has a word in it, and whether
 * there is such a time zone. */
struct preference_check {
    bool keywords, time_zone;
};
enum pal_code preference_look(struct pal_db *db, struct pal_arena *arena, struct pal_str changes,
                              struct preference_check *out, struct pal_error *err) PAL_MUST_USE;

/* *json: shape notification_preferences. */
enum pal_code preference_put(struct pal_db *db, struct pal_arena *arena, uint64_t user,
                             struct pal_str changes, struct pal_str *json,
                             struct pal_error *err) PAL_MUST_USE;
/* The user's memberships say whether he has keywords. */
enum pal_code preference_listen(struct pal_db *db, struct pal_arena *arena, uint64_t user,
                                struct pal_error *err) PAL_MUST_USE;

/* *json: shape channel_notifications. */
enum pal_code preference_put_channel(struct pal_db *db, struct pal_arena *arena, uint64_t user,
                                     uint64_t channel, struct pal_str changes, struct pal_str *json,
                                     struct pal_error *err) PAL_MUST_USE;

#endif
