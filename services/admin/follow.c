/* Applying events of auth and chat: copies, counts, reports. Each runs inside the transaction that
 * moves the position. */
#include "follow.h"

#include "store/audit.h"
#include "store/copies.h"
#include "store/erase.h"
#include "store/report.h"

#include <inttypes.h>

/* The fact, and nothing that says who it was. */
static enum pal_code erased(struct pal_call *c, const struct pal_log_event *e, const json_t *body)
{
    const struct audit_entry entry = {
        .org = e->org,
        .actor = (uint64_t)pal_json_int(body, "erased_by", 0),
        .action = "user.erase",
        .target = pal_arena_printf(c->arena, "user:%" PRIu64, e->user),
        .details = pal_json_bool(body, "remove_content", false)
                       ? PAL_STR("{\"remove_content\": true}")
                       : PAL_STR("{\"remove_content\": false}"),
    };
    enum pal_code code =
        erase_store_account(c->db, c->arena, e->user, pal_json_str(body, "username"), &c->err);
    return code == PAL_OK ? audit_append(c->db, c->arena, &entry, &c->err) : code;
}

static enum pal_code exported(struct pal_call *c, const struct pal_log_event *e, const json_t *body)
{
    struct audit_entry entry = {.org = e->org, .actor = e->user, .action = "channel.export"};
    entry.target = pal_arena_printf(c->arena, "channel:%" PRIu64,
                                    (uint64_t)pal_json_int(body, "channel_id", 0));
    struct pal_buf details;
    pal_buf_init(&details, 256);
    pal_buf_z(&details, "{\"after\":");
    pal_buf_int(&details, pal_json_int(body, "after", 0));
    pal_buf_z(&details, ",\"format\":");
    pal_buf_json_str(&details, pal_json_str(body, "format"));
    pal_buf_char(&details, '}');
    entry.details = pal_buf_view(&details);
    enum pal_code code = audit_append(c->db, c->arena, &entry, &c->err);
    pal_buf_fini(&details);
    return code;
}

static enum pal_code follow_auth(struct pal_call *c, const struct pal_log_event *e, json_t *body)
{
    switch (e->kind) {
    case PAL_EV_USER_ERASED:
        return erased(c, e, body);
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

static enum pal_code follow_body(struct pal_call *c, const struct pal_log_event *e,
                                 const json_t *body)
{
    switch (e->kind) {
    case PAL_EV_USER_FORGOTTEN:
        return pal_json_bool(body, "remove_content", false)
                   ? erase_store_reported(c->db, c->arena, e->user, &c->err)
                   : PAL_OK;
    case PAL_EV_CHANNEL_EXPORTED:
        return exported(c, e, body);
    default:
        return put_channel(c, body);
    }
}

static enum pal_code follow_rare(struct pal_call *c, const struct pal_log_event *e)
{
    char why[80] = "";
    if (e->kind == PAL_EV_CHANNEL_DELETED)
        return channel_copy_delete(c->db, c->arena, e->channel, &c->err);
    if (e->kind == PAL_EV_MESSAGE_REPORTED)
        return take_report(c, e);
    json_t *body = pal_json_parse(e->body, why);
    enum pal_code code = body ? follow_body(c, e, body)
                              : pal_fail(c, &pal_err_service_internal, "an event of chat: %s", why);
    json_decref(body);
    return code;
}

/* Messages are only counted: their event's head says who, where and when, its body is not asked
 * for. What is counted is added after the channels of the batch are there. */
static enum pal_code apply_all(struct pal_call *c, const struct pal_log_event *events, size_t n,
                               struct tally *tally)
{
    enum pal_code code = PAL_OK;
    for (size_t i = 0; code == PAL_OK && i < n; i++) {
        const struct pal_log_event *e = &events[i];
        switch (e->kind) {
        case PAL_EV_MESSAGE_CREATED:
            if (!tally_add(tally, e->org, e->channel, e->user, e->created_ms))
                code = pal_fail(c, &pal_err_service_internal, "no memory for counting");
            break;
        case PAL_EV_CHANNEL_CREATED:
        case PAL_EV_CHANNEL_UPDATED:
        case PAL_EV_CHANNEL_DELETED:
        case PAL_EV_MESSAGE_REPORTED:
        case PAL_EV_USER_FORGOTTEN:
        case PAL_EV_CHANNEL_EXPORTED:
            code = follow_rare(c, e);
            break;
        default:
            break;
        }
    }
    if (code == PAL_OK && tally->channels.n > 0)
        code = messages_count(c->db, c->arena, tally, &c->err);
    return code;
}

static enum pal_code follow_chat(struct pal_call *c, const struct pal_log_event *events, size_t n)
{
    struct tally tally;
    enum pal_code code = tally_begin(&tally, c->arena, n)
                             ? apply_all(c, events, n, &tally)
                             : pal_fail(c, &pal_err_service_internal, "no memory for counting");
    tally_end(&tally);
    return code;
}

static const uint16_t chat_bodies[] = {PAL_EV_CHANNEL_CREATED, PAL_EV_CHANNEL_UPDATED,
                                       PAL_EV_MESSAGE_REPORTED, PAL_EV_USER_FORGOTTEN,
                                       PAL_EV_CHANNEL_EXPORTED};

enum { CHAT_SPACING_MS = 250 };

const struct pal_consumer admin_consumers[] = {
    {.source = PAL_OWNER_AUTH, .apply = follow_auth},
    {.source = PAL_OWNER_CHAT,
     .batch = follow_chat,
     .bodies = chat_bodies,
     .n_bodies = sizeof chat_bodies / sizeof *chat_bodies,
     .spacing_ms = CHAT_SPACING_MS},
};
const size_t admin_consumers_count = sizeof admin_consumers / sizeof *admin_consumers;
