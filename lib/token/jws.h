/* The one wrapper around libjwt: ES256 and nothing else, both ways. For the files of this folder
 * only. */
#ifndef PAL_TOKEN_JWS_H
#define PAL_TOKEN_JWS_H

#include "token/token.h"

/* libjwt 1.10 writes and accepts no other typ, so the purpose is told by a claim (RFC 8725 §3.12
 * leaves the choice). */
#define PAL_TOKEN_TYP "JWT"
#define PAL_TOKEN_USE "access"

/* Signs claims (a JSON object as text) under the header {"alg":"ES256","typ":"JWT","kid":kid}.
 * The result is the caller's, by free(); NULL on failure. */
char *pal_jws_sign(const struct pal_keypair *k, const char *claims) PAL_MUST_USE;

/* Is the signature good? The caller has checked the header (alg is ES256) before. Both are
 * terminated. */
bool pal_jws_verify(const char *token, const char *public_pem) PAL_MUST_USE;

#endif
