/* What other gateways say of their people. */
#include "presence_state.h"

void presence_remote(struct presence *p, unsigned source, uint64_t org, uint64_t user,
                     enum presence_status status)
{
    struct here *h = source < PRESENCE_SOURCES_MAX ? presence_user(p, org, user) : NULL;
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
    presence_mark(p, h);
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
    presence_mark(p, h);
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
