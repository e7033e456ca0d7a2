/* Life of a stream: opened by a request, fed by answers, ended by the client, the token or the
 * service. */
#include "streams/stream.h"

#include "base/clock.h"
#include "base/limits.h"
#include "domain/sse.h"
#include "gen/catalogue.h"

#include <stdio.h>
#include <stdlib.h>

enum { STREAMS_MAX = 8000, ANSWER_WITHIN_MS = 5000, COME_BACK_MS = 5000 };

bool wants_stream(const struct pal_http *r)
{
    struct pal_str accept = pal_http_header(r, "Accept");
    return accept.p && memmem(accept.p, accept.n, "text/event-stream", 17) != NULL;
}

static bool join_people(struct stream *s)
{
    s->same_user = pal_map_get(&s->home->people, s->claims.user);
    return pal_map_put(&s->home->people, s->claims.user, s);
}

static void leave_people(struct stream *s)
{
    struct stream *first = pal_map_get(&s->home->people, s->claims.user);
    if (first == s) {
        if (s->same_user)
            (void)pal_map_put(&s->home->people, s->claims.user, s->same_user); /* replaces */
        else
            (void)pal_map_del(&s->home->people, s->claims.user);
        return;
    }
    while (first && first->same_user != s)
        first = first->same_user;
    if (first)
        first->same_user = s->same_user;
}

static void stream_free(struct stream *s)
{
    leave_people(s);
    pal_list_remove(&s->link);
    s->home->n--;
    free(s);
}

/* Whatever happens, an answer that is still under way finds the stream and frees it. */
static void stream_end(struct stream *s)
{
    s->r = NULL;
    s->out = NULL;
    s->gone = true;
    if (!s->asking)
        stream_free(s);
}

static void on_client_gone(void *data)
{
    stream_end(data);
}

void stream_close(struct stream *s)
{
    if (s->out)
        pal_stream_close(s->out);
    else if (s->r) {
        struct pal_http *r = s->r;
        struct pal_error err = {0};
        (void)pal_error_set(&err, &pal_err_service_unavailable, "the service is ending");
        pal_http_set_data(r, NULL, NULL);
        pal_http_fail(r, &err);
    }
    stream_end(s);
}

bool stream_write(struct stream *s, struct pal_str bytes)
{
    s->written_ms = pal_loop_now(s->home->front.loop);
    if (pal_stream_write(s->out, bytes))
        return true;
    stream_close(s);
    return false;
}

void stream_wake(struct stream *s)
{
    s->dirty = true;
    if (s->home->wake.index == 0)
        pal_timer_arm(s->home->front.loop, &s->home->wake, STREAM_WAKE_MS);
}

static void on_answer(void *arg, const struct pal_frame *reply)
{
    struct stream *s = arg;
    s->home->asked--;
    s->asking = false;
    if (s->gone) {
        stream_free(s);
        return;
    }
    if (stream_answered(s, reply) && s->dirty)
        stream_ask(s);
}

static void ask(struct stream *s, uint16_t command, const char *body)
{
    struct pal_frame request = {.kind = PAL_KIND_REQUEST,
                                .id = command,
                                .caller = {.user = s->claims.user,
                                           .org = s->claims.org,
                                           .session = s->claims.session,
                                           .role = PAL_ROLE_SERVICE},
                                .deadline_ms = (uint64_t)(pal_now_ms() + ANSWER_WITHIN_MS),
                                .body = pal_str_of(body)};
    if (s->r) /* a refusal becomes the answer, with this request's id */
        pal_http_trace(s->r, request.trace);
    s->asking = true;
    s->dirty = false;
    s->home->asked++;
    pal_service_submit(s->home->front.service, &request, s->home->front.loop, on_answer, s);
}

/* The first question of an activity stream is whether its user may follow the channel at all. */
void stream_ask(struct stream *s)
{
    char body[96];
    if (s->asking)
        return;
    if (s->kind == STREAM_ACTIVITY && s->r) {
        snprintf(body, sizeof body, "{\"channel_id\":%llu}", (unsigned long long)s->channel);
        ask(s, PAL_CMD_ACTIVITY_OPEN, body);
    } else if (s->kind == STREAM_ACTIVITY) {
        snprintf(body, sizeof body, "{\"channel_id\":%llu,\"after\":%lld}",
                 (unsigned long long)s->channel, (long long)s->position);
        ask(s, PAL_CMD_ACTIVITY_READ, body);
    } else {
        if (s->position < 0)
            snprintf(body, sizeof body, "{}");
        else
            snprintf(body, sizeof body, "{\"after\":%lld}", (long long)s->position);
        ask(s, PAL_CMD_NOTIFICATION_SINCE, body);
    }
}

static void refuse(struct pal_http *r, const struct pal_err_def *def, const char *why)
{
    struct pal_error err = {0};
    (void)pal_error_set(&err, def, "%s", why);
    pal_http_fail(r, &err);
}

static bool read_position(struct pal_http *r, int64_t *position)
{
    bool bad = false;
    *position = -1;
    (void)sse_position(pal_http_header(r, "Last-Event-ID"), pal_http_query(r, "last_event_id"),
                       position, &bad);
    if (bad)
        refuse(r, &pal_err_request_invalid, "Last-Event-ID is not one that this stream gave");
    return !bad;
}

/* Nobody may take the room of all others. */
static bool person_has_room(const struct streams *home, uint64_t user)
{
    int64_t n = 0;
    for (const struct stream *s = pal_map_get(&home->people, user); s; s = s->same_user)
        n += s->gone ? 0 : 1;
    return n < home->max_per_person;
}

static void refuse_for_now(struct pal_http *r)
{
    struct pal_error err = {.retry_after_ms = COME_BACK_MS};
    (void)pal_error_set(&err, &pal_err_connection_too_many, "close streams of yours first");
    pal_http_fail(r, &err);
}

static void stream_open(struct streams *home, struct pal_http *r, enum stream_kind kind,
                        uint64_t channel)
{
    struct pal_claims claims;
    int64_t position;
    if (!pal_http_authenticate(r, &claims) || !pal_http_limit(r, "connect", &claims) ||
        !read_position(r, &position))
        return;
    if (!person_has_room(home, claims.user)) {
        refuse_for_now(r);
        return;
    }
    struct stream *s = home->draining || home->n >= STREAMS_MAX ? NULL : calloc(1, sizeof *s);
    if (!s) {
        refuse(r, &pal_err_service_unavailable, "too many streams are open");
        return;
    }
    *s = (struct stream){.home = home,
                         .kind = kind,
                         .claims = claims,
                         .channel = channel,
                         .position = position,
                         .r = r};
    pal_list_append(&home->all, &s->link);
    home->n++;
    pal_http_set_data(r, s, on_client_gone);
    if (!join_people(s))
        stream_close(s);
    else
        stream_ask(s);
}

void stream_open_notifications(void *ctx, struct pal_http *r)
{
    stream_open(ctx, r, STREAM_NOTIFICATIONS, 0);
}

void stream_open_activity(void *ctx, struct pal_http *r)
{
    uint64_t channel = 0;
    if (!pal_parse_u64(pal_http_param(r, "channel_id"), &channel) || channel == 0 ||
        channel > (uint64_t)PAL_ID_MAX) {
        refuse(r, &pal_err_channel_not_found, "not the id of a channel");
        return;
    }
    stream_open(ctx, r, STREAM_ACTIVITY, channel);
}
