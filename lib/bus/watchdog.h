/* When to believe that nng has wedged: a peer can be reached by plain system calls, again and
 * again, while nothing that proves nng alive happens in between. Pure; fed by tick.c every two
 * seconds while a replica is not UP.
 *
 * Over ipc and tcp "reached" means that a plain connection got the peer's HELLO, and nng proves
 * itself with a HELLO of its own: so a peer that accepts and says nothing is that peer's fault and
 * never counts. Over TLS a plain HELLO is not possible: "reached" is a plain connect, and a
 * finished dial is the proof. */
#ifndef PAL_BUS_WATCHDOG_H
#define PAL_BUS_WATCHDOG_H

#include "bus/address.h"

#include <stdbool.h>
#include <stdint.h>

struct bus_watchdog {
    int64_t since_ms;  /* reachable without nng making progress; 0: not */
    unsigned progress; /* what nng's counter was then */
};

/* One observation. True: it has gone on for limit_ms. */
bool bus_watchdog_step(struct bus_watchdog *w, int64_t now_ms, bool reached, unsigned progress,
                       int limit_ms);

/* probe.c: a plain connection, with HELLO where that can be. Blocks for less than half a second. */
bool bus_probe(const struct bus_address *a, const char *service, const char *name);

#endif
