/* What users want to be told of: everywhere (notification.preferences…), and in one channel. */
#include "handlers.h"

#include "base/clock.h"
#include "domain/day_time.h"
#include "handlers/ask.h"
#include "store/notification.h"
#include "store/preference.h"

static enum pal_code invalid(struct pal_call *c, const char *pointer, const char *why)
{
    enum pal_code code = pal_fail(c, &pal_err_request_invalid, "%s %s", pointer + 1, why);
    pal_error_field(&c->err, pointer, "%s", why);
    return code;
}

/* The request as the store takes it, in the arena. */
static enum pal_code changes_of(struct pal_call *c, struct pal_str *out)
{
    struct pal_buf text;
    pal_buf_init(&text, PAL_FRAME_BODY_MAX);
    char *copy =
        pal_json_dump(c->in, &text) ? pal_arena_strdup(c->arena, pal_buf_view(&text)) : NULL;
    *out = (struct pal_str){copy, text.n};
    pal_buf_fini(&text);
    return copy ? PAL_OK : pal_fail(c, &pal_err_service_internal, "the preferences do not fit");
}

/* Absent or null, or a time that is still to come. */
static bool lies_ahead(const struct pal_call *c, const char *name)
{
    int64_t at = 0;
    struct pal_str text = pal_json_str(c->in, name);
    return !text.p || (pal_iso_parse(text, &at) && at > c->now_ms);
}

static enum pal_code check_quiet_hours(struct pal_call *c)
{
    const json_t *hours = json_object_get(c->in, "quiet_hours");
    struct pal_str from = pal_json_str(hours, "from"), to = pal_json_str(hours, "to");
    if (!json_is_object(hours))
        return PAL_OK;
    if (!day_time_valid(from))
        return invalid(c, "/quiet_hours/from", "is no time of the day such as 22:00");
    if (!day_time_valid(to) || pal_str_eq(from, to))
        return invalid(c, "/quiet_hours/to", "is no other time of the day such as 08:00");
    return PAL_OK;
}

static enum pal_code check(struct pal_call *c, struct pal_str changes)
{
    struct preference_check fits = {0};
    enum pal_code code = check_quiet_hours(c);
    if (code == PAL_OK && !lies_ahead(c, "dnd_until"))
        code = invalid(c, "/dnd_until", "must be in the future");
    if (code == PAL_OK)
        code = preference_look(c->db, c->arena, changes, &fits, &c->err);
    if (code == PAL_OK && !fits.keywords)
        code = invalid(c, "/keywords", "must each have a letter or a digit");
    if (code == PAL_OK && !fits.time_zone)
        code = invalid(c, "/quiet_hours/time_zone", "is not the name of a time zone");
    return code;
}

/* The lock keeps whoever follows a joining out meanwhile: the new membership hears too. It comes
 * before any row, as with those who follow. */
static enum pal_code put(struct pal_call *c, struct pal_str changes, struct pal_str *json)
{
    bool keywords = json_object_get(c->in, "keywords");
    enum pal_code code = keywords ? delivery_lock(c->db, c->arena, &c->err) : PAL_OK;
    if (code == PAL_OK)
        code = preference_put(c->db, c->arena, c->caller.user, changes, json, &c->err);
    if (code == PAL_OK && keywords)
        code = preference_listen(c->db, c->arena, c->caller.user, &c->err);
    return code;
}

static enum pal_code tell_own_devices(struct pal_call *c, const char *what, struct pal_str json)
{
    const char *body = pal_arena_printf(
        c->arena, "{\"type\":\"notification_preferences\",\"%s\":%.*s}", what, (int)json.n, json.p);
    return pal_publish(c, &pal_ev_notification_preferences_changed, c->caller.org, c->caller.user,
                       0, 0, pal_str_of(body));
}

enum pal_code notification_preferences(struct pal_call *c)
{
    struct pal_str json;
    enum pal_code code = preference_all(c->db, c->arena, c->caller.user, &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code notification_set_preferences(struct pal_call *c)
{
    struct pal_str changes = {0}, json = {0};
    enum pal_code code = changes_of(c, &changes);
    if (code == PAL_OK)
        code = check(c, changes);
    if (code == PAL_OK)
        code = put(c, changes, &json);
    if (code == PAL_OK)
        code = tell_own_devices(c, "preferences", json);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

/* Without a transaction, because chat is waited for: it knows at once who is in a channel. */
enum pal_code notification_set_channel(struct pal_call *c)
{
    uint64_t channel = (uint64_t)pal_json_int(c->in, "channel_id", 0);
    struct pal_str changes, json;
    json_t *membership = NULL;
    if (!lies_ahead(c, "muted_until"))
        return invalid(c, "/muted_until", "must be in the future");
    enum pal_code code = ask_membership(c, channel, &membership);
    if (!membership)
        return code;
    json_decref(membership);
    code = changes_of(c, &changes);
    if (code == PAL_OK)
        code = preference_put_channel(c->db, c->arena, c->caller.user, channel, changes, &json,
                                      &c->err);
    if (code == PAL_OK)
        code = tell_own_devices(c, "channel", json);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}
