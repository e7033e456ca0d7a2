/* What many handlers begin with. */
#include "handlers/people.h"

#include "domain/names.h"
#include "store/account_json.h"

enum pal_code people_invalid(struct pal_call *c, const char *pointer, const char *why)
{
    enum pal_code code = pal_fail(c, &pal_err_request_invalid, "%s %s", pointer + 1, why);
    pal_error_field(&c->err, pointer, "%s", why);
    return code;
}

enum pal_code people_username(struct pal_call *c, struct pal_str name)
{
    const char *why = "is what erased users are called";
    if (username_valid(name, &why) && !username_reserved(name))
        return PAL_OK;
    return people_invalid(c, "/username", why);
}

enum pal_code people_caller(struct pal_call *c, struct account *me)
{
    enum pal_code code = account_store_get(c->db, c->arena, c->caller.user, me, &c->err);
    if (code == PAL_OK && me->is_active && me->org_active)
        return PAL_OK;
    if (code == PAL_OK || code == PAL_NOT_FOUND)
        return pal_fail(c, &pal_err_token_invalid, "the account is not active");
    return code;
}

static enum pal_code not_found(struct pal_call *c)
{
    return pal_fail(c, &pal_err_user_not_found, "no user of the organisation has this id");
}

enum pal_code people_target(struct pal_call *c, const struct account *me, struct account *user)
{
    uint64_t id = (uint64_t)pal_json_int(c->in, "user_id", 0);
    if (id == me->id) {
        *user = *me;
        return PAL_OK;
    }
    enum pal_code code = account_store_get(c->db, c->arena, id, user, &c->err);
    if (code == PAL_NOT_FOUND || (code == PAL_OK && user->org != me->org))
        return not_found(c);
    return code;
}

enum pal_code people_self(struct pal_call *c, struct account *me)
{
    struct account user;
    enum pal_code code = people_caller(c, me);
    if (code == PAL_OK)
        code = people_target(c, me, &user);
    if (code == PAL_OK && user.id != me->id)
        return pal_fail(c, &pal_err_access_denied, "only the user can change this");
    return code;
}

enum pal_code people_reply(struct pal_call *c, const struct account *me, uint64_t user)
{
    struct pal_str text;
    bool with_email = user == me->id || me->role == PAL_ROLE_ADMIN;
    enum pal_code code =
        account_json_get(c->db, c->arena, me->org, user, with_email, &text, &c->err);
    if (code == PAL_NOT_FOUND)
        return not_found(c);
    return code == PAL_OK ? pal_reply_text(c, text) : code;
}
