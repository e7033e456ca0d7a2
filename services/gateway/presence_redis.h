/* What several gateways tell each other of presence through a Redis-compatible store:
 *   palique:gw:<name>            lease, 12 s, renewed every 4 s; its value changes when the users
 * were written anew palique:gws                  names of gateways by the time of their last
 * renewal palique:gw:<name>:users      user -> "org status", as that gateway sees them; expires
 * with disuse channel palique:presence     "name org user status", as it happens Every 5 s each
 * gateway looks whether the others' leases hold: the users of a dead one go offline. */
#ifndef GATEWAY_PRESENCE_REDIS_H
#define GATEWAY_PRESENCE_REDIS_H

#include "loop/loop.h"
#include "presence.h"
#include "redis/redis.h"

struct presence_store;

/* NULL: out of memory. */
struct presence_store *presence_store_new(struct pal_loop *loop, struct pal_redis *redis,
                                          struct presence *p, const char *name);
void presence_store_free(struct presence_store *s); /* after the redis object */
/* This gateway sees the user so. */
void presence_store_local(struct presence_store *s, uint64_t org, uint64_t user,
                          enum presence_status status);
/* An orderly end: the others need not wait for the lease. */
void presence_store_leave(struct presence_store *s);

#endif
