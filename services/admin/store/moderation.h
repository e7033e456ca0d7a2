/* Moderation actions. All JSON is shape `moderation_action`. */
#ifndef ADMIN_STORE_MODERATION_H
#define ADMIN_STORE_MODERATION_H

#include "store/page.h"

struct new_action {
    uint64_t org, user, moderator;
    struct pal_str type, reason;
    int64_t duration_s;         /* 0: none */
    int64_t now_ms, expires_ms; /* 0: no end */
};
enum pal_code action_insert(struct pal_db *db, struct pal_arena *arena, const struct new_action *a,
                            struct pal_str *json, struct pal_error *err) PAL_MUST_USE;
/* user 0: all; active: only those in force. */
enum pal_code action_page(struct pal_db *db, struct pal_arena *arena, const struct page *page,
                          uint64_t user, bool active, struct pal_str *json,
                          struct pal_error *err) PAL_MUST_USE;

struct found_action {
    bool found;
    uint64_t user;
    struct pal_str json;
    bool over; /* lifted or expired already */
};
enum pal_code action_find(struct pal_db *db, struct pal_arena *arena, uint64_t org, uint64_t id,
                          struct found_action *out, struct pal_error *err) PAL_MUST_USE;
enum pal_code action_lift(struct pal_db *db, struct pal_arena *arena, uint64_t id, uint64_t by,
                          struct pal_str *json, struct pal_error *err) PAL_MUST_USE;

/* How many administrators but the user can act: active and not banned. Until the transaction ends
 * no other one counts those of the organisation. */
enum pal_code other_admins(struct pal_db *db, struct pal_arena *arena, uint64_t org, uint64_t user,
                           int64_t *out, struct pal_error *err) PAL_MUST_USE;

#endif
