/* How far a follower is behind its source, in events and in seconds. */
#include "service/follower.h"

#include <stdio.h>

void pal_lag_register(struct follower *f)
{
    struct follower_metrics *m = &f->metrics;
    char labels[48];
    snprintf(labels, sizeof labels, "source=\"%s\"", f->source);
    m->applied =
        pal_counter("palique_events_applied_total", labels, "Events of other services applied");
    m->dead = pal_counter("palique_events_dead_total", labels,
                          "Events put away because they cannot be applied");
    m->lag_events = pal_gauge("palique_consumer_lag_events", labels,
                              "Events of the source that are not applied yet, when last asked");
    m->lag_seconds = pal_gauge_of_age("palique_consumer_lag_seconds", labels,
                                      "Age of the oldest event that is not applied yet");
    m->batch = pal_histogram_of_counts("palique_consumer_batch_events", labels,
                                       "Events applied in one transaction");
    m->duration = pal_histogram("palique_consumer_batch_seconds", labels,
                                "Time that a batch of events took to apply");
}

/* When the oldest event that is not applied was made, 0: there is none. Of one that has not been
 * handed out it is known that it is not older than the last that was. */
static int64_t oldest(const struct pal_events *events, size_t done, int64_t behind)
{
    if (done < events->n)
        return events->all[done].created_ms;
    if (done == 0)
        return events->oldest_ms;
    return behind > 0 ? events->all[done - 1].created_ms : 0;
}

void pal_lag_tell(struct follower *f, const struct pal_events *events, size_t done)
{
    uint64_t last = done > 0 ? events->all[done - 1].at.id : f->at.id;
    int64_t behind = events->head > last ? (int64_t)(events->head - last) : 0;
    int64_t left = (int64_t)(events->n - done);
    int64_t oldest_ms = oldest(events, done, behind);
    pal_metric_set(f->metrics.lag_events, oldest_ms == 0 ? 0 : behind > left ? behind : left);
    pal_metric_set(f->metrics.lag_seconds, oldest_ms);
}
