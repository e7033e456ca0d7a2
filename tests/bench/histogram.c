/* See histogram.h. */
#include "histogram.h"

static unsigned bucket_of(uint64_t us)
{
    if (us < 64)
        return (unsigned)us;
    unsigned shift = 57 - (unsigned)__builtin_clzll(us); /* leaves 7 bits, the highest set */
    unsigned at = (shift + 1) * 64 + ((unsigned)(us >> shift) & 63);
    return at < HISTOGRAM_BUCKETS ? at : HISTOGRAM_BUCKETS - 1;
}

/* The largest value that falls into the bucket. */
static uint64_t top_of(unsigned at)
{
    if (at < 64)
        return at;
    unsigned shift = at / 64 - 1;
    return ((UINT64_C(64) + at % 64 + 1) << shift) - 1;
}

void histogram_add(struct histogram *h, int64_t ns)
{
    uint64_t us = ns > 0 ? (uint64_t)ns / 1000 : 0;
    h->count++;
    h->bucket[bucket_of(us)]++;
    if (us > h->max_us)
        h->max_us = us;
}

uint64_t histogram_quantile(const struct histogram *h, double q)
{
    uint64_t wanted = (uint64_t)(q * (double)h->count), seen = 0;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS && h->count > 0; i++) {
        seen += h->bucket[i];
        if (seen > wanted || seen == h->count)
            return top_of(i) < h->max_us ? top_of(i) : h->max_us;
    }
    return 0;
}
