/* user.erase: the account here and now; the others learn of it and do their part. */
#include "handlers/handlers.h"

#include "domain/roles.h"
#include "handlers/facts.h"
#include "handlers/passwords.h"
#include "handlers/people.h"
#include "handlers/secrets.h"
#include "store/erase.h"

struct erasure {
    struct account me, user;
    struct user_erasure rule;
    bool remove;
};

static enum pal_code decide(struct pal_call *c, struct erasure *e)
{
    enum pal_code code = PAL_OK;
    e->rule = (struct user_erasure){
        .self = e->user.id == e->me.id,
        .caller_role = e->me.role,
        .role = e->user.role,
        .is_active = e->user.is_active,
        .knows_password = pal_json_has(c->in, "password"),
    };
    if (user_erasure_costs_admin(&e->rule))
        code = account_store_other_admins(c->db, c->arena, e->user.org, e->user.id,
                                          &e->rule.other_admins, &c->err);
    if (code != PAL_OK)
        return code;
    switch (user_erasure_check(&e->rule)) {
    case CHANGE_ALLOWED:
        return PAL_OK;
    case CHANGE_NEEDS_PASSWORD:
        return people_invalid(c, "/password", "is needed to erase oneself");
    case CHANGE_LAST_ADMIN:
        return pal_fail(c, &pal_err_user_last_admin, "make someone else an administrator first");
    case CHANGE_DENIED:
        break;
    }
    return pal_fail(c, &pal_err_access_denied, "only administrators erase others");
}

/* *refused: the password is wrong; c->err says so, and what was counted has to stay. */
static enum pal_code check_password(struct pal_call *c, const struct erasure *e, bool *refused)
{
    bool match = true;
    enum pal_code code = PAL_OK;
    if (e->rule.self)
        code = passwords_current(c, "password", &e->me, &match);
    else
        secret_forget(c, "password");
    *refused = code == PAL_OK && !match;
    if (*refused)
        (void)pal_fail(c, &pal_err_password_wrong, "password is not the password");
    return code;
}

/* user.erased comes first: whoever follows has the old name only until user.updated. */
static enum pal_code tell(struct pal_call *c, const struct erasure *e, struct pal_str name)
{
    enum pal_code code =
        pal_emit(c, &pal_ev_user_erased, e->user.org, e->user.id,
                 json_pack("{sI sI ss% sb sI}", "user_id", (json_int_t)e->user.id,
                           "organization_id", (json_int_t)e->user.org, "username", name.p, name.n,
                           "remove_content", e->remove, "erased_by", (json_int_t)e->me.id));
    if (code == PAL_OK)
        code = fact_sessions_end(c, e->user.org, e->user.id, 0, "deactivated");
    if (code == PAL_OK)
        code = fact_user_deactivated(c, e->user.org, e->user.id);
    return code == PAL_OK ? fact_user_updated(c, e->user.org, e->user.id) : code;
}

static enum pal_code erase(struct pal_call *c, const struct erasure *e)
{
    struct pal_str name = {0};
    bool fresh = false;
    enum pal_code code =
        erase_store_account(c->db, c->arena, e->user.id, e->remove, &fresh, &name, &c->err);
    if (code == PAL_OK && fresh)
        code = tell(c, e, name);
    if (code != PAL_OK)
        return code;
    fact_await(c);
    return pal_reply_empty(c);
}

enum pal_code user_erase(struct pal_call *c)
{
    struct erasure e = {.remove = pal_json_bool(c->in, "remove_content", false)};
    bool refused = false;
    enum pal_code code = people_caller(c, &e.me);
    if (code == PAL_OK)
        code = people_target(c, &e.me, &e.user);
    if (code == PAL_OK)
        code = decide(c, &e);
    if (code == PAL_OK)
        code = check_password(c, &e, &refused);
    if (code == PAL_OK && refused)
        return pal_refuse(c);
    return code == PAL_OK ? erase(c, &e) : code;
}
