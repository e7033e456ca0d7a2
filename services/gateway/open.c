/* From the request for a WebSocket to its first frame. It waits until it is its turn to ask chat
 * and auth (admission.h). The session subscribes as soon as chat has
 * answered, blocked until the handshake is through, so that no event can fall between. A membership
 * that changes while chat is being asked makes it be asked again. */
#include "open.h"

#include "base/clock.h"
#include "gateway.h"
#include "gen/catalogue.h"
#include "http/front.h"
#include "presence.h"

#include <stdlib.h>
#include <unistd.h>

enum { WAIT_CHANNELS = 1, WAIT_USER = 2, ASK_AGAIN_MAX = 8, LINE_MS = 5000 };

struct opening {
    struct pal_list in_line; /* admission.line */
    bool asking;             /* it is its turn */
    struct pal_http *http;   /* NULL: answered, or the client has gone */
    struct session *session;
    json_t *channels; /* chat's answer */
    int64_t since, came_ms;
    unsigned waiting;
    unsigned asked;
    bool stale; /* a membership has changed since chat was asked */
};

struct user_ask {
    struct gateway *gw;
    uint64_t user;
};

static void ask_channels(struct session *s);

static void leave_line(struct gateway *gw, struct opening *o)
{
    pal_list_remove(&o->in_line);
    pal_metric_set(gw->admission.line_gauge, (int64_t)--gw->admission.waiting);
}

void open_free(struct session *s)
{
    struct opening *o = s->opening;
    if (!o)
        return;
    if (o->asking)
        s->gw->admission.asking--;
    else
        leave_line(s->gw, o);
    json_decref(o->channels);
    free(o);
    s->opening = NULL;
}

/* Drops s; the request is to be answered by the caller. */
static struct pal_http *let_go(struct session *s)
{
    struct pal_http *http = s->opening->http;
    pal_metric_add(s->gw->metrics.refused, 1);
    if (http)
        pal_http_set_data(http, NULL, NULL);
    session_drop(s);
    return http;
}

static void fail(struct session *s, struct pal_error *err)
{
    if (err->def->code == PAL_UNAVAILABLE || err->def->code == PAL_TIMEOUT)
        err->retry_after_ms = admission_retry_ms(s->gw);
    struct pal_http *http = let_go(s);
    if (http)
        pal_http_fail(http, err);
}

static void refuse(struct session *s, const char *why)
{
    struct pal_error err;
    pal_error_clear(&err);
    (void)pal_error_set(&err, &pal_err_service_unavailable, "%s", why);
    fail(s, &err);
}

void open_refuse(struct session *s)
{
    refuse(s, "the gateway is restarting, or the session has ended");
}

/* ---- the handshake ---- */

static void on_upgraded(void *arg, int fd, struct pal_str early)
{
    struct session *s = arg;
    /* It may have been ended while the handshake was answered. */
    if (fd < 0 || s->state == SESSION_ENDING) {
        session_drop(s);
        if (fd >= 0)
            (void)close(fd);
        return;
    }
    session_live(s, fd, early);
}

static void on_gone(void *arg)
{
    struct session *s = arg;
    s->opening->http = NULL;
    session_drop(s);
}

static void proceed(struct session *s)
{
    struct opening *o = s->opening;
    if (o->waiting)
        return;
    if (o->stale && o->asked < ASK_AGAIN_MAX) {
        ask_channels(s);
        return;
    }
    struct pal_http *http = o->http;
    open_subscribe(s, o->channels);
    s->state = SESSION_UPGRADING;
    o->http = NULL;
    pal_http_set_data(http, NULL, NULL);
    pal_http_upgrade(http, on_upgraded, s);
}

/* ---- asking ---- */

