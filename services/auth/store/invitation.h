/* Invitations. */
#ifndef AUTH_STORE_INVITATION_H
#define AUTH_STORE_INVITATION_H

#include "db/db.h"

#include <stdbool.h>
#include <stdint.h>

struct new_invitation {
    uint64_t org, created_by;
    struct pal_str email_key; /* NULL: anybody */
    int role, max_uses;
    int64_t expires_ms;
    const uint8_t *token_hash; /* 32 bytes */
};
enum pal_code invitation_store_insert(struct pal_db *db, struct pal_arena *arena,
                                      const struct new_invitation *i, uint64_t *id,
                                      struct pal_str *json, struct pal_error *err) PAL_MUST_USE;

struct invitation_use {
    uint64_t org; /* 0: it does not work */
    int role;
    bool mailed; /* by the token of a letter: whoever has it reads what is sent to the address */
};
/* Takes one use of an invitation that is valid for this address now. The one who invited must still
 * have the right to. */
enum pal_code invitation_store_use(struct pal_db *db, struct pal_arena *arena,
                                   const uint8_t token_hash[32], struct pal_str email_key,
                                   struct invitation_use *out, struct pal_error *err) PAL_MUST_USE;

/* {"items":[…],"next_cursor":…} of those that can still be used, newest first; before: id, 0 for
 * the first page. */
enum pal_code invitation_store_list(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                    uint64_t before, int limit, struct pal_str *json,
                                    struct pal_error *err) PAL_MUST_USE;
enum pal_code invitation_store_delete(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                      uint64_t id, bool *found, struct pal_error *err) PAL_MUST_USE;
/* Removes those that ended a week ago. */
enum pal_code invitation_store_expire(struct pal_db *db, struct pal_error *err) PAL_MUST_USE;

#endif
