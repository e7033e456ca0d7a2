/* Requests of event.list for the channels that fanout wants, gathered over a turn. */
#include "catchup.h"

#include "fanout_catchup.h"
#include "gateway.h"
#include "gen/catalogue.h"
#include "ws_frame.h"

#include <stdlib.h>

enum {
    CHANNELS_MAX = 500,  /* in one request */
    REQUESTS_MAX = 4,    /* under way */
    EVENTS_TOTAL = 2000, /* asked for in one request, over all its channels */
    EVENTS_MIN = 20,
    EVENTS_MAX = 500,
    RETRY_MS = 500
};

struct ask {
    struct gateway *gw;
    size_t n;
    struct {
        uint64_t channel, after;
    } items[];
};

/* ---- answers ---- */

static enum log_kind kind_of(const json_t *event)
{
    struct pal_str type = pal_json_str(event, "type");
    if (pal_str_eq(type, pal_str_of(pal_ev_member_left.ws_type)))
        return LOG_LEFT;
    return pal_str_eq(type, pal_str_of(pal_ev_channel_deleted.ws_type)) ? LOG_DELETED : LOG_PLAIN;
}

static size_t entries_read(const json_t *events, struct log_entry *entries)
{
    size_t n = 0, i;
    json_t *event;
    json_array_foreach(events, i, event) {
        struct pal_blob *frame = ws_frame_json(json_incref(event));
        if (!frame)
            break;
        entries[n++] = (struct log_entry){.seq = (uint64_t)pal_json_int(event, "seq", 0),
                                          .subject = (uint64_t)pal_json_int(event, "user_id", 0),
                                          .frame = frame,
                                          .kind = kind_of(event)};
    }
    return n;
}

static void serve(struct gateway *gw, const json_t *item, uint64_t after)
{
    const json_t *events = json_object_get(item, "events");
    size_t most = json_array_size(events);
    struct log_entry *entries = calloc(most + 1, sizeof *entries);
    struct fanout_answer a = {
        .channel = (uint64_t)pal_json_int(item, "channel_id", 0),
        .after = after,
        .head = (uint64_t)pal_json_int(item, "head_seq", 0),
        .first = (uint64_t)pal_json_int(item, "first_seq", 1),
        .entries = entries,
        .n = entries ? entries_read(events, entries) : 0,
    };
    fanout_answer(&gw->fanout, &a, pal_loop_now(gw->loop));
    for (size_t i = 0; i < a.n; i++)
        pal_blob_unref(entries[i].frame);
    free(entries);
}

static const json_t *item_of(const json_t *channels, uint64_t id)
{
    size_t i;
    json_t *item;
    json_array_foreach(channels, i, item)
        if ((uint64_t)pal_json_int(item, "channel_id", 0) == id)
            return item;
    return NULL;
}

static void on_events(void *arg, enum pal_code code, const struct pal_frame *reply)
{
    struct ask *ask = arg;
    struct gateway *gw = ask->gw;
    gw->catchup.in_flight--;
    json_t *body = gw->stopped ? NULL : upstream_body(code, reply);
    const json_t *channels = json_object_get(body, "channels");
    for (size_t i = 0; i < ask->n && !gw->stopped; i++) {
        uint64_t id = ask->items[i].channel;
        /* Answers keep the order of the questions, as far as there is one. */
        const json_t *item = json_array_get(channels, i);
        if ((uint64_t)pal_json_int(item, "channel_id", 0) != id)
            item = item_of(channels, id);
        if (item)
            serve(gw, item, ask->items[i].after);
        else if (channels)
            fanout_gone(&gw->fanout, id);
        else
            fanout_failed(&gw->fanout, id, pal_loop_now(gw->loop), RETRY_MS);
    }
    json_decref(body);
    free(ask);
}

/* ---- questions ---- */

static int64_t limit_for(size_t channels)
{
    int64_t limit = EVENTS_TOTAL / (int64_t)(channels ? channels : 1);
    limit = limit > EVENTS_MAX ? EVENTS_MAX : limit;
    return limit < EVENTS_MIN ? EVENTS_MIN : limit;
}

static void send_ask(struct gateway *gw, struct ask *ask)
{
    json_t *items = json_array();
    int64_t limit = limit_for(ask->n);
    for (size_t i = 0; i < ask->n; i++)
        (void)json_array_append_new(
            items, json_pack("{sIsIsI}", "channel_id", (json_int_t)ask->items[i].channel, "after",
                             (json_int_t)ask->items[i].after, "limit", (json_int_t)limit));
    gw->catchup.in_flight++;
    pal_metric_add(gw->catchup.asked, (int64_t)ask->n);
    upstream_request(gw, &pal_cmd_event_list, 0, NULL, json_pack("{so}", "items", items), on_events,
                     ask);
}

/* True: there may be more. */
static bool gather(struct gateway *gw, int64_t *wait_ms)
{
    struct ask *ask = malloc(sizeof *ask + CHANNELS_MAX * sizeof ask->items[0]);
    if (!ask)
        return false;
    ask->gw = gw;
    ask->n = 0;
    int64_t now = pal_loop_now(gw->loop);
    uint64_t after;
    struct channel *ch;
    while (ask->n < CHANNELS_MAX && (ch = fanout_due(&gw->fanout, now, &after, wait_ms))) {
        ask->items[ask->n].channel = ch->id;
        ask->items[ask->n].after = after;
        ask->n++;
    }
    bool full = ask->n == CHANNELS_MAX;
    if (ask->n > 0)
        send_ask(gw, ask);
    else
        free(ask);
    return full;
}

static void on_timer(struct pal_timer *t)
{
    (void)t; /* the end of this turn does it */
}

void catchup_turn(struct gateway *gw)
{
    struct catchup *c = &gw->catchup;
    int64_t wait = -1;
    while (!pal_list_empty(&gw->fanout.wanting) && c->in_flight < REQUESTS_MAX)
        if (!gather(gw, &wait))
            break;
    if (wait >= 0)
        pal_timer_arm(gw->loop, &c->timer, wait);
}

void catchup_init(struct gateway *gw)
{
    struct catchup *c = &gw->catchup;
    c->timer.fn = on_timer;
    c->asked =
        pal_counter("palique_gateway_catchups_total", NULL, "Channels asked for in event.list.");
}

void catchup_stop(struct gateway *gw)
{
    pal_timer_stop(gw->loop, &gw->catchup.timer);
}
