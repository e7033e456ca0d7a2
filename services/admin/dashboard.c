/* /sse/dashboard (REQUIREMENTS G6): every 5 s the figures of the viewer's organisation, read once
 * for all of its viewers. */
#include "dashboard.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/list.h"
#include "front/local_front.h"
#include "gen/catalogue.h"
#include "settings.h"

#include <stdlib.h>

enum { EVERY_MS = 5000, STREAMS_MAX = 500 };

struct dashboard {
    struct pal_local_front front; /* first: the context of the special routes */
    struct pal_timer tick;
    struct pal_list streams;
    size_t n;
    unsigned asked; /* questions in the lanes */
    bool draining;
};

struct viewer {
    struct pal_list link;
    struct dashboard *dashboard;
    struct pal_stream *stream;
    struct pal_claims claims;
    bool waits; /* for the answer of a question that was asked */
};

static void viewer_free(struct viewer *v)
{
    pal_list_remove(&v->link);
    v->dashboard->n--;
    free(v);
}

static void on_closed(void *data)
{
    viewer_free(data);
}

static void viewer_close(struct viewer *v)
{
    pal_stream_close(v->stream);
    viewer_free(v);
}

/* user: who has just come and asks for himself; 0: it is asked for all. */
struct question {
    struct dashboard *dashboard;
    uint64_t org, user;
};

static void close_person(struct dashboard *d, uint64_t user)
{
    PAL_LIST_EACH(it, &d->streams) {
        struct viewer *v = PAL_CONTAINER(it, struct viewer, link);
        if (v->claims.user == user)
            viewer_close(v);
    }
}

/* A reply that is not 200 is left out: the next is due in 5 s, and a heartbeat keeps the stream
 * alive. */
static void send_figures(struct viewer *v, const struct pal_frame *reply)
{
    struct pal_buf text;
    pal_buf_init(&text, PAL_FRAME_BODY_MAX + 64);
    if (reply->status == 200) {
        pal_buf_z(&text, "event: dashboard\ndata: ");
        pal_buf_str(&text, reply->body);
        pal_buf_z(&text, "\n\n");
    } else {
        pal_buf_z(&text, ": heartbeat\n\n");
    }
    bool ok = pal_stream_write(v->stream, pal_buf_view(&text));
    pal_buf_fini(&text);
    if (!ok)
        viewer_close(v);
}

static void on_figures(void *arg, const struct pal_frame *reply)
{
    struct question *q = arg;
    q->dashboard->asked--;
    if (q->user && reply->status == 403) /* his token is older than his role */
        close_person(q->dashboard, q->user);
    PAL_LIST_EACH(it, &q->dashboard->streams) {
        struct viewer *v = PAL_CONTAINER(it, struct viewer, link);
        if (v->waits && v->claims.org == q->org) {
            v->waits = false;
            send_figures(v, reply);
        }
    }
    free(q);
}

static void ask(struct dashboard *d, uint64_t org, uint64_t user)
{
    struct question *q = calloc(1, sizeof *q);
    if (!q)
        return;
    *q = (struct question){d, org, user};
    d->asked++;
    struct pal_frame request = {.kind = PAL_KIND_REQUEST,
                                .id = PAL_CMD_DASHBOARD_GET,
                                .caller = {.user = user, .org = org, .role = PAL_ROLE_SERVICE},
                                .deadline_ms = (uint64_t)(pal_now_ms() + EVERY_MS),
                                .body = PAL_STR("{}")};
    pal_service_submit(d->front.service, &request, d->front.loop, on_figures, q);
}

static bool may_stay(const struct dashboard *d, const struct viewer *v)
{
    return v->claims.expires_at * 1000 > pal_now_ms() &&
           pal_revocations_admit(&d->front.revoked, &v->claims);
}

static void close_ended(struct dashboard *d)
{
    PAL_LIST_EACH(it, &d->streams) {
        struct viewer *v = PAL_CONTAINER(it, struct viewer, link);
        if (!may_stay(d, v))
            viewer_close(v);
    }
}

static void wait_all_of(struct dashboard *d, uint64_t org)
{
    PAL_LIST_EACH(it, &d->streams) {
        struct viewer *v = PAL_CONTAINER(it, struct viewer, link);
        v->waits = v->waits || v->claims.org == org;
    }
}

