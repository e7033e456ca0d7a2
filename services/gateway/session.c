/* Life of a session, and what connection and fan-out tell it. */
#include "session.h"

#include "base/clock.h"
#include "gateway.h"
#include "gen/catalogue.h"
#include "inbound.h"
#include "open.h"
#include "presence.h"
#include "reply.h"
#include "ws_frame.h"

#include <stdlib.h>
#include <string.h>

static struct session *of_conn(struct ws_conn *c)
{
    return PAL_CONTAINER(c, struct session, conn);
}

static struct session *of_subscriber(struct subscriber *s)
{
    return PAL_CONTAINER(s, struct session, subscriber);
}

struct session *session_new(struct gateway *gw, const struct pal_claims *claims,
                            enum session_kind kind, uint64_t channel, const uint8_t address[16])
{
    struct session *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->gw = gw;
    s->kind = (uint8_t)kind;
    s->channel = channel;
    s->role = claims->role;
    s->session_id = claims->session;
    s->issued_s = claims->issued_at;
    s->expires_s = claims->expires_at;
    s->active_ms = pal_loop_now(gw->loop);
    memcpy(s->address, address, sizeof s->address);
    subscriber_init(&s->subscriber, claims->user);
    s->subscriber.blocked = true;
    ws_conn_init(&gw->io, &s->conn);
    pal_list_init(&s->in_person);
    pal_list_init(&s->in_beat);
    pal_list_init(&s->in_expiry);
    pal_list_init(&s->in_held);
    pal_list_init(&s->tickets);
    if (!person_join(&gw->people, claims->user, claims->org, s)) {
        free(s);
        return NULL;
    }
    return s;
}

void session_caller(const struct session *s, struct pal_caller *out)
{
    *out = (struct pal_caller){.user = s->subscriber.user,
                               .org = s->person->org->id,
                               .session = s->session_id,
                               .role = s->role};
    memcpy(out->address, s->address, sizeof out->address);
}

/* ---- requests ---- */

void session_ticket(struct session *s, struct ticket *t)
{
    t->session = s;
    pal_list_append(&s->tickets, &t->in_session);
}

struct session *ticket_close(struct ticket *t)
{
    if (t->session)
        pal_list_remove(&t->in_session);
    return t->session;
}

static void tickets_orphan(struct session *s)
{
    struct pal_list *e;
    while ((e = pal_list_pop(&s->tickets)))
        PAL_CONTAINER(e, struct ticket, in_session)->session = NULL;
}

void session_tell(struct session *s, json_t *frame)
{
    ws_conn_send_take(&s->conn, ws_frame_json(frame));
}

/* ---- state ---- */

void session_block_update(struct session *s)
{
    bool held = !pal_list_empty(&s->in_held);
    bool blocked = !s->greeted || held || s->conn.crowded || s->state == SESSION_ENDING;
    if (blocked)
        s->subscriber.blocked = true;
    else if (s->subscriber.blocked)
        fanout_unblock(&s->gw->fanout, &s->subscriber, pal_loop_now(s->gw->loop));
}

void session_release(struct session *s)
{
    if (pal_list_empty(&s->in_held))
        return;
    pal_list_remove(&s->in_held);
    session_block_update(s);
}

void session_live(struct session *s, int fd, struct pal_str early)
{
    struct gateway *gw = s->gw;
    s->state = SESSION_LIVE;
    pal_metric_add(gw->metrics.sockets[s->kind], 1);
    ticks_join(gw, s);
    presence_connected(gw->presence, s->person->org->id, s->subscriber.user);
    /* The greeting is queued before anything that the client may have sent early is looked at. */
    s->conn.state = WS_OPEN;
    open_greet(s);
    s->greeted = true;
    if (s->kind == SESSION_ALL)
        ticks_hold(gw, s);
    ws_conn_start(&s->conn, fd, early);
    session_block_update(s);
}

