/* Who gets an event: by the audience that the catalogue gives it. What an event means to the
 * gateway itself (a membership, a session's end, a name) is looked at first. */
#include "router.h"

#include "base/log.h"
#include "ended.h"
#include "fanout_catchup.h"
#include "gateway.h"
#include "gen/catalogue.h"
#include "keys.h"
#include "notification.h"
#include "open.h"
#include "presence.h"
#include "reconcile.h"
#include "session.h"
#include "ws_frame.h"

/* ---- what the gateway itself learns ---- */

/* Someone is in a channel now: his sockets here follow it from this event on. */
static void joined(struct gateway *gw, const struct pal_frame *e, uint64_t user)
{
    struct person *p = person_find(&gw->people, user);
    if (!p || e->seq == 0)
        return;
    PAL_LIST_EACH(it, &p->sessions) {
        struct session *s = PAL_CONTAINER(it, struct session, in_person);
        open_stale(s);
        if (s->state != SESSION_LIVE && s->state != SESSION_UPGRADING)
            continue;
        if (s->kind == SESSION_NOTES)
            (void)fanout_listen(&gw->fanout, &s->subscriber, e->channel);
        if (s->kind != SESSION_ALL)
            continue;
        struct subscription *sub = fanout_subscribe(&gw->fanout, &s->subscriber, e->channel,
                                                    e->seq - 1, e->seq - 1, pal_loop_now(gw->loop));
        if (sub && sub->muted) {
            sub->muted = false;
            sub->pos = e->seq - 1;
        }
        if (sub)
            sub->floor = e->seq - 1;
    }
}

/* Subscriptions end by the event itself, in order; listeners have no log. */
static void left(struct gateway *gw, const struct pal_frame *e, uint64_t user)
{
    struct person *p = person_find(&gw->people, user);
    if (!p)
        return;
    PAL_LIST_EACH(it, &p->sessions) {
        struct session *s = PAL_CONTAINER(it, struct session, in_person);
        open_stale(s);
        struct subscription *sub = fanout_find(&s->subscriber, e->channel);
        if (sub && (sub->listener || sub->muted))
            fanout_unsubscribe(&gw->fanout, sub);
    }
}

static void user_updated(struct gateway *gw, const struct pal_frame *e, const json_t *user)
{
    uint64_t id = (uint64_t)pal_json_int(user, "id", 0);
    struct person *p = person_find(&gw->people, id);
    if (p)
        person_learn(p, user);
    presence_chosen(gw->presence, e->caller.org, id, pal_json_str(user, "status"));
}

/* Bodies are read only where the gateway has to know what they say. */
static void learn(struct gateway *gw, const struct pal_frame *e, struct log_entry *entry)
{
    char why[80];
    json_t *body = pal_json_parse(e->body, why);
    uint64_t user = (uint64_t)pal_json_int(body, "user_id", 0);
    entry->subject = user;
    if (e->id == PAL_EV_MEMBER_JOINED)
        joined(gw, e, user);
    else if (e->id == PAL_EV_MEMBER_LEFT)
        left(gw, e, user);
    else if (e->id == PAL_EV_USER_UPDATED)
        user_updated(gw, e, body);
    else if (e->id == PAL_EV_SESSION_REVOKED)
        ended_session(gw, body);
    json_decref(body);
}

static bool concerns_gateway(uint16_t id)
{
    return id == PAL_EV_MEMBER_JOINED || id == PAL_EV_MEMBER_LEFT || id == PAL_EV_USER_UPDATED ||
           id == PAL_EV_SESSION_REVOKED || id == PAL_EV_TYPING_STARTED;
}

/* ---- audiences ---- */

static void to_log(struct gateway *gw, const struct pal_frame *e, struct log_entry *entry)
{
    /* Nobody here: not even framed. */
    struct channel *ch = fanout_channel(&gw->fanout, e->channel);
    if (ch && !pal_list_empty(&ch->subscriptions)) {
        entry->frame = ws_frame_text(e->body);
        metrics_time(&gw->metrics, timed_read(&gw->upstream.traces, e->trace));
    }
    entry->seq = e->seq;
    if (e->id == PAL_EV_MEMBER_LEFT)
        entry->kind = LOG_LEFT;
    else if (e->id == PAL_EV_CHANNEL_DELETED)
        entry->kind = LOG_DELETED;
    fanout_event(&gw->fanout, e->channel, entry, pal_loop_now(gw->loop));
    pal_blob_unref(entry->frame);
}

