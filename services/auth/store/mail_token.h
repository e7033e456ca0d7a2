/* What letters are written from, and the tokens in them: who has one reads what is sent to an
 * address. */
#ifndef AUTH_STORE_MAIL_TOKEN_H
#define AUTH_STORE_MAIL_TOKEN_H

#include "store/mail.h"

#include <stdbool.h>

/* What a letter says. Texts are in the arena. */
struct mail_facts {
    uint64_t account;        /* 0: an invitation, or MAIL_CHANGED */
    struct pal_str address;  /* as its owner writes it */
    struct pal_str language; /* of the account, or of who invites */
    struct pal_str org_name; /* of an invitation */
    struct pal_str inviter;  /* display name */
    int64_t expires_ms;      /* of an invitation */
    bool verified;           /* the address */
    int recent;              /* other letters of this kind to the address, not too old to work */
};
/* PAL_NOT_FOUND without touching err: nobody that may get this letter has the address. */
enum pal_code mail_facts_get(struct pal_db *db, struct pal_arena *arena, const struct mail *m,
                             struct mail_facts *out, struct pal_error *err) PAL_MUST_USE;

/* The token of a letter. */
enum pal_code mail_token_insert(struct pal_db *db, struct pal_arena *arena, const struct mail *m,
                                const struct mail_facts *facts, const uint8_t hash[32],
                                int64_t expires_ms, struct pal_error *err) PAL_MUST_USE;

/* Whose it is; PAL_NOT_FOUND without touching err: it does not work (any more). kind: MAIL_RESET or
 * MAIL_VERIFY. */
enum pal_code mail_token_get(struct pal_db *db, struct pal_arena *arena, enum mail_kind kind,
                             const uint8_t hash[32], uint64_t *account,
                             struct pal_error *err) PAL_MUST_USE;

/* Uses it up, and all others of its kind to the same address; the address that it was sent to is
 * known to be the owner's. *used false: somebody was quicker. */
enum pal_code mail_token_use(struct pal_db *db, struct pal_arena *arena, enum mail_kind kind,
                             const uint8_t hash[32], bool *used,
                             struct pal_error *err) PAL_MUST_USE;

/* {"email","verified_at"} of an account. */
enum pal_code email_store_state(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                                struct pal_str *json, struct pal_error *err) PAL_MUST_USE;

#endif
