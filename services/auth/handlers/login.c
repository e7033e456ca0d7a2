/* auth.login. No transaction around it: nothing is locked while a hash is computed, and a failure
 * stays counted. */
#include "handlers/handlers.h"

#include "domain/names.h"
#include "handlers/people.h"
#include "handlers/secrets.h"
#include "handlers/signing_in.h"
#include "handlers/throttling.h"
#include "state.h"

#include <string.h>

struct login {
    struct pal_str email_key, username_key; /* one of them */
    struct pal_str password;
    struct attempt_keys keys;
    struct account account; /* id 0: there is none */
};

static enum pal_code fold(struct pal_call *c, struct pal_str s, struct pal_str *out)
{
    char *copy = pal_arena_alloc(c->arena, s.n + 1);
    if (!copy)
        return pal_fail(c, &pal_err_service_internal, "out of request memory");
    name_fold(s, copy);
    *out = (struct pal_str){copy, s.n};
    return PAL_OK;
}

static enum pal_code decode(struct pal_call *c, struct login *l)
{
    struct pal_str email = pal_json_str(c->in, "email"), username = pal_json_str(c->in, "username");
    if (!email.p == !username.p)
        return people_invalid(c, "/email", "or username is needed, and not both");
    enum pal_code code =
        fold(c, email.p ? email : username, email.p ? &l->email_key : &l->username_key);
    if (code != PAL_OK)
        return code;
    l->password = pal_json_str(c->in, "password");
    l->keys = email.p ? throttling_keys(c, "email", l->email_key)
                      : throttling_keys(c, "username", l->username_key);
    return PAL_OK;
}

static enum pal_code load(struct pal_call *c, struct login *l)
{
    enum pal_code code =
        account_store_find(c->db, c->arena, l->email_key, l->username_key, &l->account, &c->err);
    if (code == PAL_NOT_FOUND) {
        l->account = (struct account){0};
        return PAL_OK;
    }
    return code;
}

/* The same answer for whatever does not match. */
static enum pal_code wrong(struct pal_call *c, const struct login *l)
{
    enum pal_code code = attempt_store_fail(c->db, c->arena, &l->keys, &c->err);
    return code == PAL_OK ? pal_fail(c, &pal_err_login_wrong, "account or password is wrong")
                          : code;
}

/* The password is known only now: hashes made with less than today's parameters are replaced. */
static enum pal_code rehash(struct pal_call *c, struct login *l)
{
    char hash[PASSWORD_HASH_MAX];
    struct password_hasher *hasher = auth_state_of(c)->hasher;
    if (!password_outdated(hasher, l->account.password_hash.p))
        return PAL_OK;
    enum pal_code code = password_hash(hasher, l->password, hash, &c->err);
    if (code == PAL_OK)
        code = account_store_rehash(c->db, c->arena, l->account.id, l->account.password_hash,
                                    pal_str_of(hash), &c->err);
    if (code == PAL_OK) {
        char *copy = pal_arena_strdup(c->arena, pal_str_of(hash));
        if (!copy)
            return pal_fail(c, &pal_err_service_internal, "out of request memory");
        l->account.password_hash = pal_str_of(copy);
    }
    return code;
}

static enum pal_code enter(struct pal_call *c, struct login *l)
{
    enum pal_code code = signing_in_banned(c, l->account.banned_until_ms);
    if (code == PAL_OK)
        code = rehash(c, l);
    if (code == PAL_OK)
        code = attempt_store_forget(c->db, c->arena, &l->keys, &c->err);
    if (code == PAL_OK)
        code = signing_in_open(c, &l->account);
    return code == PAL_NOT_FOUND ? wrong(c, l) : code;
}

enum pal_code auth_login(struct pal_call *c)
{
    struct login l = {0};
    bool match = false;
    enum pal_code code = decode(c, &l);
    if (code == PAL_OK)
        code = load(c, &l);
    if (code == PAL_OK)
        code = throttling_admit(c, &l.keys, l.account.id);
    if (code == PAL_OK)
        code = password_verify(auth_state_of(c)->hasher, l.account.password_hash.p, l.password,
                               &match, &c->err);
    if (code == PAL_OK)
        code = match && l.account.is_active && l.account.org_active ? enter(c, &l) : wrong(c, &l);
    secret_forget(c, "password");
    return code;
}
