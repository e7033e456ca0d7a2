/* What the threads of lib/bus share: how they are started, how they wait, what they count. */
#ifndef PAL_BUS_RUNTIME_H
#define PAL_BUS_RUNTIME_H

#include "base/metrics.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    BUS_STACK = 256 << 10, /* bytes of a thread's stack; only touched pages cost memory */
    BUS_HELLO_MS = 5000,   /* from connection to HELLO */
    BUS_DIAL_MS = 5000,    /* one dial */
    BUS_HEARTBEAT_MS = 1000,
    BUS_SILENCE_MS = 15000 /* a peer that says nothing for so long is gone: it sends heartbeats */
};

/* Starts a thread with all signals blocked. False: no memory or too many threads. */
bool bus_thread_start(pthread_t *t, const char *name, void *(*fn)(void *), void *arg);

void bus_cond_init(pthread_cond_t *c); /* on the monotonic clock */
/* until_ms on pal_mono_ms's clock; returns at any wake-up. */
void bus_cond_wait(pthread_cond_t *c, pthread_mutex_t *m, int64_t until_ms);

struct bus_stats {
    struct pal_metric *connections, *frames_in, *frames_out, *dropped, *reconnects, *wedged, *late,
        *found;
    struct pal_metric *refused; /* connections ended for what the peer said or is */
};

void bus_stats_get(struct bus_stats *out);

#endif