/* Typing and the like: may be lost, is not told to who caused it. */
static void to_channel(struct gateway *gw, const struct pal_frame *e, uint64_t actor)
{
    struct channel *ch = fanout_channel(&gw->fanout, e->channel);
    struct pal_blob *frame = ch ? ws_frame_text(e->body) : NULL;
    if (!frame)
        return;
    PAL_LIST_EACH(it, &ch->subscriptions) {
        struct subscription *sub = PAL_CONTAINER(it, struct subscription, in_channel);
        struct session *s = PAL_CONTAINER(sub->subscriber, struct session, subscriber);
        if (s->subscriber.user != actor && s->greeted && !s->conn.crowded && !sub->muted)
            ws_conn_send(&s->conn, frame);
    }
    pal_blob_unref(frame);
}

static void to_user(struct gateway *gw, const struct pal_frame *e)
{
    struct person *p = person_find(&gw->people, e->caller.user);
    struct pal_blob *frame = p ? ws_frame_text(e->body) : NULL;
    if (!frame)
        return;
    PAL_LIST_EACH(it, &p->sessions) {
        struct session *s = PAL_CONTAINER(it, struct session, in_person);
        bool room = s->kind == SESSION_CHANNEL && s->channel == e->channel;
        if (s->greeted && (s->kind == SESSION_ALL || room))
            ws_conn_send(&s->conn, frame);
    }
    pal_blob_unref(frame);
}

static void to_organization(struct gateway *gw, const struct pal_frame *e)
{
    struct pal_blob *frame = ws_frame_text(e->body);
    if (frame)
        people_tell_org(&gw->people, e->caller.org, frame);
    pal_blob_unref(frame);
}

static void to_audience(struct gateway *gw, const struct pal_event *ev, const struct pal_frame *e,
                        struct log_entry *entry)
{
    if (e->seq == 0) /* must not overtake what was published before it */
        fanout_settle(&gw->fanout, pal_loop_now(gw->loop));
    switch (ev->audience) {
    case PAL_TO_CHANNEL:
        if (e->seq > 0)
            to_log(gw, e, entry);
        else
            to_channel(gw, e, entry->subject);
        break;
    case PAL_TO_USER:
        to_user(gw, e);
        break;
    case PAL_TO_ORGANIZATION:
        to_organization(gw, e);
        break;
    case PAL_TO_CONNECTION:
    case PAL_TO_SERVICES:
        break;
    }
}

void router_event(struct gateway *gw, const struct pal_frame *e)
{
    const struct pal_event *ev = pal_event_by_id(e->id);
    struct log_entry entry = {0};
    if (!ev)
        return; /* of a newer release */
    metrics_event(&gw->metrics, ev);
    if (concerns_gateway(e->id))
        learn(gw, e, &entry);
    if (e->id == PAL_EV_NOTIFICATION_CREATED)
        notification_route(gw, e);
    else if (ev->ws_type)
        to_audience(gw, ev, e, &entry);
}

void router_note(struct gateway *gw, enum pal_owner owner, enum pal_bus_note note, unsigned replica)
{
    static const char *const names[] = {"up", "down", "gap"};
    pal_log(note == PAL_BUS_GAP ? PAL_WARN : PAL_INFO, "bus stream",
            PAL_LS("service", pal_owner_name(owner)), PAL_LS("note", names[note]),
            PAL_LI("replica", replica));
    metrics_note(&gw->metrics, owner, note);
    if (note == PAL_BUS_DOWN)
        return;
    if (owner == PAL_OWNER_CHAT) {
        fanout_verify_all(&gw->fanout, pal_loop_now(gw->loop));
        reconcile_all(gw);
    } else if (owner == PAL_OWNER_AUTH) {
        keys_refresh(gw);
        ended_refresh(gw);
    }
}
