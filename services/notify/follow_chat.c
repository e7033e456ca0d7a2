/* Events of chat: messages, mentions, members, channels. Messages are gathered and told together;
 * whatever else there is comes in between, in its order. */
#include "follow.h"

#include "posted.h"
#include "store/copies.h"
#include "store/erase.h"

static struct notice notice_of(const struct pal_log_event *e)
{
    return (struct notice){.org = e->org,
                           .channel = e->channel,
                           .seq = e->seq,
                           .source = PAL_OWNER_CHAT,
                           .event_id = e->at.id};
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
    if (code != PAL_OK || words.channel.n == 0) /* direct: it is news when something is said */
        return code;
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

static bool read_users(struct pal_call *c, const json_t *list, int64_t **users, size_t *n)
{
    *n = json_array_size(list);
    *users = pal_arena_alloc(c->arena, (*n + 1) * sizeof **users);
    for (size_t i = 0; *users && i < *n; i++)
        (*users)[i] = (int64_t)json_integer_value(json_array_get(list, i));
    return *users;
}

/* A notice of a message, to people whom the event names. */
struct told {
    struct notice notice;
    int64_t *users; /* in the arena */
    size_t n_users;
};

static enum pal_code read_told(struct pal_call *c, const struct pal_log_event *e,
                               const json_t *body, enum notice_kind kind, struct told *out)
{
    struct notice_words words = {.username = pal_json_str(body, "username")};
    struct notice *n = &out->notice;
    *n = notice_of(e);
    n->channel = (uint64_t)pal_json_int(body, "channel_id", 0);
    n->seq = (uint64_t)pal_json_int(body, "seq", 0);
    n->actor = (uint64_t)pal_json_int(body, "user_id", 0);
    n->message = (uint64_t)pal_json_int(body, "message_id", 0);
    if (!read_users(c, json_object_get(body, "user_ids"), &out->users, &out->n_users))
        return pal_fail(c, &pal_err_service_internal, "a batch of notifications does not fit");
    enum pal_code code = channel_name(c->db, c->arena, n->channel, &words.channel, &c->err);
    return code == PAL_OK ? notice_prepare(c, kind, &words, n) : code;
}

static enum pal_code tell_each(struct pal_call *c, const struct told *told)
{
    PAL_ROWS rows = {0};
    enum pal_code code =
        notices_insert(c->db, c->arena, &told->notice, told->users, told->n_users, &rows, &c->err);
    for (int i = 0; code == PAL_OK && i < rows.n; i++) {
        if (!pal_row_null(&rows, i, 1))
            code = pal_publish(c, &pal_ev_notification_created, told->notice.org,
                               (uint64_t)pal_row_int(&rows, i, 0), 0, 0, pal_row_str(&rows, i, 1));
    }
    return code;
}

/* To each who follows the thread. The event is of no channel, so that clients do not get it. */
static enum pal_code thread_replied(struct pal_call *c, const struct pal_log_event *e,
                                    const json_t *body)
{
    struct told told;
    enum pal_code code = read_told(c, e, body, NOTICE_REPLY, &told);
    return code == PAL_OK ? tell_each(c, &told) : code;
}

/* Of members reached by a group or by @here one by one, and of everyone in the channel in one row.
 * Whom the message names himself is told with the message (posted.c), and not here. */
static enum pal_code mentioned(struct pal_call *c, const struct pal_log_event *e,
                               const json_t *body)
{
    struct told told;
    enum pal_code code = read_told(c, e, body, NOTICE_MENTION, &told);
    if (code == PAL_OK && pal_json_bool(body, "everyone", false))
        return notice_tell(c, &told.notice);
    return code == PAL_OK && told.n_users > 0 ? tell_each(c, &told) : code;
}

static enum pal_code apply_rare(struct pal_call *c, const struct pal_log_event *e,
                                const json_t *body)
{
    switch (e->kind) {
    case PAL_EV_THREAD_REPLIED:
        return thread_replied(c, e, body);
    case PAL_EV_MESSAGE_MENTIONED:
        return mentioned(c, e, body);
    case PAL_EV_MEMBER_JOINED:
        return member_joined(c, e, body);
    case PAL_EV_MEMBER_LEFT:
        return member_left(c, e, body);
    case PAL_EV_CHANNEL_CREATED:
        return channel_created(c, e, body);
    case PAL_EV_USER_FORGOTTEN:
        return erase_store_begin(c->db, c->arena, e->user, e->org, pal_json_str(body, "username"),
                                 &c->err);
    default:
        return keep_channel(c, json_object_get(body, "channel"));
    }
}

/* Messages that came before it are told first: it may change who is told, and what. The lock comes
 * before any row: see handlers/preference.c. */
static enum pal_code follow_rare(struct pal_call *c, struct posted *posted,
                                 const struct pal_log_event *e)
{
    char why[80] = "";
    enum pal_code code = posted_tell(posted);
    if (code != PAL_OK)
        return code;
    json_t *body = pal_json_parse(e->body, why);
    code = body ? delivery_lock(c->db, c->arena, &c->err)
                : pal_fail(c, &pal_err_service_internal, "an event of chat: %s", why);
    if (code == PAL_OK)
        code = apply_rare(c, e, body);
    json_decref(body);
    return code;
}

const uint16_t follow_chat_bodies[FOLLOW_CHAT_BODIES] = {
    PAL_EV_MESSAGE_CREATED, PAL_EV_MESSAGE_MENTIONED, PAL_EV_THREAD_REPLIED,
    PAL_EV_MEMBER_JOINED,   PAL_EV_MEMBER_LEFT,       PAL_EV_CHANNEL_CREATED,
    PAL_EV_CHANNEL_UPDATED, PAL_EV_USER_FORGOTTEN};

enum pal_code follow_chat(struct pal_call *c, const struct pal_log_event *events, size_t n)
{
    struct posted posted;
    enum pal_code code = posted_begin(&posted, c, n);
    for (size_t i = 0; code == PAL_OK && i < n; i++) {
        switch (events[i].kind) {
        case PAL_EV_MESSAGE_CREATED:
            code = posted_add(&posted, &events[i]);
            break;
        case PAL_EV_THREAD_REPLIED:
        case PAL_EV_MESSAGE_MENTIONED:
        case PAL_EV_MEMBER_JOINED:
        case PAL_EV_MEMBER_LEFT:
        case PAL_EV_CHANNEL_CREATED:
        case PAL_EV_CHANNEL_UPDATED:
        case PAL_EV_USER_FORGOTTEN:
            code = follow_rare(c, &posted, &events[i]);
            break;
        default:
            break;
        }
    }
    return code != PAL_OK ? code : posted_tell(&posted);
}
