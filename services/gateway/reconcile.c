/* Asking chat again for memberships. Leaving needs no question: it is an event in the channel's
 * log. */
#include "reconcile.h"

#include "gateway.h"
#include "gen/catalogue.h"
#include "open.h"
#include "session.h"

#include <stdlib.h>

enum { AT_A_TIME = 32 };

struct channels_ask {
    struct gateway *gw;
    uint64_t user;
};

static void next(struct gateway *gw);

static bool listed(const json_t *channels, uint64_t id)
{
    size_t i;
    json_t *item;
    json_array_foreach(channels, i, item)
        if ((uint64_t)pal_json_int(item, "channel_id", 0) == id)
            return true;
    return false;
}

/* Listeners have no log to learn from. */
static void unlisten(struct gateway *gw, struct session *s, const json_t *channels)
{
    PAL_LIST_EACH(it, &s->subscriber.subscriptions) {
        struct subscription *sub = PAL_CONTAINER(it, struct subscription, in_subscriber);
        if (sub->listener && !listed(channels, sub->channel->id))
            fanout_unsubscribe(&gw->fanout, sub);
    }
}

static void apply(struct gateway *gw, struct person *p, const json_t *channels)
{
    PAL_LIST_EACH(it, &p->sessions) {
        struct session *s = PAL_CONTAINER(it, struct session, in_person);
        if (s->state != SESSION_LIVE || s->kind == SESSION_CHANNEL)
            continue;
        unlisten(gw, s, channels);
        open_subscribe(s, channels);
    }
}

static void on_channels(void *arg, enum pal_code code, const struct pal_frame *reply)
{
    struct channels_ask *ask = arg;
    struct gateway *gw = ask->gw;
    struct person *p = person_find(&gw->people, ask->user);
    free(ask);
    gw->people.reconciling--;
    if (gw->stopped)
        return;
    json_t *body = upstream_body(code, reply);
    const json_t *channels = json_object_get(body, "channels");
    if (p && json_is_array(channels))
        apply(gw, p, channels);
    /* When chat goes away again, its return asks for everyone again. */
    json_decref(body);
    next(gw);
}

static const struct session *live_session(const struct person *p)
{
    PAL_LIST_EACH(it, (struct pal_list *)(uintptr_t)&p->sessions) {
        const struct session *s = PAL_CONTAINER(it, struct session, in_person);
        if (s->state == SESSION_LIVE && s->kind != SESSION_CHANNEL)
            return s;
    }
    return NULL;
}

static void ask(struct gateway *gw, struct person *p)
{
    const struct session *s = live_session(p);
    struct channels_ask *a = s ? malloc(sizeof *a) : NULL;
    if (!a)
        return;
    struct pal_caller caller;
    session_caller(s, &caller);
    *a = (struct channels_ask){gw, p->user};
    gw->people.reconciling++;
    upstream_request(gw, &pal_cmd_session_open, 0, &caller, json_object(), on_channels, a);
}

static void next(struct gateway *gw)
{
    struct pal_list *e;
    while (gw->people.reconciling < AT_A_TIME && (e = pal_list_pop(&gw->people.queue)))
        ask(gw, PAL_CONTAINER(e, struct person, in_queue));
}

void reconcile_all(struct gateway *gw)
{
    size_t at = 0;
    uint64_t user;
    void *value;
    while (pal_map_next(&gw->people.users, &at, &user, &value)) {
        struct person *p = value;
        PAL_LIST_EACH(it, &p->sessions)
            open_stale(PAL_CONTAINER(it, struct session, in_person));
        if (pal_list_empty(&p->in_queue))
            pal_list_append(&gw->people.queue, &p->in_queue);
    }
    next(gw);
}
