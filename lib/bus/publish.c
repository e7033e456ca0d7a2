/* The stream of events: one order for all subscribers, each frame numbered, encoded once and
 * shared. */
#include "bus/server.h"

#include "base/limits.h"
#include "bus/hello.h"

#include <stdio.h>

/* All functions here hold s->publish for the whole step, so that HELLO, events and heartbeats stand
 * in every queue in the order of their numbers. */

bool bus_greet(struct pal_bus_server *s, struct pal_bus_peer *p, const struct bus_hello *of)
{
    struct bus_hello hello = {.subscribe = of->subscribe, .wake = of->wake};
    (void)snprintf(hello.service, sizeof hello.service, "%s", s->name);
    (void)snprintf(hello.name, sizeof hello.name, "%s", s->name);
    pthread_mutex_lock(&s->publish);
    hello.stream = s->stream;
    struct pal_blob *blob = bus_hello_encode(&hello);
    bool ok =
        blob && s->n_greeted < BUS_PEERS_MAX && bus_link_send(&p->link, blob, false) == BUS_SENT;
    if (ok) {
        p->subscriber = of->subscribe && !of->wake;
        s->greeted[s->n_greeted++] = p;
    }
    pthread_mutex_unlock(&s->publish);
    pal_blob_unref(blob);
    return ok;
}

/* With s->publish held. */
static void wake(struct pal_bus_server *s, struct pal_bus_peer *p)
{
    struct pal_frame f = {.kind = PAL_KIND_HEARTBEAT, .request_id = s->stream};
    struct pal_blob *blob = bus_frame_blob(&f);
    p->armed = false;
    if (blob)
        (void)bus_link_send(&p->link, blob, false);
    pal_blob_unref(blob);
}

void bus_arm(struct pal_bus_server *s, struct pal_bus_peer *p, uint64_t seen)
{
    pthread_mutex_lock(&s->publish);
    p->armed = true;
    if (s->stream > seen)
        wake(s, p);
    pthread_mutex_unlock(&s->publish);
}

void bus_ungreet(struct pal_bus_server *s, struct pal_bus_peer *p)
{
    pthread_mutex_lock(&s->publish);
    for (size_t i = 0; i < s->n_greeted; i++)
        if (s->greeted[i] == p)
            s->greeted[i] = s->greeted[--s->n_greeted];
    pthread_mutex_unlock(&s->publish);
}

/* With s->publish held. */
static void send_buffer(struct pal_bus_server *s, struct pal_buf *b)
{
    struct pal_blob *blob = b->n > 0 && !b->failed ? pal_blob_new(b->p, b->n) : NULL;
    for (size_t i = 0; blob && i < s->n_greeted; i++)
        if (s->greeted[i]->subscriber)
            (void)bus_link_send(&s->greeted[i]->link, blob, true);
    pal_blob_unref(blob);
    pal_buf_clear(b);
}

/* With s->publish held. An event that cannot be encoded keeps its number: subscribers see the gap.
 */
static void add_event(struct pal_bus_server *s, struct pal_buf *b, const struct pal_frame *f)
{
    if (f->body.n > PAL_FRAME_BODY_MAX)
        return;
    if (b->n + PAL_FRAME_HEADER + f->body.n > PAL_BUS_BATCH_MAX)
        send_buffer(s, b);
    pal_frame_encode(f, b);
}

void pal_bus_publish(struct pal_bus_server *s, struct pal_frame *events, size_t n)
{
    struct pal_buf b;
    pal_buf_init(&b, PAL_BUS_BATCH_MAX);
    pthread_mutex_lock(&s->publish);
    for (size_t i = 0; i < n; i++) {
        events[i].kind = PAL_KIND_EVENT;
        events[i].request_id = ++s->stream;
        if (s->n_greeted > 0)
            add_event(s, &b, &events[i]);
    }
    send_buffer(s, &b);
    for (size_t i = 0; n > 0 && i < s->n_greeted; i++)
        if (s->greeted[i]->armed)
            wake(s, s->greeted[i]);
    pthread_mutex_unlock(&s->publish);
    pal_buf_fini(&b);
}

static void send_to_all(struct pal_bus_server *s, struct pal_blob *blob, bool droppable)
{
    for (size_t i = 0; blob && i < s->n_greeted; i++)
        (void)bus_link_send(&s->greeted[i]->link, blob, droppable);
    pal_blob_unref(blob);
}

void bus_heartbeat(struct pal_bus_server *s)
{
    pthread_mutex_lock(&s->publish);
    struct pal_frame f = {.kind = PAL_KIND_HEARTBEAT, .request_id = s->stream};
    send_to_all(s, s->n_greeted > 0 ? bus_frame_blob(&f) : NULL, true);
    pthread_mutex_unlock(&s->publish);
}

void bus_farewell(struct pal_bus_server *s)
{
    struct pal_frame f = {.kind = PAL_KIND_HELLO, .flags = PAL_FRAME_NOAUTH};
    pthread_mutex_lock(&s->publish);
    send_to_all(s, bus_frame_blob(&f), false);
    pthread_mutex_unlock(&s->publish);
}
