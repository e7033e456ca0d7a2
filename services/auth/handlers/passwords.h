/* Passwords in requests: checking a new one against the rules, and the current one before something
 * is changed. */
#ifndef AUTH_HANDLERS_PASSWORDS_H
#define AUTH_HANDLERS_PASSWORDS_H

#include "password.h"
#include "service/service.h"
#include "store/account.h"

/* Hashes the password in `field` of the request and forgets it; password.weak when the rules refuse
 * it. about: whose it is to be: username, email and org_name count. */
enum pal_code passwords_new(struct pal_call *c, const char *field, const struct account *about,
                            char hash[PASSWORD_HASH_MAX]) PAL_MUST_USE;

/* *match: what `field` of the request says is the account's password. Failures are counted and slow
 * further tries down: login.throttled. */
enum pal_code passwords_current(struct pal_call *c, const char *field, const struct account *a,
                                bool *match) PAL_MUST_USE;

#endif
