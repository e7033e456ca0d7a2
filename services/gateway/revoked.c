/* Memory of revocations: two generations of maps, so that forgetting costs nothing. */
#include "revoked.h"

/* Longer than any sensible life of an access token. */
enum { GENERATION_MS = 12 * 3600 * 1000, REVOKED_MAX = 500000 };

void revoked_init(struct revoked *r)
{
    *r = (struct revoked){0};
    for (int i = 0; i < 2; i++) {
        pal_map_init(&r->sessions[i]);
        pal_map_init(&r->users[i]);
    }
}

void revoked_fini(struct revoked *r)
{
    for (int i = 0; i < 2; i++) {
        pal_map_fini(&r->sessions[i]);
        pal_map_fini(&r->users[i]);
    }
}

/* The maps hold numbers as pointers: nothing is ever read through them. */
static void put(struct pal_map *m, uint64_t key, uint64_t value)
{
    if (m->n < REVOKED_MAX)
        (void)pal_map_put(m, key, (void *)(uintptr_t)value);
}

static uint64_t get(const struct pal_map maps[2], uint64_t key)
{
    uint64_t value = (uint64_t)(uintptr_t)pal_map_get(&maps[0], key);
    return value ? value : (uint64_t)(uintptr_t)pal_map_get(&maps[1], key);
}

void revoked_add_session(struct revoked *r, uint64_t session)
{
    if (session)
        put(&r->sessions[0], session, session);
}

void revoked_add_user(struct revoked *r, uint64_t user, int64_t until)
{
    if (until > 0 && (uint64_t)until > get(r->users, user))
        put(&r->users[0], user, (uint64_t)until);
}

bool revoked_has(const struct revoked *r, const struct pal_claims *claims)
{
    if (claims->session && get(r->sessions, claims->session))
        return true;
    uint64_t until = get(r->users, claims->user);
    return until && claims->issued_at <= (int64_t)until;
}

static void turn(struct pal_map maps[2])
{
    pal_map_fini(&maps[1]);
    maps[1] = maps[0];
    pal_map_init(&maps[0]);
}

void revoked_tick(struct revoked *r, int64_t now_ms)
{
    if (r->turned_ms == 0)
        r->turned_ms = now_ms;
    if (now_ms - r->turned_ms < GENERATION_MS)
        return;
    r->turned_ms = now_ms;
    turn(r->sessions);
    turn(r->users);
}
