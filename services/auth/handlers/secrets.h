/* Opaque tokens: refresh tokens and invitations. The text goes to the client, its SHA-256 to the
 * database. */
#ifndef AUTH_HANDLERS_SECRETS_H
#define AUTH_HANDLERS_SECRETS_H

#include "base/str.h"
#include "service/service.h"

#include <stdint.h>

enum { SECRET_TEXT = 43 }; /* 32 random bytes in base64url */

void secret_make(char text[SECRET_TEXT + 1], uint8_t hash[32]);
void secret_hash(struct pal_str text, uint8_t hash[32]);

/* Overwrites a text of the request that has been used: passwords are not kept for as long as a
 * request lives. */
void secret_forget(struct pal_call *c, const char *field);

#endif
