/* The other end of a durable consumer: asking the source for what comes after a position, and
 * reading what it gave. */
#include "service/follower.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/walk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *const pal_source_names[] = {"gateway", "auth", "chat", "notify", "admin"};
_Static_assert(sizeof pal_source_names / sizeof *pal_source_names == PAL_OWNERS,
               "a name for each owner");

enum {
    FETCH_FIRST = 100,
    FETCH_LIMIT = 4000,
    FETCH_OLD = 500,
    FETCH_MS = 5000,
    STATUS_INVALID = 400
};

const struct pal_command *pal_source_command(enum pal_owner source)
{
    char name[32];
    snprintf(name, sizeof name, "%s.events", pal_source_names[source]);
    for (size_t i = 0; i < pal_commands_count; i++)
        if (pal_commands[i]->owner == source && strcmp(pal_commands[i]->name, name) == 0)
            return pal_commands[i];
    return NULL;
}

static void put_bodies(struct pal_buf *text, const struct pal_consumer *spec)
{
    pal_buf_z(text, ",\"bodies\":[");
    for (size_t i = 0; i < spec->n_bodies; i++) {
        if (i > 0)
            pal_buf_char(text, ',');
        pal_buf_int(text, spec->bodies[i]);
    }
    pal_buf_char(text, ']');
}

static struct pal_str fetch_request(struct follower *f)
{
    struct pal_buf text;
    size_t limit = f->old_source ? FETCH_OLD : f->limit;
    pal_buf_init(&text, 2048);
    pal_buf_z(&text, "{\"consumer\":");
    pal_buf_json_str(&text, pal_str_of(f->service->spec->name));
    pal_buf_z(&text, ",\"tx\":\"");
    pal_buf_int(&text, (int64_t)f->at.tx);
    pal_buf_printf(&text, "\",\"id\":%" PRIu64 ",\"limit\":%zu", f->at.id, limit);
    if (f->spec->bodies && !f->old_source)
        put_bodies(&text, f->spec);
    pal_buf_char(&text, '}');
    struct pal_str body = {text.failed ? NULL : pal_arena_strdup(&f->arena, pal_buf_view(&text)),
                           text.n};
    pal_buf_fini(&text);
    return body;
}

static enum pal_code ask(struct follower *f, struct pal_frame *reply)
{
    struct pal_error err = {0};
    struct pal_str body = fetch_request(f);
    if (!body.p)
        return PAL_INTERNAL;
    struct pal_frame request = {.kind = PAL_KIND_REQUEST,
                                .id = f->events->id,
                                .deadline_ms = (uint64_t)(pal_now_ms() + FETCH_MS),
                                .caller = {.role = PAL_ROLE_SERVICE},
                                .body = body};
    pal_random(request.trace, sizeof request.trace);
    return pal_bus_call(f->peer, 0, &request, &f->arena, reply, &err);
}

/* A number as text: it can be too large for one of JSON. */
static uint64_t raw_text_u64(struct pal_str value)
{
    uint64_t n = 0;
    return value.n > 2 && pal_parse_u64((struct pal_str){value.p + 1, value.n - 2}, &n) ? n : 0;
}

static void read_member(struct pal_log_event *e, struct pal_str key, struct pal_str value)
{
    if (pal_str_eq(key, PAL_STR("tx")))
        e->at.tx = raw_text_u64(value);
    else if (pal_str_eq(key, PAL_STR("id")))
        e->at.id = pal_raw_id(value);
    else if (pal_str_eq(key, PAL_STR("kind")))
        e->kind = (uint16_t)pal_raw_int(value);
    else if (pal_str_eq(key, PAL_STR("org")))
        e->org = pal_raw_id(value);
    else if (pal_str_eq(key, PAL_STR("user")))
        e->user = pal_raw_id(value);
    else if (pal_str_eq(key, PAL_STR("channel")))
        e->channel = pal_raw_id(value);
    else if (pal_str_eq(key, PAL_STR("seq")))
        e->seq = pal_raw_id(value);
    else if (pal_str_eq(key, PAL_STR("at")))
        e->created_ms = pal_raw_int(value);
    else if (pal_str_eq(key, PAL_STR("body")))
        e->body = value;
}

/* False: it is not an event, and the position cannot go past it. */
static bool read_event(struct pal_walk *events, struct pal_log_event *e)
{
    struct pal_walk w;
    struct pal_str key, value;
    *e = (struct pal_log_event){0};
    for (pal_walk_enter(events, &w); pal_walk_member(&w, &key, &value);)
        read_member(e, key, value);
    if (e->created_ms == 0)
        e->created_ms = pal_now_ms();
    return pal_walk_leave(events, &w) && e->at.id != 0 && e->at.tx != 0;
}

static bool read_events(struct follower *f, struct pal_walk *reply, struct pal_events *out)
{
    struct pal_walk w;
    out->all = pal_arena_alloc(&f->arena, FETCH_LIMIT * sizeof *out->all);
    if (!out->all)
        return false;
    for (pal_walk_enter(reply, &w); out->n < FETCH_LIMIT && pal_walk_next(&w); out->n++)
        if (!read_event(&w, &out->all[out->n]))
            return false;
    return pal_walk_leave(reply, &w);
}

static void read_fact(struct follower *f, struct pal_str key, struct pal_str value,
                      struct pal_events *out)
{
    if (pal_str_eq(key, PAL_STR("head")))
        out->head = pal_raw_id(value);
    else if (pal_str_eq(key, PAL_STR("oldest_at")))
        out->oldest_ms = pal_raw_int(value);
    else if (pal_str_eq(key, PAL_STR("cluster")))
        f->read_on.cluster = raw_text_u64(value);
    else if (pal_str_eq(key, PAL_STR("timeline")))
        f->read_on.timeline = pal_raw_int(value);
}

static bool read_reply(struct follower *f, struct pal_str text, struct pal_events *out)
{
    struct pal_walk w;
    struct pal_str key, value;
    bool whole = false;
    f->read_on = (struct pal_timeline){0};
    for (pal_walk_begin(&w, text); pal_walk_key(&w, &key);) {
        if (pal_str_eq(key, PAL_STR("events"))) {
            if (!(whole = read_events(f, &w, out)))
                return false;
        } else if (!pal_walk_value(&w, &value)) {
            return false;
        } else {
            read_fact(f, key, value, out);
        }
    }
    return whole && !w.failed;
}

bool pal_source_fetch(struct follower *f, struct pal_events *out)
{
    struct pal_frame reply = {0};
    *out = (struct pal_events){0};
    if (f->limit == 0)
        f->limit = FETCH_FIRST;
    if (ask(f, &reply) != PAL_OK)
        return false;
    if (reply.status == STATUS_INVALID && !f->old_source) {
        f->old_source = true;
        return false;
    }
    if (reply.status != 200 || !read_reply(f, reply.body, out)) {
        pal_log(PAL_WARN, "events refused", PAL_LS("source", f->source),
                PAL_LI("status", reply.status), PAL_LI("read", (int64_t)out->n));
        return false;
    }
    f->limit = out->n * 2 < FETCH_FIRST   ? FETCH_FIRST
               : out->n * 2 > FETCH_LIMIT ? FETCH_LIMIT
                                          : out->n * 2;
    return true;
}
