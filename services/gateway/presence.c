/* Presence of users: local sockets, other gateways, the user's own word. */
#include "presence.h"

#include "base/list.h"
#include "base/map.h"

#include <stdlib.h>

struct here {
    uint64_t org, user;
    struct pal_list in_org;
    struct pal_list in_changed;
    uint32_t sockets;
    int64_t active_ms;
    int64_t leaves_ms; /* no socket any more: offline then; 0: not leaving */
    bool idle;
    uint8_t local;                /* enum presence_status as this gateway sees it */
    uint8_t told;                 /* what was told last */
    uint8_t chosen;               /* PRESENCE_BUSY, PRESENCE_AWAY, or PRESENCE_ONLINE for neither */
    uint64_t online, away, stale; /* bit per source */
};

struct office {
    struct pal_list people; /* struct here.in_org */
};

struct presence {
    struct pal_map users; /* struct here, owned */
    struct pal_map orgs;  /* struct office, owned */
    struct pal_list changed;
    int64_t away_ms, grace_ms, now_ms;
    const struct presence_ops *ops;
    void *ctx;
};

static const char *const names[] = {"offline", "away", "busy", "online"};

const char *presence_name(enum presence_status status)
{
    return names[status];
}

bool presence_parse(struct pal_str name, enum presence_status *out)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (pal_str_eq(name, pal_str_of(names[i]))) {
            *out = (enum presence_status)i;
            return true;
        }
    }
    return false;
}

struct presence *presence_new(int64_t away_ms, int64_t grace_ms, const struct presence_ops *ops,
                              void *ctx)
{
    struct presence *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    pal_map_init(&p->users);
    pal_map_init(&p->orgs);
    pal_list_init(&p->changed);
    p->away_ms = away_ms;
    p->grace_ms = grace_ms;
    p->ops = ops;
    p->ctx = ctx;
    return p;
}

static void map_free_values(struct pal_map *m)
{
    size_t at = 0;
    uint64_t key;
    void *value;
    while (pal_map_next(m, &at, &key, &value))
        free(value);
    pal_map_fini(m);
}

void presence_free(struct presence *p)
{
    if (!p)
        return;
    map_free_values(&p->users);
    map_free_values(&p->orgs);
    free(p);
}

/* ---- users ---- */

static struct office *office_open(struct presence *p, uint64_t org)
{
    struct office *o = pal_map_get(&p->orgs, org);
    if (o)
        return o;
    o = calloc(1, sizeof *o);
    if (!o || !pal_map_put(&p->orgs, org, o)) {
        free(o);
        return NULL;
    }
    pal_list_init(&o->people);
    return o;
}

static struct here *user_open(struct presence *p, uint64_t org, uint64_t user)
{
    struct here *h = pal_map_get(&p->users, user);
    if (h)
        return h;
    struct office *o = office_open(p, org);
    h = calloc(1, sizeof *h);
    if (!o || !h || !pal_map_put(&p->users, user, h)) {
        free(h);
        return NULL;
    }
    h->org = org;
    h->user = user;
    h->chosen = PRESENCE_ONLINE;
    pal_list_init(&h->in_changed);
    pal_list_append(&o->people, &h->in_org);
    return h;
}

static enum presence_status seen(const struct here *h)
{
    if (h->local == PRESENCE_ONLINE || h->online)
        return PRESENCE_ONLINE;
    return h->local == PRESENCE_AWAY || h->away ? PRESENCE_AWAY : PRESENCE_OFFLINE;
}

static enum presence_status effective(const struct here *h)
{
    enum presence_status status = seen(h);
    return status == PRESENCE_OFFLINE || h->chosen == PRESENCE_ONLINE
               ? status
               : (enum presence_status)h->chosen;
}

static void changed(struct presence *p, struct here *h)
{
    if (pal_list_empty(&h->in_changed))
        pal_list_append(&p->changed, &h->in_changed);
}

static void local_set(struct presence *p, struct here *h, enum presence_status status)
{
    if (h->local == status)
        return;
    h->local = (uint8_t)status;
    p->ops->local(p->ctx, h->org, h->user, status);
    changed(p, h);
}

void presence_connected(struct presence *p, uint64_t org, uint64_t user)
{
    struct here *h = user_open(p, org, user);
    if (!h)
        return;
    h->sockets++;
    h->leaves_ms = 0;
    presence_active(p, user);
}

void presence_disconnected(struct presence *p, uint64_t user)
{
    struct here *h = pal_map_get(&p->users, user);
    if (!h || h->sockets == 0 || --h->sockets > 0)
        return;
    h->leaves_ms = p->now_ms + p->grace_ms + 1;
}

void presence_active(struct presence *p, uint64_t user)
{
    struct here *h = pal_map_get(&p->users, user);
    if (!h)
        return;
    h->idle = false;
    h->active_ms = p->now_ms;
    if (h->sockets > 0)
        local_set(p, h, PRESENCE_ONLINE);
}

void presence_idle(struct presence *p, uint64_t user)
{
    struct here *h = pal_map_get(&p->users, user);
    if (!h || h->sockets == 0)
        return;
    h->idle = true;
    local_set(p, h, PRESENCE_AWAY);
}

