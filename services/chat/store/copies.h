/* What chat knows of users and mutes: copies kept by following auth and admin. */
#ifndef CHAT_STORE_COPIES_H
#define CHAT_STORE_COPIES_H

#include "base/arena.h"
#include "db/db.h"

#include <stdint.h>

/* json: body of a user.* event (shape user). */
enum pal_code user_copy_put(struct pal_db *db, struct pal_arena *arena, struct pal_str json,
                            struct pal_error *err) PAL_MUST_USE;
/* json: body of moderation.applied with a mute. */
enum pal_code mute_put(struct pal_db *db, struct pal_arena *arena, struct pal_str json,
                       struct pal_error *err) PAL_MUST_USE;
enum pal_code mute_delete(struct pal_db *db, struct pal_arena *arena, uint64_t action,
                          struct pal_error *err) PAL_MUST_USE;
/* The same of bans. */
enum pal_code ban_put(struct pal_db *db, struct pal_arena *arena, struct pal_str json,
                      struct pal_error *err) PAL_MUST_USE;
enum pal_code ban_delete(struct pal_db *db, struct pal_arena *arena, uint64_t action,
                         struct pal_error *err) PAL_MUST_USE;
/* Forgets mutes that ended a day ago. */
enum pal_code copies_expire(struct pal_db *db, struct pal_error *err) PAL_MUST_USE;

/* The role of user $1, for struct pal_service_spec. */
extern const struct pal_statement *const user_copy_role;

#endif
