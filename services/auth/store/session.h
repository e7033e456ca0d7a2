/* Sessions and their refresh tokens. Tokens come as the SHA-256 of their text. */
#ifndef AUTH_STORE_SESSION_H
#define AUTH_STORE_SESSION_H

#include "db/db.h"
#include "domain/refreshing.h"

#include <stdbool.h>
#include <stdint.h>

enum { TOKEN_HASH_BYTES = 32, EXCHANGE_KEY_BYTES = 16, SESSIONS_ENDED_MAX = 1000 };

/* Opens a session with its first refresh token, and counts as activity. The account must still be
 * active, not banned and have this password hash; PAL_NOT_FOUND without touching err when it is not
 * so any more. device: without bytes: not told. */
enum pal_code session_store_open(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                                 struct pal_str password_hash, const char *address,
                                 struct pal_str device, const uint8_t token[TOKEN_HASH_BYTES],
                                 int64_t expires_ms, uint64_t *session,
                                 struct pal_error *err) PAL_MUST_USE;

struct refresh_row {
    uint64_t session, account;
    struct refresh_facts facts;
};
/* Locks the token and its session. key: EXCHANGE_KEY_BYTES or NULL: what came with the request.
 * PAL_NOT_FOUND without touching err. */
enum pal_code session_store_refresh_get(struct pal_db *db, struct pal_arena *arena,
                                        const uint8_t token[TOKEN_HASH_BYTES], const uint8_t *key,
                                        struct refresh_row *out,
                                        struct pal_error *err) PAL_MUST_USE;
/* What came of the token is an old one from now on. *unused tells whether it was not before. The
 * session is locked. */
enum pal_code session_store_take_back(struct pal_db *db, struct pal_arena *arena,
                                      const uint8_t token[TOKEN_HASH_BYTES], bool *unused,
                                      struct pal_error *err) PAL_MUST_USE;
struct rotation {
    uint64_t session;
    const uint8_t *old, *next; /* TOKEN_HASH_BYTES each */
    const uint8_t *key;        /* EXCHANGE_KEY_BYTES, or NULL: it cannot be repeated */
    const char *address;
    int64_t expires_ms;
};
/* Marks the old one as used, stores the next one, prolongs the session. */
enum pal_code session_store_rotate(struct pal_db *db, struct pal_arena *arena,
                                   const struct rotation *r, struct pal_error *err) PAL_MUST_USE;

/* Ends one session of the account; *ended tells whether it had not ended before. */
enum pal_code session_store_end(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                                uint64_t session, const char *reason, bool *ended,
                                struct pal_error *err) PAL_MUST_USE;
/* Ends all but `except` (0: all), at most SESSIONS_ENDED_MAX; their ids are in the arena. */
enum pal_code session_store_end_all(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                                    uint64_t except, const char *reason, int64_t **ids, size_t *n,
                                    struct pal_error *err) PAL_MUST_USE;

/* {"items":[…],"next_cursor":null} of those that can still be used, `current` marked. */
enum pal_code session_store_list(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                                 uint64_t current, struct pal_str *json,
                                 struct pal_error *err) PAL_MUST_USE;

/* The session of a refresh token of the account; *session 0: there is none. */
enum pal_code session_store_by_token(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                                     const uint8_t token[TOKEN_HASH_BYTES], uint64_t *session,
                                     struct pal_error *err) PAL_MUST_USE;
/* Has the account a session from this address within 30 days? */
enum pal_code session_store_known(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                                  const char *address, bool *known,
                                  struct pal_error *err) PAL_MUST_USE;
/* {"items":[{"session_id","user_id","reason","at"}…]} of those ended since, newest first. */
enum pal_code session_store_ended_since(struct pal_db *db, struct pal_arena *arena,
                                        int64_t since_ms, struct pal_str *json,
                                        struct pal_error *err) PAL_MUST_USE;
/* Removes what ended or expired before the time. */
enum pal_code session_store_expire(struct pal_db *db, struct pal_arena *arena, int64_t before_ms,
                                   struct pal_error *err) PAL_MUST_USE;

#endif
