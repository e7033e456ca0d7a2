/* Requests that wait for their answer. Each entry is answered exactly once, by whoever takes it out
 * of the client's map. All functions are called with the client's lock held. */
#ifndef PAL_BUS_PENDING_H
#define PAL_BUS_PENDING_H

#include "bus/bus.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct bus_replica;

/* On the stack of pal_bus_call. */
struct bus_call {
    pthread_cond_t cond;
    bool done;
    enum pal_code code;
    struct pal_frame reply;
    struct pal_blob *blob; /* owned */
};

struct bus_pending {
    pal_bus_reply_fn *fn; /* NULL: a call */
    void *arg;
    struct bus_call *call;
    struct bus_replica *replica; /* not to be followed once answered */
    int64_t deadline_ms;         /* monotonic */
    bool answered;               /* the reply is in the inbox */
};

/* Registers and gives the frame its id. */
bool bus_pending_add(struct pal_bus_client *c, const struct bus_pending *p, struct pal_frame *f);
/* Forgets; false when it is not there any more. */
bool bus_pending_take(struct pal_bus_client *c, uint64_t id, struct bus_pending *out);
/* On the reader: a call gets its reply; true: it is for the owner, who takes
 * the entry when he dispatches (nothing else ends it any more). */
bool bus_pending_reply(struct pal_bus_client *c, const struct pal_frame *reply,
                       struct pal_blob *blob);
/* Fails all of one replica, or all (NULL). */
void bus_pending_fail(struct pal_bus_client *c, const struct bus_replica *r);
void bus_pending_expire(struct pal_bus_client *c, int64_t now_ms);
/* When to give up on it, on pal_mono_ms's clock. */
int64_t bus_deadline(const struct pal_frame *f);
/* A request as it travels, and back (see deadline_ms of struct pal_frame). With or without locks.
 */
struct pal_frame bus_to_wire(const struct pal_frame *f);
void bus_from_wire(struct pal_frame *f);

#endif
