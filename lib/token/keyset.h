/* Looking up a key by kid, for the files of this folder only. */
#ifndef PAL_TOKEN_KEYSET_H
#define PAL_TOKEN_KEYSET_H

#include "token/ec.h"

/* Copies the PEM of the key named kid; false when there is none. Any thread. */
bool pal_keyset_find(struct pal_keyset *s, struct pal_str kid, char pem[PAL_PEM_MAX]);

#endif
