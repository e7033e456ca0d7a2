/* Copies of users and channels and counts of messages, kept by following auth and chat. */
#ifndef ADMIN_STORE_COPIES_H
#define ADMIN_STORE_COPIES_H

#include "base/arena.h"
#include "db/db.h"
#include "domain/tally.h"

#include <stdint.h>

/* json: the body of a user.* event (shape user). */
enum pal_code user_copy_put(struct pal_db *db, struct pal_arena *arena, struct pal_str json,
                            struct pal_error *err) PAL_MUST_USE;
/* Addresses travel in an event of their own: user.updated reaches every client. */
enum pal_code user_copy_email(struct pal_db *db, struct pal_arena *arena, uint64_t user,
                              struct pal_str email, struct pal_error *err) PAL_MUST_USE;
/* channel: shape channel. */
enum pal_code channel_copy_put(struct pal_db *db, struct pal_arena *arena, struct pal_str channel,
                               struct pal_error *err) PAL_MUST_USE;
enum pal_code channel_copy_delete(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                                  struct pal_error *err) PAL_MUST_USE;

/* Adds what was counted of a batch of messages. */
enum pal_code messages_count(struct pal_db *db, struct pal_arena *arena, const struct tally *t,
                             struct pal_error *err) PAL_MUST_USE;

/* Role of a user of this organisation; *found tells whether there is one. */
struct person {
    bool found;
    uint8_t role;
    struct pal_str username; /* in the arena */
};
enum pal_code person_find(struct pal_db *db, struct pal_arena *arena, uint64_t org, uint64_t user,
                          struct person *out, struct pal_error *err) PAL_MUST_USE;

/* Drops ticks older than a day. */
enum pal_code ticks_expire(struct pal_db *db, struct pal_arena *arena,
                           struct pal_error *err) PAL_MUST_USE;

/* The role of user $1, for struct pal_service_spec. */
extern const struct pal_statement *const user_copy_role;

#endif
