/* The gateway's clock. */
#include "ticks.h"

#include "base/clock.h"
#include "gateway.h"
#include "presence.h"
#include "session.h"
#include "ws_frame.h"

static struct gateway *of(struct ticks *t)
{
    return PAL_CONTAINER(t, struct gateway, ticks);
}

static void expire_slot(struct pal_list *slot, int64_t now_s)
{
    PAL_LIST_EACH(it, slot) {
        struct session *s = PAL_CONTAINER(it, struct session, in_expiry);
        if (s->expires_s <= now_s)
            session_end(s, CLOSE_TOKEN, "the token has expired: refresh it and reconnect");
    }
}

static void expire(struct ticks *t)
{
    int64_t now_s = pal_now_ms() / 1000;
    if (now_s - t->expiry_s > EXPIRY_SLOTS)
        t->expiry_s = now_s - EXPIRY_SLOTS;
    while (t->expiry_s < now_s) {
        t->expiry_s++;
        expire_slot(&t->expiry[t->expiry_s % EXPIRY_SLOTS], now_s);
    }
}

static void on_second(struct pal_timer *timer)
{
    struct ticks *t = PAL_CONTAINER(timer, struct ticks, second);
    struct gateway *gw = of(t);
    int64_t now = pal_loop_now(gw->loop);
    ws_io_tick(&gw->io, now);
    fanout_expire(&gw->fanout, now);
    revoked_tick(&gw->revoked, now);
    expire(t);
    pal_timer_arm(gw->loop, timer, 1000);
}

/* A peer that was silent for two beats, pings included, is gone. */
static void beat(struct gateway *gw, struct session *s, struct pal_blob *ping)
{
    int64_t silent = pal_loop_now(gw->loop) - s->conn.heard_ms;
    if (silent > 2 * gw->config->heartbeat_ms + gw->config->heartbeat_ms / 4)
        ws_conn_abort(&s->conn);
    else
        ws_conn_send(&s->conn, ping);
}

static void on_beat(struct pal_timer *timer)
{
    struct ticks *t = PAL_CONTAINER(timer, struct ticks, beat);
    struct gateway *gw = of(t);
    struct pal_blob *ping = ws_frame_ping();
    PAL_LIST_EACH(it, &t->beats[t->beat_at])
        beat(gw, PAL_CONTAINER(it, struct session, in_beat), ping);
    pal_blob_unref(ping);
    t->beat_at = (t->beat_at + 1) % BEAT_SLOTS;
    pal_timer_arm(gw->loop, timer, gw->config->heartbeat_ms / BEAT_SLOTS);
}

static void on_presence(struct pal_timer *timer)
{
    struct ticks *t = PAL_CONTAINER(timer, struct ticks, presence);
    struct gateway *gw = of(t);
    presence_tick(gw->presence, pal_loop_now(gw->loop));
    pal_timer_arm(gw->loop, timer, PRESENCE_COALESCE_MS);
}

static void on_hold(struct pal_timer *timer)
{
    struct ticks *t = PAL_CONTAINER(timer, struct ticks, hold);
    struct gateway *gw = of(t);
    int64_t now = pal_loop_now(gw->loop);
    PAL_LIST_EACH(it, &t->held) {
        struct session *s = PAL_CONTAINER(it, struct session, in_held);
        int64_t left = s->held_ms + SESSION_HOLD_MS - now;
        if (left > 0) {
            pal_timer_arm(gw->loop, timer, left);
            return;
        }
        session_release(s);
    }
}

void ticks_start(struct gateway *gw)
{
    struct ticks *t = &gw->ticks;
    for (size_t i = 0; i < BEAT_SLOTS; i++)
        pal_list_init(&t->beats[i]);
    for (size_t i = 0; i < EXPIRY_SLOTS; i++)
        pal_list_init(&t->expiry[i]);
    pal_list_init(&t->held);
    pal_list_init(&t->patient);
    t->expiry_s = pal_now_ms() / 1000;
    t->second.fn = on_second;
    t->beat.fn = on_beat;
    t->presence.fn = on_presence;
    t->hold.fn = on_hold;
    presence_tick(gw->presence, pal_mono_ms());
    pal_timer_arm(gw->loop, &t->second, 1000);
    pal_timer_arm(gw->loop, &t->beat, gw->config->heartbeat_ms / BEAT_SLOTS);
    pal_timer_arm(gw->loop, &t->presence, PRESENCE_COALESCE_MS);
}

void ticks_stop(struct gateway *gw)
{
    struct ticks *t = &gw->ticks;
    pal_timer_stop(gw->loop, &t->second);
    pal_timer_stop(gw->loop, &t->beat);
    pal_timer_stop(gw->loop, &t->presence);
    pal_timer_stop(gw->loop, &t->hold);
}

void ticks_join(struct gateway *gw, struct session *s)
{
    struct ticks *t = &gw->ticks;
    /* The slot that was just served: its first ping is a whole beat away. */
    pal_list_append(&t->beats[(t->beat_at + BEAT_SLOTS - 1) % BEAT_SLOTS], &s->in_beat);
    /* One that expires in a second that has been looked at already goes to the next. */
    int64_t due = s->expires_s > t->expiry_s ? s->expires_s : t->expiry_s + 1;
    pal_list_append(&t->expiry[due % EXPIRY_SLOTS], &s->in_expiry);
}

void ticks_hold(struct gateway *gw, struct session *s)
{
    struct ticks *t = &gw->ticks;
    if (s->resumes) {
        pal_list_append(&t->patient, &s->in_held);
        return;
    }
    bool first = pal_list_empty(&t->held);
    s->held_ms = pal_loop_now(gw->loop);
    pal_list_append(&t->held, &s->in_held);
    if (first)
        pal_timer_arm(gw->loop, &t->hold, SESSION_HOLD_MS);
}
