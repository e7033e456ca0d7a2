/* Groups of users of an organisation. */
#ifndef CHAT_STORE_GROUP_H
#define CHAT_STORE_GROUP_H

#include "store/answer.h"

#include <stdbool.h>

enum { GROUP_MEMBERS_MAX = 1000 };

/* Texts that are {NULL, 0} stay as they are. */
struct group_texts {
    struct pal_str name, handle, description;
};
enum pal_code group_store_create(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 const struct group_texts *t, uint64_t *group,
                                 struct pal_error *err) PAL_MUST_USE;
/* *found: there is such a group. */
enum pal_code group_store_update(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 uint64_t group, const struct group_texts *t, bool *found,
                                 struct pal_error *err) PAL_MUST_USE;
enum pal_code group_store_delete(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 uint64_t group, bool *found, struct pal_error *err) PAL_MUST_USE;
/* *taken: a user has this name. */
enum pal_code group_store_user_named(struct pal_db *db, struct pal_arena *arena,
                                     const struct viewer *v, struct pal_str handle, bool *taken,
                                     struct pal_error *err) PAL_MUST_USE;

/* add and remove: lists of ids as JSON, or {NULL, 0}. *known: all that were to be added are active
 * users of the organisation; *size: how many are in the group then. */
enum pal_code group_store_members(struct pal_db *db, struct pal_arena *arena,
                                  const struct viewer *v, uint64_t group, struct pal_str add,
                                  struct pal_str remove, bool *known, int64_t *size,
                                  struct pal_error *err) PAL_MUST_USE;

/* *json: {NULL, 0} when there is no such group. */
enum pal_code group_store_get(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                              uint64_t group, struct pal_str *json,
                              struct pal_error *err) PAL_MUST_USE;
enum pal_code group_store_list(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               int64_t limit, uint64_t after, struct pal_str *json,
                               struct pal_error *err) PAL_MUST_USE;

#endif
