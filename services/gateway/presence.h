/* Who is there: connected, away, gone, over all gateways. Sans-IO: time comes in, changes go out
 * through struct presence_ops. What other gateways know is one `source` each (presence_redis.c).
 * Loop's thread. */
#ifndef GATEWAY_PRESENCE_H
#define GATEWAY_PRESENCE_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum presence_status { PRESENCE_OFFLINE, PRESENCE_AWAY, PRESENCE_BUSY, PRESENCE_ONLINE };

enum {
    PRESENCE_SOURCES_MAX = 64,
    PRESENCE_COALESCE_MS = 500,   /* between what is told to an organisation, and */
    PRESENCE_PAUSE_MAX_MS = 5000, /* how far that grows with the people who are there */
    PRESENCE_BATCH_MAX = 500
};

struct presence;

struct presence_change {
    uint64_t user;
    enum presence_status status;
};

struct presence_ops {
    /* The status of n users, all sources taken together, has changed: a lone change at once, what
     * follows it in one piece after a pause. */
    void (*changed)(void *ctx, uint64_t org, const struct presence_change *changes, size_t n);
    /* What this gateway alone knows has changed: for the others. */
    void (*local)(void *ctx, uint64_t org, uint64_t user, enum presence_status status);
};

/* away_ms: without activity; grace_ms: from the last socket to offline. NULL: out of memory. */
struct presence *presence_new(int64_t away_ms, int64_t grace_ms, const struct presence_ops *ops,
                              void *ctx);
void presence_free(struct presence *p);

const char *presence_name(enum presence_status status);
bool presence_parse(struct pal_str name, enum presence_status *out);

/* A socket of the user more, one less, something that he did, or his word that he is idle. */
void presence_connected(struct presence *p, uint64_t org, uint64_t user);
void presence_disconnected(struct presence *p, uint64_t user);
void presence_active(struct presence *p, uint64_t user);
void presence_idle(struct presence *p, uint64_t user);
/* The status that the user has chosen: "busy" and "away" win over what is seen while he is there.
 */
void presence_chosen(struct presence *p, uint64_t org, uint64_t user, struct pal_str status);

/* Every PRESENCE_COALESCE_MS, and once before anything else: who has become away or has left. */
void presence_tick(struct presence *p, int64_t now_ms);
/* At the end of a turn: tells what is due. */
void presence_settle(struct presence *p, int64_t now_ms);

/* Another gateway, numbered from 0 by the store, says so; or has died. */
void presence_remote(struct presence *p, unsigned source, uint64_t org, uint64_t user,
                     enum presence_status status);
void presence_remote_drop(struct presence *p, unsigned source);
/* Between begin and end each user of the source that is still there is told again: the rest is
 * gone. */
void presence_remote_begin(struct presence *p, unsigned source);
void presence_remote_end(struct presence *p, unsigned source);

enum presence_status presence_of(const struct presence *p, uint64_t user);
typedef void presence_each_fn(void *arg, uint64_t user, enum presence_status status);
void presence_each(const struct presence *p, uint64_t org, presence_each_fn *fn,
                   void *arg); /* who is not offline */
typedef void presence_local_fn(void *arg, uint64_t org, uint64_t user, enum presence_status status);
void presence_each_local(const struct presence *p, presence_local_fn *fn, void *arg);

#endif
