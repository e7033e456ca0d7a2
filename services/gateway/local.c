/* Commands that concern the connection itself. */
#include "local.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "gateway.h"
#include "gen/catalogue.h"
#include "inbound.h"
#include "presence.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct subscribing {
    struct ticket ticket;
    struct asked asked;
    int64_t position; /* -1: from the head */
};

void local_active(struct session *s)
{
    s->active_ms = pal_loop_now(s->gw->loop);
    presence_active(s->gw->presence, s->subscriber.user);
}

/* ---- subscribe, unsubscribe ---- */

static void subscribed(struct session *s, const struct subscribing *ask, const json_t *channel)
{
    struct gateway *gw = s->gw;
    uint64_t head = (uint64_t)pal_json_int(channel, "head_seq", 0);
    uint64_t joined = (uint64_t)pal_json_int(channel, "joined_seq", 0);
    struct pal_buf text;
    pal_buf_init(&text, PAL_FRAME_BODY_MAX);
    if (pal_json_dump(channel, &text))
        ws_conn_send_take(&s->conn, reply_ack(&ask->asked, pal_buf_view(&text)));
    pal_buf_fini(&text);
    struct subscription *sub = fanout_subscribe(&gw->fanout, &s->subscriber, ask->asked.channel,
                                                head, head, pal_loop_now(gw->loop));
    if (!sub)
        return;
    sub->floor = joined > 0 ? joined - 1 : 0;
    if (sub->muted) {
        sub->muted = false;
        sub->pos = head > sub->pos ? head : sub->pos;
        sub->resume_to = 0;
    }
    if (ask->position >= 0)
        session_resume(s, sub, (uint64_t)ask->position);
}

static void on_channel(void *arg, enum pal_code code, const struct pal_frame *reply)
{
    struct subscribing *ask = arg;
    struct session *s = ticket_close(&ask->ticket);
    char why[80];
    if (s) {
        struct pal_error err;
        json_t *body = reply ? pal_json_parse(reply->body, why) : NULL;
        const json_t *channel = json_array_get(json_object_get(body, "channels"), 0);
        upstream_error(code, &err);
        if (code == PAL_OK && channel)
            subscribed(s, ask, channel);
        else
            session_tell(s, code == PAL_OK && body ? reply_problem(&ask->asked, body)
                                                   : reply_error(&ask->asked, &err));
        json_decref(body);
    }
    free(ask);
}

static void subscribe(struct session *s, const struct message *m, const struct asked *a)
{
    struct subscribing *ask = calloc(1, sizeof *ask);
    struct pal_caller caller;
    if (!ask)
        return;
    ask->asked = *a;
    ask->position = pal_json_int(m->body, "position", -1);
    session_ticket(s, &ask->ticket);
    session_caller(s, &caller);
    upstream_request(s->gw, &pal_cmd_session_open, m->channel, &caller,
                     json_pack("{sI}", "channel_id", (json_int_t)m->channel), on_channel, ask);
}

static void unsubscribe(struct session *s, const struct asked *a)
{
    struct subscription *sub = fanout_find(&s->subscriber, a->channel);
    /* Kept, so that an interruption of the stream does not bring the channel back. */
    if (sub && !sub->listener) {
        sub->muted = true;
        if (sub->resume_to)
            session_fan_reached(s);
        sub->resume_to = 0;
    }
    ws_conn_send_take(&s->conn, reply_ack(a, PAL_STR("")));
}

/* ---- resume ---- */

static void resume(struct session *s, const json_t *positions)
{
    const char *key;
    json_t *value;
    s->resuming++; /* `resumed` comes after the last of them, at the earliest here */
    json_object_foreach((json_t *)(uintptr_t)positions, key, value) {
        uint64_t channel;
        struct subscription *sub = NULL;
        if (pal_parse_u64(pal_str_of(key), &channel))
            sub = fanout_find(&s->subscriber, channel);
        if (sub && !sub->listener && !sub->muted && !sub->resume_to)
            session_resume(s, sub, (uint64_t)json_integer_value(value));
    }
    session_fan_reached(s);
}

/* ---- ping ---- */

/* The heads of channels that have moved since the last pong: a client that has less notices the
 * loss. */
static json_t *moved(struct session *s)
{
    json_t *heads = json_object();
    char key[24];
    PAL_LIST_EACH(it, &s->subscriber.subscriptions) {
        struct subscription *sub = PAL_CONTAINER(it, struct subscription, in_subscriber);
        if (sub->listener || sub->muted || sub->told >= sub->channel->top)
            continue;
        sub->told = sub->channel->top;
        (void)snprintf(key, sizeof key, "%" PRIu64, sub->channel->id);
        (void)json_object_set_new(heads, key, json_integer((json_int_t)sub->told));
    }
    return heads;
}

static void ping(struct session *s, const struct message *m, const struct asked *a)
{
    char now[PAL_ISO_LEN + 1];
    pal_iso_format(pal_now_ms(), now);
    if (pal_json_bool(m->body, "idle", false))
        presence_idle(s->gw->presence, s->subscriber.user);
    json_t *pong = json_pack("{sssoss}", "type", "pong", "heads", moved(s), "server_time", now);
    if (pong && a->client_id[0])
        (void)json_object_set_new(pong, "client_id", json_string(a->client_id));
    session_tell(s, pong);
}

void local_run(struct session *s, const struct message *m, const struct asked *a)
{
    /* A pong tells heads: the events up to there come first. */
    fanout_settle(&s->gw->fanout, pal_loop_now(s->gw->loop));
    switch (m->cmd->id) {
    case PAL_CMD_SUBSCRIBE:
        subscribe(s, m, a);
        break;
    case PAL_CMD_UNSUBSCRIBE:
        unsubscribe(s, a);
        break;
    case PAL_CMD_RESUME:
        resume(s, json_object_get(m->body, "positions"));
        break;
    case PAL_CMD_PING:
        ping(s, m, a);
        break;
    default:
        break;
    }
}
