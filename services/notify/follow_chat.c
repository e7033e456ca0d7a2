/* Events of chat: messages, mentions, members, channels. */
#include "follow.h"

#include "store/copies.h"

enum { MENTIONS_MAX = 100 };

static struct notice notice_of(const struct pal_log_event *e)
{
    return (struct notice){.org = e->org,
                           .channel = e->channel,
                           .seq = e->seq,
                           .source = PAL_OWNER_CHAT,
                           .event_id = e->at.id};
}

static size_t mentioned(const json_t *message, int64_t users[MENTIONS_MAX])
{
    const json_t *list = json_object_get(message, "mentions");
    size_t n = 0;
    size_t i;
    const json_t *id;
    json_array_foreach(list, i, id) {
        if (n < MENTIONS_MAX && json_is_integer(id))
            users[n++] = json_integer_value(id);
    }
    return n;
}

static enum pal_code tell_mentions(struct pal_call *c, const struct notice_words *words,
                                   struct notice n, const json_t *message)
{
    int64_t users[MENTIONS_MAX];
    size_t n_users = mentioned(message, users);
    if (n_users == 0)
        return PAL_OK;
    PAL_ROWS rows = {0};
    enum pal_code code = notice_prepare(c, NOTICE_MENTION, words, &n);
    if (code == PAL_OK)
        code = notice_insert_members(c->db, c->arena, &n, users, n_users, &rows, &c->err);
    for (int i = 0; code == PAL_OK && i < rows.n; i++)
        code = pal_publish(c, &pal_ev_notification_created, n.org,
                           (uint64_t)pal_row_int(&rows, i, 0), 0, 0, pal_row_str(&rows, i, 1));
    return code;
}

static enum pal_code message_posted(struct pal_call *c, const struct pal_log_event *e,
                                    const json_t *body)
{
    const json_t *message = json_object_get(body, "message");
    struct notice_words words = {.username = pal_json_str(message, "username")};
    struct notice n = notice_of(e);
    n.actor = (uint64_t)pal_json_int(message, "user_id", 0);
    n.message = (uint64_t)pal_json_int(message, "id", 0);
    enum pal_code code = channel_name(c->db, c->arena, e->channel, &words.channel, &c->err);
    if (code == PAL_OK)
        code = notice_prepare(c, NOTICE_MESSAGE, &words, &n);
    if (code == PAL_OK)
        code = notice_tell(c, &n);
    return code != PAL_OK ? code : tell_mentions(c, &words, n, message);
}

static struct membership membership_of(const struct pal_log_event *e, const json_t *body)
{
    return (struct membership){e->channel, (uint64_t)pal_json_int(body, "user_id", 0), e->seq};
}

static enum pal_code tell_invitation(struct pal_call *c, struct notice n,
                                     const struct notice_words *words, uint64_t user, uint64_t by)
{
    n.user = user;
    n.actor = by;
    enum pal_code code = notice_prepare(c, NOTICE_INVITATION, words, &n);
    return code != PAL_OK ? code : notice_tell(c, &n);
}

/* The creator's own joining (seq 2, right after channel.created) is not news. */
static enum pal_code member_joined(struct pal_call *c, const struct pal_log_event *e,
                                   const json_t *body)
{
    struct membership m = membership_of(e, body);
    struct notice_words words = {.username =
                                     pal_json_str(json_object_get(body, "user"), "username")};
    struct notice n = notice_of(e);
    uint64_t invited_by = (uint64_t)pal_json_int(body, "invited_by", 0);
    n.actor = m.user;
    enum pal_code code = member_put(c->db, c->arena, &m, &c->err);
    if (code != PAL_OK || e->seq <= 2)
        return code;
    code = channel_name(c->db, c->arena, e->channel, &words.channel, &c->err);
    if (code == PAL_OK)
        code = notice_prepare(c, NOTICE_JOINED, &words, &n);
    if (code == PAL_OK)
        code = notice_tell(c, &n);
    if (code == PAL_OK && invited_by)
        code = tell_invitation(c, n, &words, m.user, invited_by);
    return code;
}

static enum pal_code member_left(struct pal_call *c, const struct pal_log_event *e,
                                 const json_t *body)
{
    struct membership m = membership_of(e, body);
    struct notice_words words = {.username = pal_json_str(body, "username")};
    struct notice n = notice_of(e);
    n.actor = m.user;
    enum pal_code code = member_delete(c->db, c->arena, &m, &c->err);
    if (code == PAL_OK)
        code = channel_name(c->db, c->arena, e->channel, &words.channel, &c->err);
    if (code == PAL_OK)
        code = notice_prepare(c, NOTICE_LEFT, &words, &n);
    return code != PAL_OK ? code : notice_tell(c, &n);
}

static enum pal_code keep_channel(struct pal_call *c, const json_t *channel)
{
    struct pal_buf text;
    pal_buf_init(&text, PAL_FRAME_BODY_MAX);
    enum pal_code code =
        pal_json_dump(channel, &text)
            ? channel_copy_put(c->db, c->arena, pal_buf_view(&text), &c->err)
            : pal_fail(c, &pal_err_service_internal, "a channel event without a channel");
    pal_buf_fini(&text);
    return code;
}

/* To the whole organisation (no seq, so that it is not bound to members) when everybody may join.
 */
static enum pal_code channel_created(struct pal_call *c, const struct pal_log_event *e,
                                     const json_t *body)
{
    const json_t *channel = json_object_get(body, "channel");
    struct notice_words words = {.channel = pal_json_str(channel, "name")};
    struct notice n = notice_of(e);
    n.seq = 0;
    n.actor = (uint64_t)pal_json_int(channel, "created_by", 0);
    enum pal_code code = keep_channel(c, channel);
    if (code != PAL_OK || !pal_str_eq(pal_json_str(channel, "type"), PAL_STR("public")))
        return code;
    code = user_name(c->db, c->arena, n.actor, &words.username, &c->err);
    if (code == PAL_OK)
        code = notice_prepare(c, NOTICE_CHANNEL, &words, &n);
    return code != PAL_OK ? code : notice_tell(c, &n);
}

enum pal_code follow_chat(struct pal_call *c, const struct pal_log_event *e, json_t *body)
{
    switch (e->kind) {
    case PAL_EV_MESSAGE_CREATED:
        return message_posted(c, e, body);
    case PAL_EV_MEMBER_JOINED:
        return member_joined(c, e, body);
    case PAL_EV_MEMBER_LEFT:
        return member_left(c, e, body);
    case PAL_EV_CHANNEL_CREATED:
        return channel_created(c, e, body);
    case PAL_EV_CHANNEL_UPDATED:
        return keep_channel(c, json_object_get(body, "channel"));
    default:
        return PAL_OK;
    }
}
