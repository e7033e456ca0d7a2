/* Copies of people, channels and members. */
#ifndef NOTIFY_STORE_COPIES_H
#define NOTIFY_STORE_COPIES_H

#include "base/arena.h"
#include "db/db.h"

#include <stdint.h>

/* json: shape user / shape channel, as in the events. */
enum pal_code user_copy_put(struct pal_db *db, struct pal_arena *arena, struct pal_str json,
                            struct pal_error *err) PAL_MUST_USE;
enum pal_code channel_copy_put(struct pal_db *db, struct pal_arena *arena, struct pal_str json,
                               struct pal_error *err) PAL_MUST_USE;

struct membership {
    uint64_t channel, user, seq;
};
enum pal_code member_put(struct pal_db *db, struct pal_arena *arena, const struct membership *m,
                         struct pal_error *err) PAL_MUST_USE;
enum pal_code member_delete(struct pal_db *db, struct pal_arena *arena, const struct membership *m,
                            struct pal_error *err) PAL_MUST_USE;

/* Names for texts, in the arena; empty when not known. */
enum pal_code channel_name(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                           struct pal_str *out, struct pal_error *err) PAL_MUST_USE;
enum pal_code user_name(struct pal_db *db, struct pal_arena *arena, uint64_t user,
                        struct pal_str *out, struct pal_error *err) PAL_MUST_USE;

#endif
