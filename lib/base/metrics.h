/* Metrics in atomics, rendered in the Prometheus text format. Any thread.
 * Metrics are registered once at start; `name{label="value"}` strings are static. */
#ifndef PAL_BASE_METRICS_H
#define PAL_BASE_METRICS_H

#include "base/buf.h"

#include <stdatomic.h>
#include <stdint.h>

struct pal_metric; /* registered for the life of the process */

/* type "counter" or "gauge". labels: "lane=\"read\"" or NULL; copied. The same name and labels give
 * the same metric. Never NULL: when the table (512) is full a shared overflow metric is returned.
 */
struct pal_metric *pal_counter(const char *name, const char *labels, const char *help);
struct pal_metric *pal_gauge(const char *name, const char *labels, const char *help);
/* A gauge of seconds that grows by itself: pal_metric_set takes the time since when, in ms since
 * 1970, or 0 for "not at all", which is shown as 0. */
struct pal_metric *pal_gauge_of_age(const char *name, const char *labels, const char *help);
/* Seconds, buckets 0.5 ms … 10 s. */
struct pal_metric *pal_histogram(const char *name, const char *labels, const char *help);
/* How many at once, buckets 1, 2, 5 … 20,000. */
struct pal_metric *pal_histogram_of_counts(const char *name, const char *labels, const char *help);

void pal_metric_add(struct pal_metric *m, int64_t delta);
void pal_metric_set(struct pal_metric *m, int64_t value);
int64_t pal_metric_value(const struct pal_metric *m);
void pal_metric_observe_us(struct pal_metric *m, int64_t microseconds);
void pal_metric_observe_count(struct pal_metric *m, int64_t n);

/* All of them, with process CPU seconds, resident bytes and open descriptors. */
void pal_metrics_render(struct pal_buf *out);

#endif
