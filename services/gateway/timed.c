/* Traces that tell the time. */
#include "timed.h"

#include "base/clock.h"
#include "base/id.h"

#include <string.h>

enum { BELOW_BITS = 8 };

void timed_init(struct timed *t)
{
    *t = (struct timed){.began_us = pal_mono_us()};
    pal_random(t->process, sizeof t->process);
}

void timed_trace(struct timed *t, uint8_t trace[16])
{
    uint64_t now = (uint64_t)(pal_mono_us() - t->began_us) << BELOW_BITS;
    t->last = now > t->last ? now : t->last + 1;
    memcpy(trace, t->process, sizeof t->process);
    for (unsigned i = 0; i < 8; i++)
        trace[8 + i] = (uint8_t)(t->last >> (56 - 8 * i));
}

int64_t timed_read(const struct timed *t, const uint8_t trace[16])
{
    uint64_t value = 0;
    if (memcmp(trace, t->process, sizeof t->process) != 0)
        return -1;
    for (unsigned i = 0; i < 8; i++)
        value = value << 8 | trace[8 + i];
    return t->began_us + (int64_t)(value >> BELOW_BITS);
}
