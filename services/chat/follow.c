/* Applying events: profiles from auth, mutes from admin. Inside the transaction that moves the
 * position. */
#include "follow.h"

#include "handlers/welcome.h"
#include "store/copies.h"
#include "store/erase.h"
#include "store/scheduled.h"

static enum pal_code erased(struct pal_call *c, const json_t *body)
{
    const struct erased_user u = {
        .user = (uint64_t)pal_json_int(body, "user_id", 0),
        .org = (uint64_t)pal_json_int(body, "organization_id", 0),
        .username = pal_json_str(body, "username"),
        .remove_content = pal_json_bool(body, "remove_content", false),
    };
    return erase_store_begin(c->db, c->arena, &u, &c->err);
}

static enum pal_code created(struct pal_call *c, const struct pal_log_event *e, const json_t *body)
{
    enum pal_code code = user_copy_put(c->db, c->arena, e->body, &c->err);
    return code == PAL_OK ? welcome(c, body) : code;
}

static enum pal_code follow_auth(struct pal_call *c, const struct pal_log_event *e, json_t *body)
{
    switch (e->kind) {
    case PAL_EV_USER_ERASED:
        return erased(c, body);
    case PAL_EV_USER_CREATED:
        return created(c, e, body);
    case PAL_EV_USER_UPDATED:
    case PAL_EV_USER_DEACTIVATED:
        return user_copy_put(c->db, c->arena, e->body, &c->err);
    default:
        return PAL_OK;
    }
}

/* What a banned user had written down to be sent later is not sent, not even when the ban is over.
 */
static enum pal_code ban(struct pal_call *c, const json_t *body, const json_t *action)
{
    return scheduled_store_fail_all(c->db, c->arena, (uint64_t)pal_json_int(action, "user_id", 0),
                                    (uint64_t)pal_json_int(body, "organization_id", 0),
                                    pal_str_of(pal_err_user_banned.name), &c->err);
}

static enum pal_code follow_admin(struct pal_call *c, const struct pal_log_event *e, json_t *body)
{
    const json_t *action = json_object_get(body, "action");
    struct pal_str type = pal_json_str(action, "action_type");
    uint64_t id = (uint64_t)pal_json_int(action, "id", 0);
    bool banning = pal_str_eq(type, PAL_STR("ban"));
    if (!banning && !pal_str_eq(type, PAL_STR("mute")))
        return PAL_OK;
    if (e->kind == PAL_EV_MODERATION_LIFTED)
        return (banning ? ban_delete : mute_delete)(c->db, c->arena, id, &c->err);
    if (e->kind != PAL_EV_MODERATION_APPLIED)
        return PAL_OK;
    enum pal_code code = (banning ? ban_put : mute_put)(c->db, c->arena, e->body, &c->err);
    return code == PAL_OK && banning ? ban(c, body, action) : code;
}

const struct pal_consumer chat_consumers[] = {
    {.source = PAL_OWNER_AUTH, .apply = follow_auth},
    {.source = PAL_OWNER_ADMIN, .apply = follow_admin},
};
const size_t chat_consumers_count = sizeof chat_consumers / sizeof *chat_consumers;
