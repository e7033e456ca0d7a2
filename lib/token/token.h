/* Access tokens: JWT (RFC 7519) signed with ES256 only. The only code that includes jwt.h.
 * Issuing: auth. Verifying: everyone, offline, with the public keys that auth publishes. */
#ifndef PAL_TOKEN_TOKEN_H
#define PAL_TOKEN_TOKEN_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/code.h"
#include "base/error.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

#define PAL_TOKEN_ISSUER "palique"
#define PAL_TOKEN_AUDIENCE "palique"
enum { PAL_TOKEN_MAX = 2048, PAL_KID_MAX = 40, PAL_TOKEN_SKEW_S = 30 };

struct pal_claims {
    uint64_t user, org, session;
    uint8_t role;      /* enum pal_role: member, moderator or admin */
    int64_t issued_at; /* seconds since 1970 */
    int64_t expires_at;
};

/* A signing key: P-256, PEM. */
struct pal_keypair {
    char kid[PAL_KID_MAX + 1]; /* RFC 7638 thumbprint, base64url, first 16 bytes */
    char *private_pem;         /* owned, wiped on free */
    char *public_pem;          /* owned */
};
enum pal_code pal_keypair_generate(struct pal_keypair *out, struct pal_error *err) PAL_MUST_USE;
enum pal_code pal_keypair_load(struct pal_str private_pem, struct pal_keypair *out,
                               struct pal_error *err) PAL_MUST_USE;
void pal_keypair_free(struct pal_keypair *k);
/* Appends the public key as a JWK object
 * {"kty":"EC","crv":"P-256","x":…,"y":…,"kid":…,"use":"sig","alg":"ES256"}. */
enum pal_code pal_keypair_jwk(const struct pal_keypair *k, struct pal_buf *out) PAL_MUST_USE;

/* Signs. *out is allocated in the arena. Header typ "JWT" (libjwt 1.10 knows no other), claims iss
 * aud token_use ("access") sub org role sid iat nbf exp jti. */
enum pal_code pal_token_sign(const struct pal_keypair *k, const struct pal_claims *claims,
                             struct pal_arena *arena, struct pal_str *out,
                             struct pal_error *err) PAL_MUST_USE;

/* The set of public keys. Readers and the one that replaces keys may be different threads. */
struct pal_keyset;
struct pal_keyset *pal_keyset_new(void);
void pal_keyset_free(struct pal_keyset *s);
/* Replaces the keys by those of a JWKS document (RFC 7517). Keys of another kind are skipped. */
enum pal_code pal_keyset_load(struct pal_keyset *s, struct pal_str jwks,
                              struct pal_error *err) PAL_MUST_USE;
size_t pal_keyset_count(struct pal_keyset *s);

/* Verifies alg (ES256 exactly), kid, signature, typ, iss, aud, exp, nbf (30 s of skew) and the
 * types of all claims. PAL_UNAUTHENTICATED with pal_err_token_invalid or pal_err_token_expired.
 * *unknown_kid (may be NULL) tells that the token looks right but names a key that is not in the
 * set: fetch the keys again and retry. */
enum pal_code pal_token_verify(struct pal_keyset *s, struct pal_str token, int64_t now_ms,
                               struct pal_claims *out, bool *unknown_kid,
                               struct pal_error *err) PAL_MUST_USE;

#endif