static void on_channels(struct ticket *t, enum pal_code code, const struct pal_frame *reply)
{
    struct session *s = ticket_close(t);
    free(t);
    if (!s)
        return;
    struct opening *o = s->opening;
    o->waiting &= ~(unsigned)WAIT_CHANNELS;
    json_t *body = upstream_body(code, reply);
    json_decref(o->channels);
    o->channels = json_incref(json_object_get(body, "channels"));
    json_decref(body);
    if (json_is_array(o->channels)) {
        proceed(s);
        return;
    }
    if (code == PAL_OK && reply && reply->status >= 400) {
        pal_http_reply(let_go(s), reply);
        return;
    }
    struct pal_error err;
    upstream_error(code, &err);
    fail(s, &err);
}

static void channels_reply(void *arg, enum pal_code code, const struct pal_frame *reply)
{
    struct ticket *t = arg;
    t->done(t, code, reply);
}

static void ask_channels(struct session *s)
{
    struct opening *o = s->opening;
    struct ticket *t = calloc(1, sizeof *t);
    struct pal_caller caller;
    if (!t) {
        open_refuse(s);
        return;
    }
    t->done = on_channels;
    o->waiting |= WAIT_CHANNELS;
    o->stale = false;
    o->asked++;
    session_ticket(s, t);
    session_caller(s, &caller);
    json_t *body =
        s->channel ? json_pack("{sI}", "channel_id", (json_int_t)s->channel) : json_object();
    uint8_t trace[16];
    pal_http_trace(o->http, trace);
    upstream_request_of(s->gw, trace, &pal_cmd_session_open, s->channel, &caller, body,
                        channels_reply, t);
}

static struct session *first_waiting(const struct person *p)
{
    PAL_LIST_EACH(it, (struct pal_list *)(uintptr_t)&p->sessions) {
        struct session *s = PAL_CONTAINER(it, struct session, in_person);
        if (s->state == SESSION_OPENING && (s->opening->waiting & WAIT_USER))
            return s;
    }
    return NULL;
}

/* Looked up anew each time: a session that cannot go on takes its person with it. */
static void user_is_known(struct gateway *gw, uint64_t user)
{
    struct person *p;
    struct session *s;
    while ((p = person_find(&gw->people, user)) && (s = first_waiting(p))) {
        s->opening->waiting &= ~(unsigned)WAIT_USER;
        proceed(s);
    }
}

/* Names and language are a courtesy: without auth the session opens without them. */
static void on_user(void *arg, enum pal_code code, const struct pal_frame *reply)
{
    struct user_ask *ask = arg;
    struct gateway *gw = ask->gw;
    uint64_t user_id = ask->user;
    struct person *p = person_find(&gw->people, user_id);
    free(ask);
    if (!p || gw->stopped)
        return;
    json_t *body = upstream_body(code, reply);
    const json_t *user = json_array_get(json_object_get(body, "items"), 0);
    p->asked = false;
    if (user) {
        person_learn(p, user);
        presence_chosen(gw->presence, p->org->id, p->user, pal_json_str(user, "status"));
    }
    json_decref(body);
    user_is_known(gw, user_id);
}

static void ask_user(struct session *s)
{
    struct person *p = s->person;
    struct user_ask *ask = p->asked ? NULL : malloc(sizeof *ask);
    s->opening->waiting |= WAIT_USER;
    if (p->asked)
        return;
    if (!ask) {
        s->opening->waiting &= ~(unsigned)WAIT_USER;
        return;
    }
    *ask = (struct user_ask){s->gw, p->user};
    p->asked = true;
    upstream_request(s->gw, &pal_cmd_user_by_ids, 0, NULL,
                     json_pack("{sIs[I]}", "organization_id", (json_int_t)p->org->id, "ids",
                               (json_int_t)p->user),
                     on_user, ask);
}

void open_stale(struct session *s)
{
    if (s->opening && s->state == SESSION_OPENING)
        s->opening->stale = true;
}

