/* The set of a client's replicas: adding, choosing, and following names as their addresses change.
 */
#include "bus/client.h"

#include "base/clock.h"
#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

bool bus_replica_add(struct pal_bus_client *c, const struct bus_target *t,
                     const struct bus_address *a)
{
    struct bus_replica *r = c->n_replicas < BUS_REPLICAS_MAX ? calloc(1, sizeof *r) : NULL;
    if (!r)
        return false;
    r->client = c;
    r->target = t;
    r->address = *a;
    r->number = c->next_number++;
    r->state_ms = r->probe_ms = pal_mono_ms();
    pal_buf_init(&r->turn, PAL_BUS_BATCH_MAX);
    if (!bus_thread_start(&r->thread, "bus-replica", bus_replica_loop, r)) {
        bus_replica_free(r);
        return false;
    }
    c->replicas[c->n_replicas++] = r;
    return true;
}

void bus_replica_free(struct bus_replica *r)
{
    pal_buf_fini(&r->turn);
    free(r);
}

static bool usable(const struct bus_replica *r)
{
    return r->state == BUS_UP && !r->leaving;
}

void bus_replica_count(struct pal_bus_client *c)
{
    bool any = false;
    for (size_t i = 0; i < c->n_replicas; i++)
        any = any || usable(c->replicas[i]);
    if (any)
        c->without_ms = INT64_MAX;
    else if (c->without_ms == INT64_MAX)
        c->without_ms = pal_mono_ms();
}

void bus_replica_state(struct bus_replica *r, enum bus_state state)
{
    r->state = state;
    r->state_ms = pal_mono_ms();
    bus_replica_count(r->client);
    pthread_cond_broadcast(&r->client->cond);
}

/* splitmix64's finaliser (Steele, Lea, Flood 2014): spreads every bit of x. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* Rendezvous hashing: a replica that comes or goes moves only the keys that are its own. */
static struct bus_replica *by_key(struct pal_bus_client *c, uint64_t key)
{
    struct bus_replica *best = NULL;
    uint64_t best_weight = 0;
    for (size_t i = 0; i < c->n_replicas; i++) {
        struct bus_replica *r = c->replicas[i];
        uint64_t weight = mix(key ^ mix(r->number + 1));
        if (usable(r) && (!best || weight > best_weight)) {
            best = r;
            best_weight = weight;
        }
    }
    return best;
}

struct bus_replica *bus_replica_choose(struct pal_bus_client *c, uint64_t key)
{
    if (key != 0)
        return by_key(c, key);
    for (size_t i = 0; i < c->n_replicas; i++) {
        struct bus_replica *r = c->replicas[c->turn++ % c->n_replicas];
        if (usable(r))
            return r;
    }
    return NULL;
}

/* ---- names
 * ---------------------------------------------------------------------------------------- */

static bool among(const struct bus_address *found, size_t n, const struct bus_address *a)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(found[i].url, a->url) == 0)
            return true;
    return false;
}

static bool known(const struct pal_bus_client *c, const struct bus_target *t,
                  const struct bus_address *a)
{
    for (size_t i = 0; i < c->n_replicas; i++)
        if (c->replicas[i]->target == t && !c->replicas[i]->retired &&
            strcmp(c->replicas[i]->address.url, a->url) == 0)
            return true;
    return false;
}

/* With the lock held. A connection that works is kept, whatever the name server says. */
static void merge(struct pal_bus_client *c, const struct bus_target *t,
                  const struct bus_address *found, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!known(c, t, &found[i]))
            (void)bus_replica_add(c, t, &found[i]);
    for (size_t i = 0; i < c->n_replicas; i++) {
        struct bus_replica *r = c->replicas[i];
        if (n > 0 && r->target == t && r->state != BUS_UP && !among(found, n, &r->address))
            r->retired = true;
    }
    pthread_cond_broadcast(&c->cond);
}

/* With the lock held, which is left for the join. */
static void bury(struct pal_bus_client *c)
{
    for (size_t i = 0; i < c->n_replicas; i++) {
        struct bus_replica *r = c->replicas[i];
        if (!r->ended || !r->retired)
            continue;
        c->replicas[i--] = c->replicas[--c->n_replicas];
        pthread_mutex_unlock(&c->lock);
        pthread_join(r->thread, NULL);
        bus_replica_free(r);
        pthread_mutex_lock(&c->lock);
    }
}

void *bus_scout_loop(void *client)
{
    struct pal_bus_client *c = client;
    struct bus_address *found = malloc(BUS_RESOLVED_MAX * sizeof *found);
    pthread_mutex_lock(&c->lock);
    while (found && !c->stopping) {
        c->scout_wanted = false;
        for (size_t i = 0; i < c->n_targets; i++) {
            if (c->targets[i].literal)
                continue;
            pthread_mutex_unlock(&c->lock);
            size_t n = bus_address_resolve(&c->targets[i].address, found);
            pthread_mutex_lock(&c->lock);
            if (!c->stopping)
                merge(c, &c->targets[i], found, n);
        }
        bury(c);
        int64_t now = pal_mono_ms(), soon = now + BUS_RESOLVE_MS / 10, until = now + BUS_RESOLVE_MS;
        while (!c->stopping && (pal_mono_ms() < (c->scout_wanted ? soon : until)))
            bus_cond_wait(&c->cond, &c->lock, c->scout_wanted ? soon : until);
    }
    pthread_mutex_unlock(&c->lock);
    free(found);
    return NULL;
}
