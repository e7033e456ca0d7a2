/* Events: gathered while a handler runs, sent after its commit, in the order of the calls. */
#include "service/call.h"

#include "base/json.h"
#include "base/limits.h"

#include <string.h>

static enum pal_code add_event(struct pal_call *c, const struct pal_frame *frame)
{
    struct pal_call_event *e = pal_arena_alloc(c->arena, sizeof *e);
    char *body = pal_arena_strdup(c->arena, frame->body);
    if (!e || !body || frame->body.n > PAL_FRAME_BODY_MAX)
        return pal_fail(c, &pal_err_service_internal, "no room for an event of %zu bytes",
                        frame->body.n);
    e->next = NULL;
    e->frame = *frame;
    e->frame.body.p = body;
    if (c->priv->job)
        memcpy(e->frame.trace, c->priv->job->frame.trace, sizeof e->frame.trace);
    if (c->priv->last)
        c->priv->last->next = e;
    else
        c->events = e;
    c->priv->last = e;
    return PAL_OK;
}

enum pal_code pal_publish(struct pal_call *c, const struct pal_event *ev, uint64_t org,
                          uint64_t user, uint64_t channel, uint64_t seq, struct pal_str body)
{
    struct pal_frame f = {.kind = PAL_KIND_EVENT,
                          .id = ev->id,
                          .caller = {.org = org, .user = user},
                          .channel = channel,
                          .seq = seq,
                          .body = body};
    return add_event(c, &f);
}

static enum pal_code append(struct pal_call *c, const struct pal_event *ev, uint64_t org,
                            uint64_t user, struct pal_str body)
{
    struct pal_log_event logged = {.kind = ev->id, .org = org, .user = user, .body = body};
    struct pal_position at = {0};
    enum pal_code code = pal_log_append(c->db, c->arena, &logged, &at, &c->err);
    if (code == PAL_OK)
        c->priv->emitted = at;
    return code;
}

enum pal_code pal_emit(struct pal_call *c, const struct pal_event *ev, uint64_t org, uint64_t user,
                       json_t *body)
{
    struct pal_buf text;
    if (!body)
        return pal_fail(c, &pal_err_service_internal, "out of memory");
    pal_buf_init(&text, PAL_FRAME_BODY_MAX);
    bool ok = pal_json_dump(body, &text);
    json_decref(body);
    enum pal_code code =
        ok ? append(c, ev, org, user, pal_buf_view(&text))
           : pal_fail(c, &pal_err_service_internal, "the event %s is too large", ev->name);
    if (code == PAL_OK)
        code = pal_publish(c, ev, org, user, 0, 0, pal_buf_view(&text));
    pal_buf_fini(&text);
    return code;
}

void pal_await_consumers(struct pal_call *c, const char *consumers, int timeout_ms)
{
    c->priv->await = pal_arena_strdup(c->arena, pal_str_of(consumers));
    c->priv->await_ms = timeout_ms;
}

static size_t count(struct pal_call *const *calls, size_t n)
{
    size_t events = 0;
    for (size_t i = 0; i < n; i++)
        for (const struct pal_call_event *e = calls[i]->events; e; e = e->next)
            events++;
    return events;
}

void pal_calls_publish(struct pal_service *s, struct pal_call *const *calls, size_t n)
{
    size_t total = count(calls, n);
    size_t k = 0;
    if (total == 0)
        return;
    struct pal_frame *frames = pal_arena_alloc(calls[0]->arena, total * sizeof *frames);
    if (!frames)
        return; /* followers see the gap and ask for what is missing */
    for (size_t i = 0; i < n; i++)
        for (const struct pal_call_event *e = calls[i]->events; e; e = e->next)
            frames[k++] = e->frame;
    pal_bus_publish(s->bus, frames, total);
    pal_front_thread_publish(s, frames, total);
}
