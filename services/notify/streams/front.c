/* Hooks of the front thread: who is woken by what, heartbeats, the end. */
#include "streams/front.h"

#include "base/clock.h"
#include "gen/catalogue.h"
#include "settings.h"
#include "streams/tail.h"

#include <stdlib.h>

enum { TICK_MS = 5000, HEARTBEAT_MS = 15000, LOOK_MS = 500 };

static bool may_stay(const struct streams *home, const struct stream *s)
{
    return s->claims.expires_at * 1000 > pal_now_ms() &&
           pal_revocations_admit(&home->front.revoked, &s->claims);
}

static void on_wake(struct pal_timer *t)
{
    struct streams *home = PAL_CONTAINER(t, struct streams, wake);
    PAL_LIST_EACH(it, &home->all) {
        struct stream *s = PAL_CONTAINER(it, struct stream, link);
        if (s->out && s->dirty)
            stream_ask(s);
    }
    if (home->tail_dirty)
        tail_ask(home);
}

/* Other replicas' notifications are told to nobody here, and a wake may be lost: one cheap question
 * for all streams. */
static void on_look(struct pal_timer *t)
{
    struct streams *home = PAL_CONTAINER(t, struct streams, look);
    tail_ask(home);
    pal_timer_arm(home->front.loop, t, LOOK_MS);
}

/* Also wakes the streams of activity: events of the bus may be lost. */
static void on_tick(struct pal_timer *t)
{
    struct streams *home = PAL_CONTAINER(t, struct streams, tick);
    int64_t now = pal_loop_now(home->front.loop);
    PAL_LIST_EACH(it, &home->all) {
        struct stream *s = PAL_CONTAINER(it, struct stream, link);
        if (!s->out)
            continue;
        if (!may_stay(home, s)) {
            stream_close(s);
            continue;
        }
        if (now - s->written_ms >= HEARTBEAT_MS && !stream_write(s, PAL_STR(": heartbeat\n\n")))
            continue;
        if (s->kind == STREAM_ACTIVITY)
            stream_wake(s);
    }
    pal_timer_arm(home->front.loop, t, TICK_MS);
}

static const struct pal_http_special specials[] = {
    {.method = "GET",
     .path = "/notifications",
     .fn = stream_open_notifications,
     .when = wants_stream},
    {.method = "GET", .path = "/sse/activity/{channel_id}", .fn = stream_open_activity},
};

static enum pal_code front_setup(struct pal_service *service, struct pal_loop *loop, void **state,
                                 struct pal_error *err)
{
    const struct notify_settings *settings = pal_service_settings(service);
    struct streams *home = calloc(1, sizeof *home);
    if (!home)
        return pal_error_set(err, &pal_err_service_internal, "no memory for the front");
    pal_list_init(&home->all);
    pal_map_init(&home->people);
    home->level = -1;
    home->max_per_person = settings->streams_per_person;
    enum pal_code code =
        pal_local_front_init(&home->front, service, loop, PAL_OWNER_NOTIFY, &settings->front,
                             specials, sizeof specials / sizeof *specials, err);
    if (code != PAL_OK) {
        pal_map_fini(&home->people);
        free(home);
        return code;
    }
    home->wake.fn = on_wake;
    home->look.fn = on_look;
    home->tick.fn = on_tick;
    pal_timer_arm(loop, &home->look, LOOK_MS);
    pal_timer_arm(loop, &home->tick, TICK_MS);
    *state = home;
    return PAL_OK;
}

static void front_drain(void *state)
{
    struct streams *home = state;
    home->draining = true;
    pal_front_stop_accepting(home->front.front);
    PAL_LIST_EACH(it, &home->all) {
        struct stream *s = PAL_CONTAINER(it, struct stream, link);
        if (!s->gone)
            stream_close(s);
    }
}

static bool front_drained(void *state)
{
    const struct streams *home = state;
    return home->asked == 0 && pal_front_open(home->front.front) == 0;
}

static void front_teardown(void *state)
{
    struct streams *home = state;
    pal_timer_stop(home->front.loop, &home->wake);
    pal_timer_stop(home->front.loop, &home->look);
    pal_timer_stop(home->front.loop, &home->tick);
    pal_local_front_fini(&home->front);
    pal_map_fini(&home->people);
    free(home);
}

/* A notification of our own was committed. Thousands of these come in a second: whom it is for is
 * looked at when they are told, all together. */
static void front_published(void *state, const struct pal_frame *event)
{
    if (event->id == PAL_EV_NOTIFICATION_CREATED)
        tail_wake(state);
}

static void wake_channel(struct streams *home, uint64_t channel)
{
    PAL_LIST_EACH(it, &home->all) {
        struct stream *s = PAL_CONTAINER(it, struct stream, link);
        if (s->out && s->kind == STREAM_ACTIVITY && s->channel == channel)
            stream_wake(s);
    }
}

/* Whoever leaves a channel, or is put out of it, follows it no longer. */
static void member_left(struct streams *home, const struct pal_frame *event)
{
    PAL_LIST_EACH(it, &home->all) {
        struct stream *s = PAL_CONTAINER(it, struct stream, link);
        if (!s->gone && s->kind == STREAM_ACTIVITY && s->channel == event->channel &&
            s->claims.user == event->caller.user)
            stream_close(s);
    }
}

static void close_revoked(struct streams *home)
{
    PAL_LIST_EACH(it, &home->all) {
        struct stream *s = PAL_CONTAINER(it, struct stream, link);
        if (!s->gone && !may_stay(home, s))
            stream_close(s);
    }
}

static void front_peer_event(void *state, const struct pal_frame *event)
{
    struct streams *home = state;
    pal_local_front_peer_event(&home->front, event);
    if (event->id == PAL_EV_SESSION_REVOKED)
        close_revoked(home);
    else if (event->id == PAL_EV_MEMBER_LEFT)
        member_left(home, event);
    else if (event->channel && event->seq)
        wake_channel(home, event->channel);
}

const struct pal_service_front notify_front = {
    .setup = front_setup,
    .drain = front_drain,
    .drained = front_drained,
    .teardown = front_teardown,
    .published = front_published,
    .peers = 1U << PAL_OWNER_AUTH |
             1U << PAL_OWNER_CHAT, /* who left; what streams of activity wait for */
    .peer_event = front_peer_event,
};
