/* Looking up a key by kid, and what it has signed, for the files of this folder only. */
#ifndef PAL_TOKEN_KEYSET_H
#define PAL_TOKEN_KEYSET_H

#include "token/ec.h"
#include "token/known.h"

/* Copies the PEM of the key named kid; false when there is none. Any thread. */
bool pal_keyset_find(struct pal_keyset *s, struct pal_str kid, char pem[PAL_PEM_MAX]);
struct known *pal_keyset_known(struct pal_keyset *s);

#endif
