/* Accounts: what signing in, registering and changing a user need. JSON for clients is made in
 * account_json.h. */
#ifndef AUTH_STORE_ACCOUNT_H
#define AUTH_STORE_ACCOUNT_H

#include "db/db.h"

#include <stdbool.h>
#include <stdint.h>

/* One account; texts are in the arena and terminated. */
struct account {
    uint64_t id, org;
    int role; /* enum pal_role */
    bool is_active;
    bool org_active;
    int64_t banned_until_ms; /* 0: not banned; INT64_MAX: until it is lifted */
    struct pal_str email, username, org_name;
    struct pal_str password_hash;
};

/* Each: PAL_NOT_FOUND without touching err when there is none. */
enum pal_code account_store_get(struct pal_db *db, struct pal_arena *arena, uint64_t id,
                                struct account *out, struct pal_error *err) PAL_MUST_USE;
/* email_key, username_key: in lower case, one of them NULL. A username that several organisations
 * have finds nobody. */
enum pal_code account_store_find(struct pal_db *db, struct pal_arena *arena,
                                 struct pal_str email_key, struct pal_str username_key,
                                 struct account *out, struct pal_error *err) PAL_MUST_USE;

/* Of the accounts of one organisation the active administrators besides id. Locks the organisation
 * first, so that two of them cannot leave at once. */
enum pal_code account_store_other_admins(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                         uint64_t id, int *out, struct pal_error *err) PAL_MUST_USE;

struct new_account {
    uint64_t org;
    int role;
    struct pal_str email, email_key, username, display_name, language, password_hash;
    bool email_verified;
};
/* err: email.taken or username.taken. */
enum pal_code account_store_insert(struct pal_db *db, struct pal_arena *arena,
                                   const struct new_account *a, uint64_t *id,
                                   struct pal_error *err) PAL_MUST_USE;

/* NULL texts, role 0 and active -1 leave what is there. */
struct account_change {
    struct pal_str username, display_name, email, email_key, language, status, status_text,
        password_hash;
    bool set_picture;
    struct pal_str picture; /* NULL: none */
    int role;
    int active;
};
/* err: email.taken, username.taken or user.erased. Counts as activity when the account changes
 * itself. */
enum pal_code account_store_update(struct pal_db *db, struct pal_arena *arena, uint64_t id,
                                   bool self, const struct account_change *ch,
                                   struct pal_error *err) PAL_MUST_USE;

/* Replaces a hash that is still `old`. */
enum pal_code account_store_rehash(struct pal_db *db, struct pal_arena *arena, uint64_t id,
                                   struct pal_str old, struct pal_str hash,
                                   struct pal_error *err) PAL_MUST_USE;
enum pal_code account_store_touch(struct pal_db *db, struct pal_arena *arena, const int64_t *ids,
                                  size_t n, struct pal_error *err) PAL_MUST_USE;

/* The role of account $1, for struct pal_service_spec. */
extern const struct pal_statement *const account_role;

#endif
