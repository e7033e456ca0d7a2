/* Registering and counting. allow static: metrics are of the process, as the log's level is, and
 * nothing else may be. Entries are added under a lock and published by the count, so that readers
 * need none. */
#include "base/metrics.h"

#include "metrics_table.h"

#include <pthread.h>
#include <string.h>

const int64_t metric_bounds_us[METRIC_BUCKETS] = {500,     1000,    2500,    5000,    10000,
                                                  25000,   50000,   100000,  250000,  500000,
                                                  1000000, 2500000, 5000000, 10000000};

const int64_t metric_bounds_count[METRIC_BUCKETS] = {1,   2,   5,    10,   20,   50,    100,
                                                     200, 500, 1000, 2000, 5000, 10000, 20000};

static struct pal_metric table[METRICS_MAX];
static atomic_size_t count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* leaf: guards adding */
/* Shared by everything that found no place; the last entry of the table shows it. */
static struct pal_metric *const overflow = &table[METRICS_MAX - 1];

struct pal_metric *metrics_all(size_t *n)
{
    *n = atomic_load_explicit(&count, memory_order_acquire);
    return table;
}

/* With the lock held. */
static struct pal_metric *find(size_t n, const char *name, const char *labels)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(table[i].name, name) == 0 && strcmp(table[i].labels, labels) == 0)
            return &table[i];
    return NULL;
}

/* With the lock held. */
static struct pal_metric *add(size_t n, enum metric_kind kind, const char *name, const char *labels,
                              const char *help)
{
    struct pal_metric *m = &table[n];
    m->name = name;
    m->help = help;
    m->kind = kind;
    memcpy(m->labels, labels, strlen(labels) + 1);
    atomic_store_explicit(&count, n + 1, memory_order_release);
    return m;
}

/* With the lock held: the metric that all share that found no place; shown once it is needed. */
static struct pal_metric *overflowed(size_t n)
{
    if (n == METRICS_MAX - 1)
        (void)add(n, METRIC_COUNTER, "palique_metrics_overflow_total", "",
                  "Updates of metrics that found no place in the table.");
    return overflow;
}

static struct pal_metric *register_metric(enum metric_kind kind, const char *name,
                                          const char *labels, const char *help)
{
    const char *text = labels ? labels : "";
    pthread_mutex_lock(&lock);
    size_t n = atomic_load_explicit(&count, memory_order_relaxed);
    struct pal_metric *m = find(n, name, text);
    if (!m && n < METRICS_MAX - 1 && strlen(text) < METRIC_LABELS_BYTES)
        m = add(n, kind, name, text, help);
    if (!m)
        m = overflowed(n);
    pthread_mutex_unlock(&lock);
    return m;
}

struct pal_metric *pal_counter(const char *name, const char *labels, const char *help)
{
    return register_metric(METRIC_COUNTER, name, labels, help);
}

struct pal_metric *pal_gauge(const char *name, const char *labels, const char *help)
{
    return register_metric(METRIC_GAUGE, name, labels, help);
}

struct pal_metric *pal_gauge_of_age(const char *name, const char *labels, const char *help)
{
    return register_metric(METRIC_AGE, name, labels, help);
}

struct pal_metric *pal_histogram(const char *name, const char *labels, const char *help)
{
    return register_metric(METRIC_HISTOGRAM, name, labels, help);
}

struct pal_metric *pal_histogram_of_counts(const char *name, const char *labels, const char *help)
{
    return register_metric(METRIC_COUNTS, name, labels, help);
}

void pal_metric_add(struct pal_metric *m, int64_t delta)
{
    atomic_fetch_add_explicit(&m->value, delta, memory_order_relaxed);
}

void pal_metric_set(struct pal_metric *m, int64_t value)
{
    atomic_store_explicit(&m->value, value, memory_order_relaxed);
}

int64_t pal_metric_value(const struct pal_metric *m)
{
    return atomic_load_explicit(&m->value, memory_order_relaxed);
}

static void observe(struct pal_metric *m, const int64_t *bounds, int64_t value)
{
    size_t bucket = 0;
    while (bucket < METRIC_BUCKETS && value > bounds[bucket])
        bucket++;
    atomic_fetch_add_explicit(&m->buckets[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&m->value, value, memory_order_relaxed);
}

void pal_metric_observe_us(struct pal_metric *m, int64_t microseconds)
{
    observe(m, metric_bounds_us, microseconds);
}

void pal_metric_observe_count(struct pal_metric *m, int64_t n)
{
    observe(m, metric_bounds_count, n);
}
