/* Traces (W3C trace ids) of the messages that came over this process's sockets. The events that a
 * message causes carry its trace, so that the way from the client's frame to the last write of its
 * fan-out is measured without remembering anything: 8 bytes name the process, 8 tell the time.
 * Loop's thread. */
#ifndef GATEWAY_TIMED_H
#define GATEWAY_TIMED_H

#include <stdint.h>

struct timed {
    uint8_t process[8]; /* random */
    uint64_t last;      /* given out: microseconds shifted by 8, so that no two are the same */
    int64_t began_us;
};

void timed_init(struct timed *t);
void timed_trace(struct timed *t, uint8_t trace[16]);
/* Monotonic microseconds of when the trace was made; -1: not by this process. */
int64_t timed_read(const struct timed *t, const uint8_t trace[16]);

#endif
