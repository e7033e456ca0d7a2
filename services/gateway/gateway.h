/* The gateway as a whole: what its parts reach each other through. Everything in it belongs to the
 * loop's thread, but the atomics, which the operations port reads. */
#ifndef GATEWAY_GATEWAY_H
#define GATEWAY_GATEWAY_H

#include "admission.h"
#include "catchup.h"
#include "config.h"
#include "fanout.h"
#include "metrics.h"
#include "people.h"
#include "revoked.h"
#include "ticks.h"
#include "upstream.h"
#include "ws_io.h"

#include "base/metrics.h"

#include <stdatomic.h>
#include <stdbool.h>

struct presence;
struct presence_store;
struct drain;

enum { GATEWAY_NAME_MAX = 79 };

struct gateway {
    const struct gateway_config *config;
    char name[GATEWAY_NAME_MAX + 1];
    struct pal_loop *loop;
    struct pal_keyset *keys;
    struct pal_redis *redis; /* NULL: in-process */
    struct pal_limiter *limiter;
    struct pal_front *front;
    struct pal_static *pages, *docs; /* NULL: none */
    struct upstream upstream;
    struct ws_io io;
    struct fanout fanout;
    struct catchup catchup;
    struct people people;
    struct admission admission;
    struct revoked revoked;
    struct ticks ticks;
    struct presence *presence;
    struct presence_store *presence_store; /* NULL: in-process */
    struct drain *drain;                   /* NULL: serving */
    struct gateway_metrics metrics;
    atomic_bool keys_loaded;
    atomic_bool draining;
    bool stopped; /* the loop has ended: answers are thrown away */
    bool wedged;  /* the bus cannot be trusted: the process ends as failed, to be started anew */
};

#endif
