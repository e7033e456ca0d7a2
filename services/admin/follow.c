/* Applying events of auth and chat: copies, counts, reports. Each runs inside the transaction that
 * moves the position. */
#include "follow.h"

#include "store/copies.h"
#include "store/report.h"

static enum pal_code follow_auth(struct pal_call *c, const struct pal_log_event *e, json_t *body)
{
    switch (e->kind) {
    case PAL_EV_USER_EMAIL_CHANGED:
        return user_copy_email(c->db, c->arena, (uint64_t)pal_json_int(body, "id", 0),
                               pal_json_str(body, "email"), &c->err);
    case PAL_EV_USER_CREATED:
    case PAL_EV_USER_UPDATED:
    case PAL_EV_USER_DEACTIVATED:
        return user_copy_put(c->db, c->arena, e->body, &c->err);
    default:
        return PAL_OK;
    }
}

static enum pal_code put_channel(struct pal_call *c, const json_t *body)
{
    struct pal_buf text;
    pal_buf_init(&text, PAL_FRAME_BODY_MAX);
    enum pal_code code =
        pal_json_dump(json_object_get(body, "channel"), &text)
            ? channel_copy_put(c->db, c->arena, pal_buf_view(&text), &c->err)
            : pal_fail(c, &pal_err_service_internal, "a channel event without a channel");
    pal_buf_fini(&text);
    return code;
}

static enum pal_code count_message(struct pal_call *c, const struct pal_log_event *e,
                                   const json_t *body)
{
    const json_t *message = json_object_get(body, "message");
    struct message_fact fact = {.org = e->org,
                                .channel = e->channel,
                                .user = (uint64_t)pal_json_int(message, "user_id", 0),
                                .created_at = pal_json_str(message, "created_at")};
    return message_count(c->db, c->arena, &fact, &c->err);
}

static enum pal_code take_report(struct pal_call *c, const struct pal_log_event *e)
{
    struct pal_str json;
    char why[80];
    enum pal_code code = report_insert(c->db, c->arena, e->body, &json, &c->err);
    if (code != PAL_OK || json.n == 0)
        return code;
    json_t *event = json_pack("{s:o, s:I}", "report", pal_json_parse(json, why), "organization_id",
                              (json_int_t)e->org);
    if (!event)
        return pal_fail(c, &pal_err_service_internal, "no memory for an event");
    return pal_emit(c, &pal_ev_report_created, e->org, 0, event);
}

static enum pal_code follow_chat(struct pal_call *c, const struct pal_log_event *e, json_t *body)
{
    switch (e->kind) {
    case PAL_EV_CHANNEL_CREATED:
    case PAL_EV_CHANNEL_UPDATED:
        return put_channel(c, body);
    case PAL_EV_CHANNEL_DELETED:
        return channel_copy_delete(c->db, c->arena, e->channel, &c->err);
    case PAL_EV_MESSAGE_CREATED:
        return count_message(c, e, body);
    case PAL_EV_MESSAGE_REPORTED:
        return take_report(c, e);
    default:
        return PAL_OK;
    }
}

const struct pal_consumer admin_consumers[] = {
    {PAL_OWNER_AUTH, follow_auth},
    {PAL_OWNER_CHAT, follow_chat},
};
const size_t admin_consumers_count = sizeof admin_consumers / sizeof *admin_consumers;
