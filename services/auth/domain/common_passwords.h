/* The list of well-known passwords, embedded at build time from data/common_passwords.txt.
 * Constant. */
#ifndef AUTH_DOMAIN_COMMON_PASSWORDS_H
#define AUTH_DOMAIN_COMMON_PASSWORDS_H

#include <stddef.h>
#include <stdint.h>

extern const char common_passwords_text[];        /* all words, one behind the other */
extern const uint32_t common_passwords_offsets[]; /* count + 1: word i ends where i + 1 begins */
extern const size_t common_passwords_count;       /* sorted by bytes */

#endif
