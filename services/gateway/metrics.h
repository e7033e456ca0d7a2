/* What an operator sees of the gateway; README.md has the table. What happens for each delivery is
 * counted where it happens, in plain numbers, and told once a turn. Loop's thread. */
#ifndef GATEWAY_METRICS_H
#define GATEWAY_METRICS_H

#include "bus/bus.h"
#include "proto/types.h"

#include <stddef.h>
#include <stdint.h>

struct gateway;
struct pal_metric;

enum { METRIC_TYPES_MAX = 64, METRIC_NOTES = 3, METRIC_TIMED_MAX = 512 };

struct gateway_metrics {
    struct pal_metric *sockets[3]; /* by enum session_kind */
    struct pal_metric *people;
    struct pal_metric *refused;                    /* upgrades refused, and sockets that failed */
    struct pal_metric *invalid;                    /* messages that were not understood */
    struct pal_metric *requests;                   /* forwarded for sockets */
    struct pal_metric *received[METRIC_TYPES_MAX]; /* as pal_ws_commands */
    struct pal_metric *unknown;
    struct pal_metric *events[METRIC_TYPES_MAX]; /* as pal_events; NULL: not for clients */
    struct pal_metric *notes[PAL_OWNERS][METRIC_NOTES];
    struct pal_metric *delivered, *gaps, *holes, *closed[2], *resumes[3], *ring_bytes;
    struct pal_metric *fanout_time;
    int64_t timed[METRIC_TIMED_MAX]; /* when the messages came whose events this turn sends */
    size_t n_timed;
};

void metrics_init(struct gateway_metrics *m);
void metrics_received(struct gateway_metrics *m, const struct pal_command *cmd); /* NULL: unknown */
void metrics_event(struct gateway_metrics *m, const struct pal_event *ev);
void metrics_note(struct gateway_metrics *m, enum pal_owner owner, enum pal_bus_note note);
/* An event is sent in this turn whose message came at since_us (monotonic); below 0: not known. */
void metrics_time(struct gateway_metrics *m, int64_t since_us);
/* At the end of a turn, all that it sends being written. */
void metrics_turn(struct gateway *gw);

#endif