/* Once for each organisation that has viewers who are not waiting already. */
static void ask_for_all(struct dashboard *d)
{
    PAL_LIST_EACH(it, &d->streams) {
        const struct viewer *v = PAL_CONTAINER(it, struct viewer, link);
        if (v->waits)
            continue;
        ask(d, v->claims.org, 0);
        wait_all_of(d, v->claims.org);
    }
}

static void on_tick(struct pal_timer *t)
{
    struct dashboard *d = PAL_CONTAINER(t, struct dashboard, tick);
    close_ended(d);
    ask_for_all(d);
    pal_timer_arm(d->front.loop, t, EVERY_MS);
}

static void refuse(struct pal_http *r, const struct pal_err_def *def, const char *why)
{
    struct pal_error err = {0};
    (void)pal_error_set(&err, def, "%s", why);
    pal_http_fail(r, &err);
}

/* GET /sse/dashboard */
static void dashboard_open(void *ctx, struct pal_http *r)
{
    struct dashboard *d = ctx;
    struct pal_claims claims;
    if (!pal_http_authenticate(r, &claims) || !pal_http_limit(r, "connect", &claims))
        return;
    struct viewer *v = NULL;
    if (claims.role < PAL_ROLE_ADMIN)
        refuse(r, &pal_err_access_denied, "the dashboard is for administrators");
    else if (d->n >= STREAMS_MAX || d->draining || !(v = calloc(1, sizeof *v)))
        refuse(r, &pal_err_service_unavailable, "too many dashboards are open");
    if (!v)
        return;
    *v = (struct viewer){.dashboard = d, .claims = claims, .waits = true};
    pal_list_append(&d->streams, &v->link);
    d->n++;
    v->stream = pal_http_stream(r, "text/event-stream", on_closed, v);
    if (!v->stream) {
        viewer_free(v);
        return;
    }
    if (!pal_stream_write(v->stream, PAL_STR("retry: 2000\n\n")))
        viewer_close(v);
    else
        ask(d, claims.org, claims.user);
}

static const struct pal_http_special specials[] = {
    {.method = "GET", .path = "/sse/dashboard", .fn = dashboard_open},
};

static enum pal_code front_setup(struct pal_service *s, struct pal_loop *loop, void **state,
                                 struct pal_error *err)
{
    const struct admin_settings *settings = pal_service_settings(s);
    struct dashboard *d = calloc(1, sizeof *d);
    if (!d)
        return pal_error_set(err, &pal_err_service_internal, "no memory for the front");
    pal_list_init(&d->streams);
    enum pal_code code = pal_local_front_init(&d->front, s, loop, PAL_OWNER_ADMIN, &settings->front,
                                              specials, sizeof specials / sizeof *specials, err);
    if (code != PAL_OK) {
        free(d);
        return code;
    }
    d->tick.fn = on_tick;
    pal_timer_arm(loop, &d->tick, EVERY_MS);
    *state = d;
    return PAL_OK;
}

static void front_drain(void *state)
{
    struct dashboard *d = state;
    d->draining = true;
    pal_front_stop_accepting(d->front.front);
    PAL_LIST_EACH(it, &d->streams) {
        viewer_close(PAL_CONTAINER(it, struct viewer, link));
    }
}

static bool front_drained(void *state)
{
    const struct dashboard *d = state;
    return d->asked == 0 && pal_front_open(d->front.front) == 0;
}

static void front_teardown(void *state)
{
    struct dashboard *d = state;
    pal_timer_stop(d->front.loop, &d->tick);
    pal_local_front_fini(&d->front);
    free(d);
}

/* Whoever is no administrator any more looks no longer. */
static void role_changed(struct dashboard *d, const struct pal_frame *event)
{
    char why[80];
    json_t *user = pal_json_parse(event->body, why);
    if (pal_role_parse(pal_json_str(user, "role")) < PAL_ROLE_ADMIN)
        close_person(d, (uint64_t)pal_json_int(user, "id", 0));
    json_decref(user);
}

static void front_peer_event(void *state, const struct pal_frame *event)
{
    struct dashboard *d = state;
    pal_local_front_peer_event(&d->front, event);
    if (event->id == PAL_EV_SESSION_REVOKED)
        close_ended(d);
    else if (event->id == PAL_EV_USER_UPDATED)
        role_changed(d, event);
}

const struct pal_service_front admin_front = {
    .setup = front_setup,
    .drain = front_drain,
    .drained = front_drained,
    .teardown = front_teardown,
    .peers = 1U << PAL_OWNER_AUTH,
    .peer_event = front_peer_event,
};
