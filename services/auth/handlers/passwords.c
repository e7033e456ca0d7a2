/* Passwords in requests. */
#include "handlers/passwords.h"

#include "domain/names.h"
#include "domain/password_rules.h"
#include "handlers/secrets.h"
#include "handlers/throttling.h"
#include "state.h"

static enum pal_code weak(struct pal_call *c, const char *field, enum password_fault fault)
{
    char pointer[40] = "/";
    memcpy(pointer + 1, field, strnlen(field, sizeof pointer - 2));
    enum pal_code code =
        pal_fail(c, &pal_err_password_weak, "the password %s", password_fault_text(fault));
    pal_error_field(&c->err, pointer, "%s", password_fault_text(fault));
    return code;
}

enum pal_code passwords_new(struct pal_call *c, const char *field, const struct account *about,
                            char hash[PASSWORD_HASH_MAX])
{
    struct pal_str company, domain = email_domain(about->email);
    struct pal_str password = pal_json_str(c->in, field);
    pal_str_cut(domain, '.', &company);
    const struct pal_str own[] = {about->username, about->email, email_local(about->email),
                                  domain,          company,      about->org_name};
    enum password_fault fault = password_check(password, own, sizeof own / sizeof *own);
    if (fault != PASSWORD_GOOD)
        return weak(c, field, fault);
    enum pal_code code = password_hash(auth_state_of(c)->hasher, password, hash, &c->err);
    secret_forget(c, field);
    return code;
}

enum pal_code passwords_current(struct pal_call *c, const char *field, const struct account *a,
                                bool *match)
{
    struct pal_str id = {(const char *)&a->id, sizeof a->id};
    const struct attempt_keys keys = throttling_keys(c, "change", id);
    enum pal_code code = throttling_admit(c, &keys, a->id);
    if (code == PAL_OK)
        code = password_verify(auth_state_of(c)->hasher, a->password_hash.p,
                               pal_json_str(c->in, field), match, &c->err);
    secret_forget(c, field);
    if (code != PAL_OK || *match)
        return code;
    return attempt_store_fail(c->db, c->arena, &keys, &c->err);
}
