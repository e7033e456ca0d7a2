/* What presence.c and presence_remote.c share. */
#ifndef GATEWAY_PRESENCE_STATE_H
#define GATEWAY_PRESENCE_STATE_H

#include "base/list.h"
#include "base/map.h"
#include "presence.h"

struct office {
    uint64_t org;
    struct pal_list people;  /* struct here.in_org */
    struct pal_list changed; /* struct here.in_changed */
    struct pal_list in_pending;
    uint32_t n_people;
    int64_t due_ms; /* nothing is told before */
};

struct here {
    struct office *office;
    uint64_t user;
    struct pal_list in_org;
    struct pal_list in_changed;
    struct pal_list in_due; /* presence.lively or .leaving */
    int64_t due_ms;         /* away then; without a socket: offline */
    uint32_t sockets;
    uint8_t local;                /* enum presence_status as this gateway sees it */
    uint8_t told;                 /* what was told last */
    uint8_t chosen;               /* PRESENCE_BUSY, PRESENCE_AWAY, or PRESENCE_ONLINE for neither */
    uint64_t online, away, stale; /* bit per source */
};

struct presence {
    struct pal_map users;            /* struct here, owned */
    struct pal_map orgs;             /* struct office, owned */
    struct pal_list pending;         /* offices with changes */
    struct pal_list lively, leaving; /* each waits equally long: the first is due first */
    int64_t away_ms, grace_ms, now_ms;
    int64_t due_ms; /* of the first of the pending offices */
    const struct presence_ops *ops;
    void *ctx;
    struct presence_change batch[PRESENCE_BATCH_MAX]; /* being told */
};

/* Found or made; NULL: out of memory. */
struct here *presence_user(struct presence *p, uint64_t org, uint64_t user);
/* His status may have changed: looked at when his organisation is told next. */
void presence_mark(struct presence *p, struct here *h);

#endif
