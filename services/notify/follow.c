/* Events of auth and admin, and what making a notice takes. Each runs inside the transaction that
 * moves the position, so that a notification exists exactly once for its event. */
#include "follow.h"

#include "store/copies.h"

static enum pal_code write_text(struct pal_call *c, enum notice_kind kind,
                                enum notice_language language, const struct notice_words *words,
                                struct pal_str *out)
{
    struct pal_buf text;
    pal_buf_init(&text, 4096);
    notice_write(kind, language, words, &text);
    char *copy = text.failed ? NULL : pal_arena_strdup(c->arena, pal_buf_view(&text));
    *out = (struct pal_str){copy, text.n};
    pal_buf_fini(&text);
    return copy ? PAL_OK
                : pal_fail(c, &pal_err_service_internal, "a notification's text is too long");
}

enum pal_code notice_prepare(struct pal_call *c, enum notice_kind kind,
                             const struct notice_words *words, struct notice *n)
{
    n->kind = notice_kind_name(kind);
    n->priority = notice_priority(kind);
    enum pal_code code = write_text(c, kind, NOTICE_EN, words, &n->en);
    if (code == PAL_OK)
        code = write_text(c, kind, NOTICE_ES, words, &n->es);
    return code != PAL_OK ? code : delivery_lock(c->db, c->arena, &c->err);
}

enum pal_code notice_tell(struct pal_call *c, const struct notice *n)
{
    struct pal_str json;
    enum pal_code code = notice_insert(c->db, c->arena, n, &json, &c->err);
    if (code != PAL_OK || json.n == 0)
        return code;
    uint64_t channel = n->user || n->seq == 0 ? 0 : n->channel;
    return pal_publish(c, &pal_ev_notification_created, n->org, n->user, channel, 0, json);
}

static enum pal_code follow_auth(struct pal_call *c, const struct pal_log_event *e, json_t *body)
{
    (void)body;
    switch (e->kind) {
    case PAL_EV_USER_CREATED:
    case PAL_EV_USER_UPDATED:
    case PAL_EV_USER_DEACTIVATED:
        return user_copy_put(c->db, c->arena, e->body, &c->err);
    default:
        return PAL_OK;
    }
}

static enum notice_kind moderation_kind(const struct pal_log_event *e, const json_t *action)
{
    struct pal_str type = pal_json_str(action, "action_type");
    if (e->kind == PAL_EV_MODERATION_LIFTED)
        return NOTICE_LIFTED;
    if (pal_str_eq(type, PAL_STR("mute")))
        return NOTICE_MUTE;
    return pal_str_eq(type, PAL_STR("ban")) ? NOTICE_BAN : NOTICE_WARNING;
}

static enum pal_code follow_admin(struct pal_call *c, const struct pal_log_event *e, json_t *body)
{
    if (e->kind != PAL_EV_MODERATION_APPLIED && e->kind != PAL_EV_MODERATION_LIFTED)
        return PAL_OK;
    const json_t *action = json_object_get(body, "action");
    struct notice_words words = {.reason = pal_json_str(action, "reason")};
    struct notice n = {
        .org = e->org, .user = e->user, .source = PAL_OWNER_ADMIN, .event_id = e->at.id};
    n.actor = (uint64_t)pal_json_int(action, "moderator_id", 0);
    enum pal_code code = notice_prepare(c, moderation_kind(e, action), &words, &n);
    return code != PAL_OK ? code : notice_tell(c, &n);
}

enum { CHAT_SPACING_MS = 100 };

const struct pal_consumer notify_consumers[] = {
    {.source = PAL_OWNER_AUTH, .apply = follow_auth},
    {.source = PAL_OWNER_CHAT,
     .batch = follow_chat,
     .bodies = follow_chat_bodies,
     .n_bodies = FOLLOW_CHAT_BODIES,
     .spacing_ms = CHAT_SPACING_MS},
    {.source = PAL_OWNER_ADMIN, .apply = follow_admin},
};
const size_t notify_consumers_count = sizeof notify_consumers / sizeof *notify_consumers;
