/* The gateway's metrics. */
#include "metrics.h"

#include "base/clock.h"
#include "base/metrics.h"
#include "gateway.h"
#include "gen/catalogue.h"

#include <stdio.h>

static struct pal_metric *labelled(const char *name, const char *label, const char *value,
                                   const char *help)
{
    char labels[96];
    (void)snprintf(labels, sizeof labels, "%s=\"%s\"", label, value);
    return pal_counter(name, labels, help);
}

static void sockets_init(struct gateway_metrics *m)
{
    static const char *const paths[] = {"path=\"/ws\"", "path=\"/ws/chat\"",
                                        "path=\"/ws/notifications\""};
    for (int i = 0; i < 3; i++)
        m->sockets[i] = pal_gauge("palique_gateway_sockets", paths[i], "Open WebSockets.");
    m->people = pal_gauge("palique_gateway_people", NULL, "Users with a WebSocket here.");
    m->refused = pal_counter("palique_gateway_refused_total", NULL,
                             "WebSockets refused before they opened.");
}

static void messages_init(struct gateway_metrics *m)
{
    static const char name[] = "palique_gateway_frames_in_total";
    static const char help[] = "Messages of clients over WebSockets.";
    for (size_t i = 0; i < pal_ws_commands_count && i < METRIC_TYPES_MAX; i++)
        m->received[i] = labelled(name, "type", pal_ws_commands[i]->ws_type, help);
    m->unknown = labelled(name, "type", "unknown", help);
    m->invalid =
        pal_counter("palique_gateway_invalid_total", NULL, "Messages that were not understood.");
    m->requests =
        pal_counter("palique_gateway_requests_total", NULL, "Messages forwarded to services.");
}

static void bus_init(struct gateway_metrics *m)
{
    static const char *const notes[METRIC_NOTES] = {"up", "down", "gap"};
    for (size_t i = 0; i < pal_events_count && i < METRIC_TYPES_MAX; i++)
        if (pal_events[i]->ws_type && pal_events[i]->audience != PAL_TO_CONNECTION)
            m->events[i] = labelled("palique_gateway_events_total", "type", pal_events[i]->ws_type,
                                    "Events for clients that came over the bus.");
    for (int owner = 0; owner < PAL_OWNERS; owner++)
        for (int note = 0; note < METRIC_NOTES; note++) {
            char labels[96];
            (void)snprintf(labels, sizeof labels, "service=\"%s\",note=\"%s\"",
                           pal_owner_name((enum pal_owner)owner), notes[note]);
            m->notes[owner][note] =
                pal_counter("palique_gateway_bus_notes_total", labels,
                            "Streams of events that began (up), broke off (down) or lost events "
                            "(gap).");
        }
}

static void fanout_init_metrics(struct gateway_metrics *m)
{
    static const char *const results[] = {"current", "replayed", "gap"};
    static const char *const closed[] = {"stream", "log"};
    m->delivered =
        pal_counter("palique_gateway_deliveries_total", NULL, "Durable events sent to sockets.");
    m->gaps = pal_counter("palique_gateway_gaps_total", NULL, "Gap frames sent.");
    m->holes = pal_counter("palique_gateway_holes_total", NULL,
                           "Times that events of a channel were found missing.");
    for (int i = 0; i < 2; i++)
        m->closed[i] = labelled("palique_gateway_holes_closed_total", "by", closed[i],
                                "Holes closed by events that came late (stream) or by chat's log.");
    for (int i = 0; i < 3; i++)
        m->resumes[i] = labelled("palique_gateway_resumes_total", "result", results[i],
                                 "Channels resumed: nothing was missing, all was sent again, or a "
                                 "gap was told.");
    m->ring_bytes = pal_gauge("palique_gateway_ring_bytes", NULL,
                              "Bytes of recent events kept for those who come a little late.");
    m->fanout_time = pal_histogram("palique_gateway_fanout_seconds", NULL,
                                   "From reading a message of a socket to the last write of its "
                                   "event to the sockets of this gateway.");
}

void metrics_init(struct gateway_metrics *m)
{
    sockets_init(m);
    messages_init(m);
    bus_init(m);
    fanout_init_metrics(m);
}

void metrics_received(struct gateway_metrics *m, const struct pal_command *cmd)
{
    for (size_t i = 0; cmd && i < pal_ws_commands_count && i < METRIC_TYPES_MAX; i++)
        if (pal_ws_commands[i] == cmd) {
            pal_metric_add(m->received[i], 1);
            return;
        }
    pal_metric_add(m->unknown, 1);
}

void metrics_event(struct gateway_metrics *m, const struct pal_event *ev)
{
    for (size_t i = 0; i < pal_events_count && i < METRIC_TYPES_MAX; i++)
        if (pal_events[i] == ev && m->events[i])
            pal_metric_add(m->events[i], 1);
}

void metrics_note(struct gateway_metrics *m, enum pal_owner owner, enum pal_bus_note note)
{
    pal_metric_add(m->notes[owner][note], 1);
}

void metrics_time(struct gateway_metrics *m, int64_t since_us)
{
    if (since_us >= 0 && m->n_timed < METRIC_TIMED_MAX)
        m->timed[m->n_timed++] = since_us;
}

void metrics_turn(struct gateway *gw)
{
    struct gateway_metrics *m = &gw->metrics;
    const struct fanout *f = &gw->fanout;
    int64_t now = m->n_timed > 0 ? pal_mono_us() : 0;
    for (size_t i = 0; i < m->n_timed; i++)
        pal_metric_observe_us(m->fanout_time, now - m->timed[i]);
    m->n_timed = 0;
    pal_metric_set(m->people, (int64_t)gw->people.users.n);
    pal_metric_set(m->delivered, (int64_t)f->delivered);
    pal_metric_set(m->gaps, (int64_t)f->gaps);
    pal_metric_set(m->holes, (int64_t)f->holes);
    pal_metric_set(m->ring_bytes, (int64_t)f->ring_bytes);
    for (int i = 0; i < 2; i++)
        pal_metric_set(m->closed[i], (int64_t)f->closed[i]);
    for (int i = 0; i < 3; i++)
        pal_metric_set(m->resumes[i], (int64_t)f->resumes[i]);
}
