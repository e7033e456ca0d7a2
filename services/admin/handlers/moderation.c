/* Moderation actions: create, list, lift. What they do to people is done by auth (bans), chat
 * (mutes) and notify (warnings), which follow the event log. */
#include "handlers.h"

#include "domain/moderation.h"
#include "store/audit.h"
#include "store/copies.h"
#include "store/moderation.h"

#include <inttypes.h>

enum { ENFORCED_WITHIN_MS = 1500 };

static enum pal_code check_target(struct pal_call *c, uint64_t user, struct person *out)
{
    enum pal_code code = person_find(c->db, c->arena, c->caller.org, user, out, &c->err);
    if (code != PAL_OK)
        return code;
    if (!out->found)
        return pal_fail(c, &pal_err_user_not_found, "no user %" PRIu64, user);
    switch (may_moderate(c->caller.user, (enum pal_role)c->caller.role, user,
                         (enum pal_role)out->role)) {
    case MODERATION_SELF:
        return pal_fail(c, &pal_err_moderation_self, "the action names the caller");
    case MODERATION_RANK:
        return pal_fail(c, &pal_err_moderation_rank, "the user is a %s", pal_role_name(out->role));
    case MODERATION_ALLOWED:
        break;
    }
    return PAL_OK;
}

static enum pal_code keep_admin(struct pal_call *c, const struct new_action *a,
                                const struct person *target)
{
    int64_t others = 0;
    if (!action_costs_admin(a->type, (enum pal_role)target->role))
        return PAL_OK;
    enum pal_code code = other_admins(c->db, c->arena, a->org, a->user, &others, &c->err);
    if (code != PAL_OK || others > 0)
        return code;
    return pal_fail(c, &pal_err_user_last_admin, "make someone else an administrator first");
}

/* The event that auth, chat and notify act on, and the line in the audit log. */
static enum pal_code record(struct pal_call *c, const struct pal_event *event, const char *act,
                            uint64_t user, struct pal_str username, struct pal_str action)
{
    char why[80];
    struct audit_entry e = {.org = c->caller.org,
                            .actor = c->caller.user,
                            .action = act,
                            .target = pal_arena_printf(c->arena, "user:%" PRIu64, user),
                            .details = action};
    enum pal_code code = audit_append(c->db, c->arena, &e, &c->err);
    if (code != PAL_OK)
        return code;
    json_t *body =
        json_pack("{s:o, s:I, s:s%}", "action", pal_json_parse(action, why), "organization_id",
                  (json_int_t)c->caller.org, "username", username.p, username.n);
    if (!body)
        return pal_fail(c, &pal_err_service_internal, "no memory for an event");
    code = pal_emit(c, event, c->caller.org, user, body);
    pal_await_consumers(c, "auth,chat", ENFORCED_WITHIN_MS);
    return code;
}

static void read_action(const struct pal_call *c, struct new_action *a)
{
    a->org = c->caller.org;
    a->user = (uint64_t)pal_json_int(c->in, "user_id", 0);
    a->moderator = c->caller.user;
    a->type = pal_json_str(c->in, "action_type");
    a->reason = pal_json_str(c->in, "reason");
    a->duration_s = pal_json_int(c->in, "duration", 0);
    a->now_ms = c->now_ms;
    a->expires_ms = moderation_expiry(c->now_ms, a->duration_s);
}

enum pal_code moderation_create(struct pal_call *c)
{
    struct new_action a;
    struct person target;
    struct pal_str json;
    read_action(c, &a);
    if (!duration_allowed(a.type, a.duration_s > 0)) {
        pal_error_field(&c->err, "/duration", "a warning has none");
        return pal_fail(c, &pal_err_request_invalid, "a warning has no duration");
    }
    enum pal_code code = check_target(c, a.user, &target);
    if (code == PAL_OK)
        code = keep_admin(c, &a, &target);
    if (code == PAL_OK)
        code = action_insert(c->db, c->arena, &a, &json, &c->err);
    if (code == PAL_OK)
        code = record(c, &pal_ev_moderation_applied, "moderation.create", a.user, target.username,
                      json);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code moderation_list(struct pal_call *c)
{
    struct page page;
    struct pal_str json;
    enum pal_code code = page_of(c, &page);
    if (code == PAL_OK)
        code = action_page(c->db, c->arena, &page, (uint64_t)pal_json_int(c->in, "user_id", 0),
                           pal_json_bool(c->in, "active", false), &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code moderation_lift(struct pal_call *c)
{
    struct found_action found;
    struct person target;
    uint64_t id = (uint64_t)pal_json_int(c->in, "action_id", 0);
    enum pal_code code = action_find(c->db, c->arena, c->caller.org, id, &found, &c->err);
    if (code != PAL_OK)
        return code;
    if (!found.found)
        return pal_fail(c, &pal_err_moderation_not_found, "no action %" PRIu64, id);
    code = check_target(c, found.user, &target);
    if (code != PAL_OK)
        return code;
    if (found.over)
        return pal_reply_text(c, found.json);
    code = action_lift(c->db, c->arena, id, c->caller.user, &found.json, &c->err);
    if (code == PAL_OK)
        code = record(c, &pal_ev_moderation_lifted, "moderation.lift", found.user, target.username,
                      found.json);
    return code != PAL_OK ? code : pal_reply_text(c, found.json);
}
