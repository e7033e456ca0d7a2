/* Which passwords are accepted: NIST SP 800-63B-4 §3.1.1.2. Length, well-known ones, sequences,
 * one's own names; no rules of composition. Pure; no I/O, no clock. */
#ifndef AUTH_DOMAIN_PASSWORD_RULES_H
#define AUTH_DOMAIN_PASSWORD_RULES_H

#include "base/str.h"

#include <stddef.h>

enum { PASSWORD_MIN_CHARS = 8, PASSWORD_MAX_BYTES = 1024 };

enum password_fault {
    PASSWORD_GOOD,
    PASSWORD_SHORT,
    PASSWORD_LONG,
    PASSWORD_COMMON,   /* on the list, with at most six digits or signs around it */
    PASSWORD_SEQUENCE, /* one character again and again, or 12345678, hgfedcba */
    PASSWORD_PERSONAL  /* a word of the person's own, with at most six digits or signs around it */
};

/* password: valid UTF-8. own: words that belong to the person: username, address, its parts,
 * organisation; those shorter than four bytes are not looked at. */
enum password_fault password_check(struct pal_str password, const struct pal_str *own,
                                   size_t n_own);

/* A sentence for the person, English. */
const char *password_fault_text(enum password_fault fault);

#endif
