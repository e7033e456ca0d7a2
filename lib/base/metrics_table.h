/* The table of metrics as its two halves see it: registering (metrics.c) and rendering. Private. */
#ifndef PAL_BASE_METRICS_TABLE_H
#define PAL_BASE_METRICS_TABLE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum { METRICS_MAX = 512, METRIC_LABELS_BYTES = 160, METRIC_BUCKETS = 14 };

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_AGE, METRIC_HISTOGRAM, METRIC_COUNTS };

struct pal_metric {
    const char *name; /* static, as help */
    const char *help;
    char labels[METRIC_LABELS_BYTES];
    enum metric_kind kind;
    atomic_int_least64_t value; /* of a histogram: the sum, in microseconds or as it is */
    atomic_int_least64_t buckets[METRIC_BUCKETS + 1]; /* not cumulative; the last is +Inf */
};

extern const int64_t metric_bounds_us[METRIC_BUCKETS];
extern const int64_t metric_bounds_count[METRIC_BUCKETS];

/* Entries below *n are complete and never change their names again. */
struct pal_metric *metrics_all(size_t *n);

#endif