static void leave(struct session *s)
{
    s->state = SESSION_ENDING;
    s->subscriber.blocked = true;
    pal_list_remove(&s->in_beat);
    pal_list_remove(&s->in_expiry);
    pal_list_remove(&s->in_held);
    tickets_orphan(s);
}

void session_drop(struct session *s)
{
    leave(s);
    open_free(s);
    fanout_leave_all(&s->gw->fanout, &s->subscriber);
    person_part(&s->gw->people, s);
    free(s);
}

void session_end(struct session *s, uint16_t code, const char *reason)
{
    if (s->state == SESSION_ENDING)
        return;
    if (s->state == SESSION_OPENING) {
        open_refuse(s);
        return;
    }
    if (s->state == SESSION_UPGRADING) {
        s->state = SESSION_ENDING; /* the handshake calls back and sees it */
        return;
    }
    leave(s);
    ws_conn_close(&s->conn, code, reason);
}

void session_restart(struct session *s)
{
    char reason[ADMISSION_REASON];
    if (s->in_flight == 0 || s->state != SESSION_LIVE) {
        admission_reason(s->gw, "restarting", reason);
        session_end(s, CLOSE_RESTART, reason);
        return;
    }
    s->end_when_quiet = true;
    ws_conn_pause(&s->conn, true);
}

/* ---- the connection's calls ---- */

static void conn_text(struct ws_conn *c, struct pal_str message)
{
    struct session *s = of_conn(c);
    if (s->state == SESSION_LIVE)
        inbound_text(s, message);
}

static void conn_drained(struct ws_conn *c)
{
    struct session *s = of_conn(c);
    if (s->state == SESSION_LIVE)
        session_block_update(s);
}

static void conn_crowded(struct ws_conn *c)
{
    of_conn(c)->subscriber.blocked = true;
}

static void conn_closed(struct ws_conn *c)
{
    struct session *s = of_conn(c);
    struct gateway *gw = s->gw;
    pal_metric_add(gw->metrics.sockets[s->kind], -1);
    presence_disconnected(gw->presence, s->subscriber.user);
    session_drop(s);
}

const struct ws_conn_ops session_conn_ops = {
    .text = conn_text, .drained = conn_drained, .crowded = conn_crowded, .closed = conn_closed};

/* ---- the fan-out's calls ---- */

static void fan_deliver(struct subscriber *sub, struct pal_blob *frames, size_t n)
{
    ws_conn_send_many(&of_subscriber(sub)->conn, frames, n);
}

static void fan_gap(struct subscriber *sub, uint64_t channel, uint64_t from, uint64_t to)
{
    session_tell(of_subscriber(sub),
                 json_pack("{sssIsIsI}", "type", "gap", "channel_id", (json_int_t)channel, "from",
                           (json_int_t)from, "to", (json_int_t)to));
}

void session_fan_reached(struct session *s)
{
    if (s->resuming > 0 && --s->resuming == 0)
        session_tell(s, json_pack("{ss}", "type", "resumed"));
}

void session_resume(struct session *s, struct subscription *sub, uint64_t pos)
{
    s->resuming++;
    if (!fanout_resume(&s->gw->fanout, sub, pos, pal_loop_now(s->gw->loop)))
        session_fan_reached(s);
}

static void fan_reached(struct subscriber *sub)
{
    session_fan_reached(of_subscriber(sub));
}

static void fan_ended(struct subscriber *sub, uint64_t channel, enum fanout_end why)
{
    struct session *s = of_subscriber(sub);
    (void)channel;
    if (s->kind == SESSION_CHANNEL && s->state == SESSION_LIVE)
        session_end(s, CLOSE_CHANNEL, why == END_LEFT ? "you left the channel" : "channel deleted");
}

const struct fanout_ops session_fanout_ops = {
    .deliver = fan_deliver, .gap = fan_gap, .reached = fan_reached, .ended = fan_ended};
