/* Audience and language of notifications. Those to groups carry their text in both languages. */
#include "notification.h"

#include "gateway.h"
#include "session.h"
#include "ws_frame.h"

struct texts {
    const json_t *body;
    struct pal_blob *frame[2]; /* English, Spanish; made when needed */
    uint64_t actor;
};

/* The body with `text` in one language in place of `texts`. */
static struct pal_blob *render(const json_t *body, bool spanish)
{
    const json_t *texts = json_object_get(body, "texts");
    json_t *text = json_object_get(texts, spanish ? "es" : "en");
    if (!text)
        return ws_frame_json(json_incref((json_t *)(uintptr_t)body));
    json_t *copy = json_copy((json_t *)(uintptr_t)body);
    json_t *inner = json_copy(json_object_get(body, "notification"));
    (void)json_object_set(inner, "text", text);
    (void)json_object_set_new(copy, "notification", inner);
    (void)json_object_del(copy, "texts");
    return ws_frame_json(copy);
}

static void send(struct texts *t, struct session *s)
{
    bool spanish = s->person->spanish;
    if (!s->greeted)
        return;
    if (!t->frame[spanish])
        t->frame[spanish] = render(t->body, spanish);
    ws_conn_send(&s->conn, t->frame[spanish]);
}

static void to_person(struct texts *t, struct person *p, bool notes_only)
{
    PAL_LIST_EACH(it, &p->sessions) {
        struct session *s = PAL_CONTAINER(it, struct session, in_person);
        if (s->kind == SESSION_NOTES || (s->kind == SESSION_ALL && !notes_only))
            send(t, s);
    }
}

static void to_channel(struct texts *t, struct channel *ch)
{
    PAL_LIST_EACH(it, &ch->listeners) {
        struct subscription *sub = PAL_CONTAINER(it, struct subscription, in_channel);
        struct session *s = PAL_CONTAINER(sub->subscriber, struct session, subscriber);
        if (s->subscriber.user != t->actor)
            send(t, s);
    }
}

static void to_org(struct texts *t, struct org *o)
{
    PAL_LIST_EACH(it, &o->persons) {
        struct person *p = PAL_CONTAINER(it, struct person, in_org);
        if (p->user != t->actor)
            to_person(t, p, true);
    }
}

static void tell(const struct pal_frame *e, struct person *p, struct channel *ch, struct org *o)
{
    char why[80];
    json_t *body = pal_json_parse(e->body, why);
    struct texts t = {.body = body};
    t.actor = (uint64_t)pal_json_int(json_object_get(body, "notification"), "actor_id", 0);
    if (body && p)
        to_person(&t, p, false);
    else if (body && ch)
        to_channel(&t, ch);
    else if (body && o)
        to_org(&t, o);
    pal_blob_unref(t.frame[0]);
    pal_blob_unref(t.frame[1]);
    json_decref(body);
}

void notification_route(struct gateway *gw, const struct pal_frame *e)
{
    /* One comes with each message: it is read only when somebody here is to be told. */
    struct person *p = e->caller.user ? person_find(&gw->people, e->caller.user) : NULL;
    bool to_members = !e->caller.user && e->channel;
    struct channel *ch = to_members ? fanout_channel(&gw->fanout, e->channel) : NULL;
    bool to_all = !e->caller.user && !e->channel;
    struct org *o = to_all ? pal_map_get(&gw->people.orgs, e->caller.org) : NULL;
    if (p || o || (ch && !pal_list_empty(&ch->listeners)))
        tell(e, p, ch, o);
}
