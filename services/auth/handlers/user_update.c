/* user.update, user.delete: who may change what is domain/roles.h. */
#include "handlers/handlers.h"

#include "domain/names.h"
#include "domain/picture.h"
#include "domain/roles.h"
#include "handlers/facts.h"
#include "handlers/letters.h"
#include "handlers/passwords.h"
#include "handlers/people.h"
#include "store/avatar.h"

struct update {
    struct account me, user;
    struct user_change rule;
    struct account_change change;
    char hash[PASSWORD_HASH_MAX];
};

static void decode_change(struct pal_call *c, struct account_change *ch)
{
    *ch = (struct account_change){
        .username = pal_json_str(c->in, "username"),
        .display_name = pal_json_str(c->in, "display_name"),
        .email = pal_json_str(c->in, "email"),
        .language = pal_json_str(c->in, "language"),
        .status_text = pal_json_str(c->in, "status_text"),
        .set_picture = pal_json_has(c->in, "profile_picture"),
        .picture = pal_json_str(c->in, "profile_picture"),
        .role = pal_json_has(c->in, "role") ? pal_role_parse(pal_json_str(c->in, "role")) : 0,
        .active = pal_json_has(c->in, "is_active") ? pal_json_bool(c->in, "is_active", true) : -1,
    };
}

static void fill_rule(struct pal_call *c, struct update *u)
{
    const struct account_change *ch = &u->change;
    u->rule = (struct user_change){
        .self = u->user.id == u->me.id,
        .caller_role = u->me.role,
        .old_role = u->user.role,
        .new_role = ch->role ? ch->role : u->user.role,
        .was_active = u->user.is_active,
        .is_active = ch->active < 0 ? u->user.is_active : ch->active > 0,
        .profile = ch->username.p || ch->display_name.p || ch->language.p || ch->status_text.p ||
                   ch->set_picture,
        .secret = ch->email.p || pal_json_has(c->in, "new_password"),
        .knows_password = pal_json_has(c->in, "current_password"),
    };
}

static enum pal_code check_names(struct pal_call *c, struct account_change *ch)
{
    enum pal_code code = ch->username.p ? people_username(c, ch->username) : PAL_OK;
    if (code != PAL_OK)
        return code;
    if (ch->set_picture && ch->picture.p && !picture_address_valid(ch->picture))
        return people_invalid(c, "/profile_picture", "must be an https address");
    if (ch->display_name.p && (ch->display_name = pal_str_trim(ch->display_name)).n == 0)
        return people_invalid(c, "/display_name", "must not be blank");
    if (!ch->email.p)
        return PAL_OK;
    if (!email_valid(ch->email))
        return people_invalid(c, "/email", "is not an e-mail address");
    char *key = pal_arena_alloc(c->arena, ch->email.n + 1);
    if (!key)
        return pal_fail(c, &pal_err_service_internal, "out of request memory");
    name_fold(ch->email, key);
    ch->email_key = (struct pal_str){key, ch->email.n};
    return PAL_OK;
}

static enum pal_code decide(struct pal_call *c, struct update *u)
{
    fill_rule(c, u);
    if (user_change_costs_admin(&u->rule)) {
        enum pal_code code = account_store_other_admins(c->db, c->arena, u->user.org, u->user.id,
                                                        &u->rule.other_admins, &c->err);
        if (code != PAL_OK)
            return code;
    }
    switch (user_change_check(&u->rule)) {
    case CHANGE_ALLOWED:
        return PAL_OK;
    case CHANGE_NEEDS_PASSWORD:
        return people_invalid(c, "/current_password", "is needed to change address or password");
    case CHANGE_LAST_ADMIN:
        return pal_fail(c, &pal_err_user_last_admin, "make someone else an administrator first");
    case CHANGE_DENIED:
        break;
    }
    return pal_fail(c, &pal_err_access_denied, "this cannot be changed by you");
}

/* *refused: the current password is wrong; c->err says so, and what was counted has to stay. */
static enum pal_code check_secret(struct pal_call *c, struct update *u, bool *refused)
{
    bool match = false;
    *refused = false;
    if (!u->rule.secret)
        return PAL_OK;
    enum pal_code code = passwords_current(c, "current_password", &u->me, &match);
    if (code != PAL_OK)
        return code;
    if (!match) {
        *refused = true;
        (void)pal_fail(c, &pal_err_password_wrong, "current_password is not the password");
        return PAL_OK;
    }
    if (!pal_json_has(c->in, "new_password"))
        return PAL_OK;
    code = passwords_new(c, "new_password", &u->me, u->hash);
    u->change.password_hash = pal_str_of(u->hash);
    return code;
}

static enum pal_code deactivated(struct pal_call *c, const struct account *user)
{
    enum pal_code code = fact_sessions_end(c, user->org, user->id, 0, "deactivated");
    return code == PAL_OK ? fact_user_deactivated(c, user->org, user->id) : code;
}

static enum pal_code email_changed(struct pal_call *c, const struct update *u)
{
    enum pal_code code = fact_email_changed(c, u->user.org, u->user.id, u->change.email);
    return code == PAL_OK ? letters_verify(c, u->change.email) : code;
}

/* Everything that follows from the change, for others to know. */
static enum pal_code tell(struct pal_call *c, const struct update *u)
{
    enum pal_code code = PAL_OK;
    if (u->rule.was_active && !u->rule.is_active)
        code = deactivated(c, &u->user);
    else if (u->change.password_hash.p)
        code = fact_sessions_end(c, u->user.org, u->user.id, c->caller.session, "password");
    if (code == PAL_OK && u->change.password_hash.p)
        code = letters_password_changed(c, u->user.email);
    if (code == PAL_OK && u->change.email.p)
        code = email_changed(c, u);
    return code == PAL_OK ? fact_user_updated(c, u->user.org, u->user.id) : code;
}

static enum pal_code store(struct pal_call *c, struct update *u)
{
    enum pal_code code = PAL_OK;
    if (u->change.set_picture)
        code = avatar_store_delete(c->db, c->arena, u->user.id, &c->err);
    if (code == PAL_OK)
        code = account_store_update(c->db, c->arena, u->user.id, u->rule.self, &u->change, &c->err);
    return code == PAL_OK ? tell(c, u) : code;
}

enum pal_code user_update(struct pal_call *c)
{
    struct update u = {0};
    bool refused = false;
    decode_change(c, &u.change);
    enum pal_code code = people_caller(c, &u.me);
    if (code == PAL_OK)
        code = people_target(c, &u.me, &u.user);
    if (code == PAL_OK)
        code = check_names(c, &u.change);
    if (code == PAL_OK)
        code = decide(c, &u);
    if (code == PAL_OK)
        code = check_secret(c, &u, &refused);
    if (code == PAL_OK && refused)
        return pal_refuse(c);
    if (code == PAL_OK)
        code = store(c, &u);
    if (code != PAL_OK)
        return code;
    fact_await(c);
    return people_reply(c, &u.me, u.user.id);
}

enum pal_code user_delete(struct pal_call *c)
{
    struct update u = {.change = {.active = 0}};
    enum pal_code code = people_caller(c, &u.me);
    if (code == PAL_OK)
        code = people_target(c, &u.me, &u.user);
    if (code == PAL_OK && !u.user.is_active && u.me.role == PAL_ROLE_ADMIN)
        return pal_reply_empty(c); /* it is done already */
    if (code == PAL_OK)
        code = decide(c, &u);
    if (code == PAL_OK)
        code = store(c, &u);
    if (code != PAL_OK)
        return code;
    fact_await(c);
    return pal_reply_empty(c);
}
