/* invitation.create, invitation.list, invitation.delete. */
#include "handlers/handlers.h"

#include "base/limits.h"
#include "domain/names.h"
#include "domain/roles.h"
#include "handlers/letters.h"
#include "handlers/people.h"
#include "handlers/secrets.h"
#include "store/invitation.h"

/* A moderator at least, by the database and not by the token alone. */
static enum pal_code inviter(struct pal_call *c, int invited, struct account *me)
{
    enum pal_code code = people_caller(c, me);
    if (code == PAL_OK && !role_may_invite(me->role, invited))
        return pal_fail(c, &pal_err_access_denied, "nobody can invite to a role above their own");
    return code;
}

static enum pal_code address(struct pal_call *c, struct pal_str *key)
{
    struct pal_str email = pal_json_str(c->in, "email");
    *key = (struct pal_str){NULL, 0};
    if (!email.p)
        return PAL_OK;
    if (!email_valid(email))
        return people_invalid(c, "/email", "is not an e-mail address");
    char *folded = pal_arena_alloc(c->arena, email.n + 1);
    if (!folded)
        return pal_fail(c, &pal_err_service_internal, "out of request memory");
    name_fold(email, folded);
    *key = (struct pal_str){folded, email.n};
    return PAL_OK;
}

/* `send_email` asks for a letter to the address. */
static enum pal_code letter(struct pal_call *c, const struct account *me, uint64_t invitation,
                            struct pal_str email)
{
    return pal_json_bool(c->in, "send_email", false)
               ? letters_invitation(c, me->id, invitation, email)
               : PAL_OK;
}

static enum pal_code letter_allowed(struct pal_call *c, struct pal_str email)
{
    if (!pal_json_bool(c->in, "send_email", false))
        return PAL_OK;
    if (!email.p)
        return people_invalid(c, "/email", "is needed to send the invitation there");
    return letters_possible(c);
}

static enum pal_code reply_with_token(struct pal_call *c, struct pal_str json, const char *token)
{
    char why[80];
    json_t *body = pal_json_parse(json, why);
    if (!body)
        return pal_fail(c, &pal_err_service_internal, "invitation: %s", why);
    json_object_set_new(body, "token", json_string(token));
    return pal_reply_json(c, body);
}

enum pal_code invitation_create(struct pal_call *c)
{
    struct account me;
    struct pal_str email, json;
    char token[SECRET_TEXT + 1];
    uint8_t hash[32];
    int role = pal_role_parse(pal_json_str(c->in, "role"));
    enum pal_code code = inviter(c, role, &me);
    if (code == PAL_OK)
        code = address(c, &email);
    if (code == PAL_OK)
        code = letter_allowed(c, email);
    if (code != PAL_OK)
        return code;
    secret_make(token, hash);
    const struct new_invitation made = {
        .org = me.org,
        .created_by = me.id,
        .email_key = email,
        .role = role,
        .max_uses = (int)pal_json_int(c->in, "max_uses", 1),
        .expires_ms = c->now_ms + pal_json_int(c->in, "expires_in", 604800) * 1000,
        .token_hash = hash,
    };
    uint64_t id = 0;
    code = invitation_store_insert(c->db, c->arena, &made, &id, &json, &c->err);
    if (code == PAL_OK)
        code = letter(c, &me, id, email);
    return code == PAL_OK ? reply_with_token(c, json, token) : code;
}

enum pal_code invitation_list(struct pal_call *c)
{
    struct account me;
    struct pal_str json, cursor = pal_json_str(c->in, "cursor");
    uint64_t before = 0;
    enum pal_code code = inviter(c, PAL_ROLE_MEMBER, &me);
    if (code != PAL_OK)
        return code;
    if (cursor.p && (!pal_parse_u64(cursor, &before) || before == 0 || before > PAL_ID_MAX))
        return people_invalid(c, "/cursor", "is not one that this list gave");
    code = invitation_store_list(c->db, c->arena, me.org, before,
                                 (int)pal_json_int(c->in, "limit", 100), &json, &c->err);
    return code == PAL_OK ? pal_reply_text(c, json) : code;
}

enum pal_code invitation_delete(struct pal_call *c)
{
    struct account me;
    bool found = false;
    enum pal_code code = inviter(c, PAL_ROLE_MEMBER, &me);
    if (code == PAL_OK)
        code = invitation_store_delete(c->db, c->arena, me.org,
                                       (uint64_t)pal_json_int(c->in, "invitation_id", 0), &found,
                                       &c->err);
    if (code == PAL_OK && !found)
        return pal_fail(c, &pal_err_invitation_not_found,
                        "no invitation of the organisation has this id");
    return code == PAL_OK ? pal_reply_empty(c) : code;
}
