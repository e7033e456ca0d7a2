/* One connection to the store that comes back by itself; private to lib/redis. Loop's thread only.
 * WAITING → RESOLVING → CONNECTING (until the greeting is answered) → READY → WAITING … */
#ifndef PAL_REDIS_CONNECTION_H
#define PAL_REDIS_CONNECTION_H

#include "loop/loop.h"
#include "url.h"

#include <hiredis/async.h>

enum connection_state {
    CONNECTION_WAITING,    /* for the timer, to try again */
    CONNECTION_RESOLVING,  /* for the host's address */
    CONNECTION_CONNECTING, /* for the socket, then for the answers to AUTH, SELECT, PING */
    CONNECTION_READY
};

struct connection {
    struct pal_loop *loop;
    const struct redis_url *url; /* borrowed */
    enum connection_state state;
    redisAsyncContext *ac;   /* owned while not NULL; hiredis frees it after a failure */
    struct pal_watch socket; /* of ac */
    struct pal_watch lookup; /* of resolve */
    struct resolve *resolve; /* owned */
    struct pal_timer timer;  /* WAITING: try again; otherwise: give up or look for a silent peer */
    int64_t delay_ms;        /* before the next try */
    unsigned greeting;       /* answers still missing before READY */
    bool closing;
    void (*on_ready)(struct connection *c);
    bool (*is_stuck)(struct connection *c); /* asked every second when READY; NULL: never */
};

void connection_start(struct connection *c);
/* Answers everything in flight with NULL and frees; c is dead afterwards. Not from a reply's
 * callback. */
void connection_close(struct connection *c);
/* Drops the connection and tries again later. */
void connection_fail(struct connection *c);

#endif
