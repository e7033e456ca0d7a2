/* What auth does when other services tell it something. */
#include "followed.h"

#include "base/clock.h"
#include "handlers/facts.h"
#include "store/ban.h"

struct ban {
    uint64_t action, user;
    int64_t until_ms;
};

/* False when the event is about something else than a ban. */
static bool decode(const json_t *body, struct ban *out)
{
    const json_t *action = json_object_get(body, "action");
    if (!pal_str_eq(pal_json_str(action, "action_type"), PAL_STR("ban")))
        return false;
    struct pal_str expires = pal_json_str(action, "expires_at");
    *out = (struct ban){(uint64_t)pal_json_int(action, "id", 0),
                        (uint64_t)pal_json_int(action, "user_id", 0), INT64_MAX};
    if (expires.p && !pal_iso_parse(expires, &out->until_ms))
        return false;
    return out->action && out->user;
}

static enum pal_code apply(struct pal_call *c, const struct ban *ban)
{
    uint64_t org = 0;
    enum pal_code code =
        ban_store_apply(c->db, c->arena, ban->action, ban->user, ban->until_ms, &org, &c->err);
    if (code != PAL_OK || org == 0 || ban->until_ms <= c->now_ms)
        return code;
    return fact_sessions_end(c, org, ban->user, 0, "ban");
}

enum pal_code followed_admin(struct pal_call *c, const struct pal_log_event *e, json_t *body)
{
    struct ban ban;
    if (e->kind != PAL_EV_MODERATION_APPLIED && e->kind != PAL_EV_MODERATION_LIFTED)
        return PAL_OK;
    if (!decode(body, &ban))
        return PAL_OK;
    return e->kind == PAL_EV_MODERATION_APPLIED
               ? apply(c, &ban)
               : ban_store_lift(c->db, c->arena, ban.action, ban.user, &c->err);
}
