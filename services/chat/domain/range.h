/* Parts of a file that HTTP asks for (RFC 9110 §14). Pure. */
#ifndef CHAT_DOMAIN_RANGE_H
#define CHAT_DOMAIN_RANGE_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum range { RANGE_ALL, RANGE_PART, RANGE_OUTSIDE };

/* PART: *from and *to (inclusive) lie in a file of `size` bytes. ALL: no range, several, or one
 * that cannot be read, which is passed over (§14.2). */
enum range range_parse(struct pal_str header, uint64_t size, uint64_t *from, uint64_t *to);
/* Does a list of entity tags (If-None-Match) have this one, or "*"? Weak comparison. */
bool range_tag_listed(struct pal_str list, struct pal_str tag);

#endif
