/* The front thread of a service with HTTP of its own: a loop made here, the hooks of struct
 * pal_service_front on it, and the ways in from other threads: own events after their commit,
 * events of peers, the end. */
#include "service/process.h"

#include "base/clock.h"
#include "loop/loop.h"

#include <stdlib.h>
#include <string.h>

enum { DRAIN_MS = 5000, DRAIN_LOOK_MS = 50 };

struct peer_feed {
    struct pal_front_thread *front;
    struct pal_bus_client *client; /* subscribed, dispatched on the loop */
};

struct pal_front_thread {
    struct pal_service *service;
    const struct pal_service_front *hooks;
    struct pal_loop *loop;
    pthread_t thread;
    bool running;
    void *state; /* the hooks' */
    struct peer_feed feeds[PAL_OWNERS];
    struct pal_timer look; /* while draining */
    int64_t drain_end_ms;
    pthread_mutex_t lock; /* of the phase */
    pthread_cond_t changed;
    enum { FRONT_STARTING, FRONT_RUNNING, FRONT_FAILED, FRONT_DRAINED } phase;
    struct pal_error err;
};

static void set_phase(struct pal_front_thread *f, int phase)
{
    pthread_mutex_lock(&f->lock);
    f->phase = phase;
    pthread_cond_broadcast(&f->changed);
    pthread_mutex_unlock(&f->lock);
}

static int leave_phase(struct pal_front_thread *f, int phase)
{
    pthread_mutex_lock(&f->lock);
    while ((int)f->phase == phase)
        pthread_cond_wait(&f->changed, &f->lock);
    int now = (int)f->phase;
    pthread_mutex_unlock(&f->lock);
    return now;
}

/* ---- events of peers ---- */

static void on_peer_event(void *ctx, const struct pal_frame *event, struct pal_blob *blob)
{
    (void)blob;
    struct peer_feed *feed = ctx;
    feed->front->hooks->peer_event(feed->front->state, event);
}

static void on_peer_note(void *ctx, enum pal_bus_note note, unsigned replica)
{
    (void)ctx;
    (void)note;
    (void)replica;
}

static void dispatch_feed(void *arg)
{
    struct peer_feed *feed = arg;
    struct pal_bus_handlers handlers = {on_peer_event, on_peer_note, feed};
    if (feed->client)
        pal_bus_dispatch(feed->client, &handlers);
}

static void wake_feed(void *ctx)
{
    struct peer_feed *feed = ctx;
    pal_loop_post(feed->front->loop, dispatch_feed, feed);
}

static bool start_feed(struct pal_front_thread *f, unsigned owner, struct pal_error *err)
{
    const struct pal_service_config *c = pal_common(f->service);
    f->feeds[owner].front = f;
    struct pal_bus_client_config config = {.addresses = c->peer[owner],
                                           .security = {c->tls_ca[0] ? c->tls_ca : NULL,
                                                        c->tls_cert_key[0] ? c->tls_cert_key : NULL,
                                                        c->allow_plain},
                                           .name = f->service->spec->name,
                                           .service = pal_owner_name((enum pal_owner)owner),
                                           .subscribe = true,
                                           .wake = wake_feed,
                                           .ctx = &f->feeds[owner]};
    return pal_bus_client_start(&config, &f->feeds[owner].client, err) == PAL_OK;
}

static bool start_feeds(struct pal_front_thread *f, struct pal_error *err)
{
    for (unsigned owner = 0; owner < PAL_OWNERS; owner++)
        if (f->hooks->peer_event && f->hooks->peers & 1U << owner && !start_feed(f, owner, err))
            return false;
    return true;
}

struct pal_bus_client *pal_service_front_peer(const struct pal_service *s, enum pal_owner owner)
{
    const struct pal_front_thread *f = atomic_load(&s->front);
    return f ? f->feeds[owner].client : NULL;
}

static void stop_feeds(struct pal_front_thread *f)
{
    for (unsigned owner = 0; owner < PAL_OWNERS; owner++) {
        struct pal_bus_client *client = f->feeds[owner].client;
        f->feeds[owner].client = NULL;
        pal_bus_client_free(client);
    }
}