void presence_chosen(struct presence *p, uint64_t org, uint64_t user, struct pal_str status)
{
    enum presence_status chosen;
    struct here *h = pal_map_get(&p->users, user);
    if (!presence_parse(status, &chosen))
        return;
    /* auth shows "offline" for whoever it has not heard of lately: not a choice. */
    if (chosen == PRESENCE_OFFLINE)
        return;
    if (!h)
        h = user_open(p, org, user);
    if (!h)
        return;
    h->chosen = (uint8_t)chosen;
    changed(p, h);
}

/* ---- time ---- */

static void user_tick(struct presence *p, struct here *h)
{
    if (h->leaves_ms && p->now_ms >= h->leaves_ms) {
        h->leaves_ms = 0;
        local_set(p, h, PRESENCE_OFFLINE);
    } else if (h->local == PRESENCE_ONLINE && p->now_ms - h->active_ms >= p->away_ms) {
        local_set(p, h, PRESENCE_AWAY);
    }
}

static bool forgettable(const struct here *h)
{
    return h->sockets == 0 && h->leaves_ms == 0 && !h->online && !h->away &&
           h->told == PRESENCE_OFFLINE && h->local == PRESENCE_OFFLINE &&
           pal_list_empty(&h->in_changed);
}

static void users_tick(struct presence *p)
{
    size_t at = 0;
    uint64_t key;
    void *value;
    while (pal_map_next(&p->users, &at, &key, &value)) {
        struct here *h = value;
        user_tick(p, h);
        if (!forgettable(h))
            continue;
        pal_list_remove(&h->in_org);
        pal_map_del(&p->users, key);
        free(h);
    }
}

void presence_tick(struct presence *p, int64_t now_ms)
{
    p->now_ms = now_ms;
    users_tick(p);
    struct pal_list *e;
    while ((e = pal_list_pop(&p->changed))) {
        struct here *h = PAL_CONTAINER(e, struct here, in_changed);
        enum presence_status status = effective(h);
        if (status == h->told)
            continue;
        h->told = (uint8_t)status;
        p->ops->changed(p->ctx, h->org, h->user, status);
    }
}

/* ---- other gateways ---- */

void presence_remote(struct presence *p, unsigned source, uint64_t org, uint64_t user,
                     enum presence_status status)
{
    struct here *h = source < PRESENCE_SOURCES_MAX ? user_open(p, org, user) : NULL;
    if (!h)
        return;
    uint64_t bit = UINT64_C(1) << source;
    h->online &= ~bit;
    h->away &= ~bit;
    h->stale &= ~bit;
    if (status == PRESENCE_AWAY)
        h->away |= bit;
    else if (status != PRESENCE_OFFLINE)
        h->online |= bit;
    changed(p, h);
}

static void each_of_source(struct presence *p, unsigned source,
                           void (*fn)(struct presence *p, struct here *h, uint64_t bit))
{
    uint64_t bit = UINT64_C(1) << source;
    size_t at = 0;
    uint64_t key;
    void *value;
    while (pal_map_next(&p->users, &at, &key, &value)) {
        struct here *h = value;
        if ((h->online | h->away) & bit)
            fn(p, h, bit);
    }
}

static void forget(struct presence *p, struct here *h, uint64_t bit)
{
    h->online &= ~bit;
    h->away &= ~bit;
    h->stale &= ~bit;
    changed(p, h);
}

static void doubt(struct presence *p, struct here *h, uint64_t bit)
{
    (void)p;
    h->stale |= bit;
}

static void forget_stale(struct presence *p, struct here *h, uint64_t bit)
{
    if (h->stale & bit)
        forget(p, h, bit);
}

void presence_remote_drop(struct presence *p, unsigned source)
{
    each_of_source(p, source, forget);
}

void presence_remote_begin(struct presence *p, unsigned source)
{
    each_of_source(p, source, doubt);
}

void presence_remote_end(struct presence *p, unsigned source)
{
    each_of_source(p, source, forget_stale);
}

/* ---- questions ---- */

enum presence_status presence_of(const struct presence *p, uint64_t user)
{
    const struct here *h = pal_map_get(&p->users, user);
    return h ? effective(h) : PRESENCE_OFFLINE;
}

void presence_each(const struct presence *p, uint64_t org, presence_each_fn *fn, void *arg)
{
    struct office *o = pal_map_get(&p->orgs, org);
    if (!o)
        return;
    PAL_LIST_EACH(it, &o->people) {
        struct here *h = PAL_CONTAINER(it, struct here, in_org);
        enum presence_status status = effective(h);
        if (status != PRESENCE_OFFLINE)
            fn(arg, h->user, status);
    }
}

void presence_each_local(const struct presence *p, presence_local_fn *fn, void *arg)
{
    size_t at = 0;
    uint64_t key;
    void *value;
    while (pal_map_next(&p->users, &at, &key, &value)) {
        const struct here *h = value;
        if (h->local != PRESENCE_OFFLINE)
            fn(arg, h->org, h->user, (enum presence_status)h->local);
    }
}
