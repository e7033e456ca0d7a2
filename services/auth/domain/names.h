/* Usernames, e-mail addresses and mail domains: what is well-formed, and in which form they are
 * compared. Pure. */
#ifndef AUTH_DOMAIN_NAMES_H
#define AUTH_DOMAIN_NAMES_H

#include "base/str.h"

enum { USERNAME_MIN = 2, USERNAME_MAX = 32, EMAIL_MAX = 254, DOMAIN_MAX = 253 };

/* a–z, A–Z, digits, '.', '_', '-'; a letter or digit first and last. ASCII only, so that nobody can
 * take the place of somebody else with letters that look alike. Why (may be NULL) tells what is
 * wrong. */
bool username_valid(struct pal_str name, const char **why);
/* `erased-` and a digit: what erased users are called (account_erase), and nobody else. */
bool username_reserved(struct pal_str name);

/* Lower case of ASCII; other bytes stay as they are. out has s.n + 1 bytes. */
void name_fold(struct pal_str s, char *out);

/* One '@' with something on either side, a dotted domain of letters, digits and hyphens, at most
 * 254 bytes. */
bool email_valid(struct pal_str email);
/* The part behind the last '@'; empty when there is none. */
struct pal_str email_domain(struct pal_str email);
struct pal_str email_local(struct pal_str email);

/* Labels of letters, digits and hyphens (RFC 1123 §2.1), at least two of them. */
bool domain_valid(struct pal_str domain);
/* A provider where anybody gets an address: its domain says nothing about who employs whom. */
bool domain_is_public(struct pal_str domain);

#endif