/* ---- own events ---- */

struct own_event {
    struct pal_front_thread *front;
    struct pal_frame frame;
    char body[];
};

static void deliver_own(void *arg)
{
    struct own_event *e = arg;
    e->front->hooks->published(e->front->state, &e->frame);
    free(e);
}

void pal_front_thread_publish(struct pal_service *s, const struct pal_frame *frames, size_t n)
{
    struct pal_front_thread *f = atomic_load(&s->front);
    for (size_t i = 0; f && f->hooks->published && i < n; i++) {
        struct own_event *e = malloc(sizeof *e + frames[i].body.n + 1);
        if (!e)
            return;
        e->front = f;
        e->frame = frames[i];
        memcpy(e->body, frames[i].body.p, frames[i].body.n);
        e->body[frames[i].body.n] = '\0';
        e->frame.body.p = e->body;
        if (!pal_loop_post(f->loop, deliver_own, e))
            free(e);
    }
}

/* ---- the thread ---- */

static void *front_thread(void *arg)
{
    struct pal_front_thread *f = arg;
    if (f->hooks->setup(f->service, f->loop, &f->state, &f->err) != PAL_OK) {
        set_phase(f, FRONT_FAILED);
        return NULL;
    }
    if (!start_feeds(f, &f->err)) {
        stop_feeds(f);
        f->hooks->teardown(f->state);
        set_phase(f, FRONT_FAILED);
        return NULL;
    }
    set_phase(f, FRONT_RUNNING);
    pal_loop_run(f->loop);
    stop_feeds(f);
    f->hooks->teardown(f->state);
    return NULL;
}

static void front_free(struct pal_front_thread *f)
{
    pal_loop_free(f->loop);
    pthread_cond_destroy(&f->changed);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

enum pal_code pal_front_thread_start(struct pal_service *s, struct pal_error *err)
{
    if (!s->spec->front)
        return PAL_OK;
    struct pal_front_thread *f = calloc(1, sizeof *f);
    if (!f || !(f->loop = pal_loop_new())) {
        free(f);
        return pal_error_set(err, &pal_err_service_internal, "no loop for the front");
    }
    f->service = s;
    f->hooks = s->spec->front;
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->changed, NULL);
    f->running = pal_thread_start(&f->thread, "front", front_thread, f);
    if (f->running && leave_phase(f, FRONT_STARTING) == FRONT_RUNNING) {
        atomic_store(&s->front, f);
        return PAL_OK;
    }
    if (f->running)
        pthread_join(f->thread, NULL);
    else
        pal_error_set(&f->err, &pal_err_service_internal, "no thread for the front");
    *err = f->err;
    front_free(f);
    return PAL_INTERNAL;
}

/* ---- the end ---- */

static void look_whether_drained(struct pal_timer *t)
{
    struct pal_front_thread *f = PAL_CONTAINER(t, struct pal_front_thread, look);
    if (pal_mono_ms() >= f->drain_end_ms || f->hooks->drained(f->state))
        set_phase(f, FRONT_DRAINED);
    else
        pal_timer_arm(f->loop, t, DRAIN_LOOK_MS);
}

static void begin_drain(void *arg)
{
    struct pal_front_thread *f = arg;
    f->drain_end_ms = pal_mono_ms() + DRAIN_MS;
    f->look.fn = look_whether_drained;
    f->hooks->drain(f->state);
    look_whether_drained(&f->look);
}

void pal_front_thread_drain(struct pal_service *s)
{
    struct pal_front_thread *f = atomic_load(&s->front);
    if (f && pal_loop_post(f->loop, begin_drain, f))
        leave_phase(f, FRONT_RUNNING);
}

void pal_front_thread_stop(struct pal_service *s)
{
    struct pal_front_thread *f = atomic_exchange(&s->front, NULL);
    if (!f)
        return;
    pal_loop_stop(f->loop);
    pthread_join(f->thread, NULL);
    front_free(f);
}
