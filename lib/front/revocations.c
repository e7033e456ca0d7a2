/* Two maps from an id to a time. A time does not fit into a pointer by the rules of C, but
 * uintptr_t does on what we run on. */
#include "front/revocations.h"

#include "base/clock.h"
#include "base/json.h"

_Static_assert(sizeof(uintptr_t) >= sizeof(int64_t), "times are kept in pointers");

void pal_revocations_init(struct pal_revocations *r)
{
    pal_map_init(&r->sessions);
    pal_map_init(&r->users);
}

void pal_revocations_fini(struct pal_revocations *r)
{
    pal_map_fini(&r->sessions);
    pal_map_fini(&r->users);
}

void pal_revocations_add(struct pal_revocations *r, uint64_t user, uint64_t session, int64_t at_ms)
{
    struct pal_map *map = session ? &r->sessions : &r->users;
    /* Out of memory loses the entry: the token then lives on until it expires, minutes later. */
    (void)pal_map_put(map, session ? session : user, (void *)(uintptr_t)at_ms);
}

bool pal_revocations_admit(const struct pal_revocations *r, const struct pal_claims *claims)
{
    if (pal_map_get(&r->sessions, claims->session))
        return false;
    int64_t at = (int64_t)(uintptr_t)pal_map_get(&r->users, claims->user);
    return at == 0 || claims->issued_at * 1000 > at;
}

static void expire_map(struct pal_map *map, int64_t before)
{
    uint64_t key = 0;
    void *value = NULL;
    for (size_t it = 0; pal_map_next(map, &it, &key, &value);) {
        if ((int64_t)(uintptr_t)value < before)
            pal_map_del(map, key);
    }
}

void pal_revocations_expire(struct pal_revocations *r, int64_t now_ms, int64_t keep_ms)
{
    expire_map(&r->sessions, now_ms - keep_ms);
    expire_map(&r->users, now_ms - keep_ms);
}

static bool add_object(struct pal_revocations *r, const json_t *o, int64_t fallback_ms)
{
    int64_t at = fallback_ms;
    struct pal_str said = pal_json_str(o, "at");
    int64_t user = pal_json_int(o, "user_id", 0);
    if (user <= 0 || (said.p && !pal_iso_parse(said, &at)))
        return false;
    pal_revocations_add(r, (uint64_t)user, (uint64_t)pal_json_int(o, "session_id", 0), at);
    return true;
}

bool pal_revocations_event(struct pal_revocations *r, struct pal_str body, int64_t now_ms)
{
    char why[80];
    json_t *o = pal_json_parse(body, why);
    bool ok = json_is_object(o) && add_object(r, o, now_ms);
    json_decref(o);
    return ok;
}

bool pal_revocations_load(struct pal_revocations *r, struct pal_str reply)
{
    char why[80];
    json_t *o = pal_json_parse(reply, why);
    const json_t *items = json_object_get(o, "items");
    bool ok = json_is_array(items);
    size_t i;
    json_t *item;
    json_array_foreach(items, i, item) {
        ok = add_object(r, item, 0) && ok;
    }
    json_decref(o);
    return ok;
}
