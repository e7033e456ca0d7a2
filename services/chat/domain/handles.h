/* Handles of groups: what may stand behind an @ to mention one. Pure. */
#ifndef CHAT_DOMAIN_HANDLES_H
#define CHAT_DOMAIN_HANDLES_H

#include "base/str.h"

/* A handle that mentions_scan gives back whole, and that stands for nobody else: letters and digits
 * (whatever is not ASCII counts as one) with . - _ between them. */
bool handle_valid(struct pal_str handle);

#endif
