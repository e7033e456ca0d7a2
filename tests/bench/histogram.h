/* Counts of durations in logarithmic buckets, 64 to each power of two: a quantile is right to 1.6
 * %. */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_BUCKETS = 64 * 34 };

struct histogram {
    uint64_t count, max_us;
    uint64_t bucket[HISTOGRAM_BUCKETS];
};

/* Negative durations count as 0; those over 2 hours as the longest there is. */
void histogram_add(struct histogram *h, int64_t ns);

/* Microseconds at or under which the part q (0 to 1) of all durations lies; 0 when there are none.
 */
uint64_t histogram_quantile(const struct histogram *h, double q);

#endif