void open_start(struct session *s, struct pal_http *r, int64_t since)
{
    struct opening *o = calloc(1, sizeof *o);
    struct pal_error err;
    if (!o) {
        session_drop(s);
        upstream_error(PAL_INTERNAL, &err);
        pal_http_fail(r, &err);
        return;
    }
    *o = (struct opening){.http = r,
                          .session = s,
                          .since = since,
                          .came_ms = pal_loop_now(s->gw->loop),
                          .waiting = WAIT_CHANNELS};
    s->opening = o;
    pal_http_set_data(r, s, on_gone);
    struct admission *a = &s->gw->admission;
    pal_list_append(&a->line, &o->in_line);
    pal_metric_set(a->line_gauge, (int64_t)++a->waiting);
}

static void begin(struct session *s)
{
    leave_line(s->gw, s->opening);
    s->opening->asking = true;
    s->gw->admission.asking++;
    if (!s->person->known)
        ask_user(s);
    /* Last: it may fail at once, and s is gone then. */
    ask_channels(s);
}

void open_turn(struct gateway *gw)
{
    struct admission *a = &gw->admission;
    while (!pal_list_empty(&a->line)) {
        const struct opening *o = PAL_CONTAINER(a->line.next, struct opening, in_line);
        if (pal_loop_now(gw->loop) - o->came_ms > LINE_MS)
            refuse(o->session, "too many come at once");
        else if (a->asking < ADMISSION_ASKING_MAX)
            begin(o->session);
        else
            return;
    }
}

/* ---- subscribing and greeting ---- */

void open_subscribe(struct session *s, const json_t *channels)
{
    struct gateway *gw = s->gw;
    int64_t now = pal_loop_now(gw->loop);
    size_t i;
    json_t *item;
    json_array_foreach(channels, i, item) {
        uint64_t id = (uint64_t)pal_json_int(item, "channel_id", 0);
        uint64_t head = (uint64_t)pal_json_int(item, "head_seq", 0);
        uint64_t joined = (uint64_t)pal_json_int(item, "joined_seq", 0);
        if (s->kind == SESSION_NOTES) {
            (void)fanout_listen(&gw->fanout, &s->subscriber, id);
            continue;
        }
        /* To a client that is told the heads in its first frame the past is not sent; a membership
         * that was found later begins with the own user_joined. */
        uint64_t pos = s->greeted && joined > 0 ? joined - 1 : head;
        struct subscription *sub =
            fanout_subscribe(&gw->fanout, &s->subscriber, id, pos, head, now);
        if (sub)
            sub->floor = joined > 0 ? joined - 1 : 0;
    }
}

static json_t *hello(struct session *s)
{
    char now[PAL_ISO_LEN + 1];
    pal_iso_format(pal_now_ms(), now);
    struct spread spread = admission_spread_of(s->gw);
    return json_pack("{sssosIsIsss{sIsI}sO}", "type", "hello", "user",
                     person_json(s->person, s->role), "session_id", (json_int_t)s->session_id,
                     "heartbeat_interval", (json_int_t)s->gw->config->heartbeat_ms, "server_time",
                     now, "reconnect", "min_ms", (json_int_t)spread.min_ms, "max_ms",
                     (json_int_t)spread.max_ms, "channels", s->opening->channels);
}

static json_t *room_entered(struct session *s)
{
    const json_t *channel = json_array_get(s->opening->channels, 0);
    json_int_t head = pal_json_int(channel, "head_seq", 0);
    json_int_t position = s->opening->since >= 0 ? s->opening->since : head;
    return json_pack("{sssIsIsosbsIsIsO*}", "type", "user_joined", "channel_id",
                     (json_int_t)s->channel, "user_id", (json_int_t)s->subscriber.user, "user",
                     person_json(s->person, s->role), "self", 1, "head_seq", head, "position",
                     position, "channel", channel);
}

void open_greet(struct session *s)
{
    session_tell(s, s->kind == SESSION_CHANNEL ? room_entered(s) : hello(s));
    struct subscription *sub =
        s->kind == SESSION_CHANNEL ? fanout_find(&s->subscriber, s->channel) : NULL;
    if (sub && s->opening->since >= 0)
        session_resume(s, sub, (uint64_t)s->opening->since);
    open_free(s);
}
