/* The map with byte-string keys: as map.c, with the keys copied and their hashes kept, so that
 * growing does not hash again. */
#include "base/map.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 16 };
enum slot_state { SLOT_FREE, SLOT_LIVE, SLOT_TOMB };

struct pal_smap_slot {
    char *key; /* owned, n bytes */
    size_t n;
    uint64_t hash;
    void *value; /* borrowed */
    enum slot_state state;
};

void pal_smap_init(struct pal_smap *m)
{
    *m = (struct pal_smap){0};
}

void pal_smap_fini(struct pal_smap *m)
{
    for (size_t i = 0; i < m->cap; i++)
        free(m->slots[i].key);
    free(m->slots);
    pal_smap_init(m);
}

static struct pal_smap_slot *find(const struct pal_smap *m, struct pal_str key, uint64_t hash)
{
    if (m->cap == 0)
        return NULL;
    for (size_t i = hash;; i++) {
        struct pal_smap_slot *slot = &m->slots[i & (m->cap - 1)];
        if (slot->state == SLOT_FREE)
            return NULL;
        if (slot->state == SLOT_LIVE && slot->hash == hash &&
            pal_str_eq((struct pal_str){slot->key, slot->n}, key))
            return slot;
    }
}

/* For an entry that is known to be absent. */
static void place(struct pal_smap *m, const struct pal_smap_slot *entry)
{
    size_t i = entry->hash;
    while (m->slots[i & (m->cap - 1)].state == SLOT_LIVE)
        i++;
    struct pal_smap_slot *slot = &m->slots[i & (m->cap - 1)];
    m->tombs -= slot->state == SLOT_TOMB;
    *slot = *entry;
    m->n++;
}

static bool make_room(struct pal_smap *m)
{
    if ((m->n + m->tombs + 1) * 4 <= m->cap * 3)
        return true;
    size_t cap = FIRST_SLOTS;
    while (cap < (m->n + 1) * 2)
        cap *= 2;
    struct pal_smap bigger = {calloc(cap, sizeof *m->slots), cap, 0, 0};
    if (!bigger.slots)
        return false;
    for (size_t i = 0; i < m->cap; i++)
        if (m->slots[i].state == SLOT_LIVE)
            place(&bigger, &m->slots[i]);
    free(m->slots);
    *m = bigger;
    return true;
}

void *pal_smap_get(const struct pal_smap *m, struct pal_str key)
{
    struct pal_smap_slot *slot = find(m, key, pal_hash(key.p, key.n));
    return slot ? slot->value : NULL;
}

bool pal_smap_put(struct pal_smap *m, struct pal_str key, void *value)
{
    uint64_t hash = pal_hash(key.p, key.n);
    struct pal_smap_slot *slot = find(m, key, hash);
    if (slot) {
        slot->value = value;
        return true;
    }
    char *copy = malloc(key.n ? key.n : 1);
    if (!copy || !make_room(m)) {
        free(copy);
        return false;
    }
    if (key.n)
        memcpy(copy, key.p, key.n);
    struct pal_smap_slot entry = {copy, key.n, hash, value, SLOT_LIVE};
    place(m, &entry);
    return true; /* cppcheck-suppress memleak ; the slot owns the key from here on */
}

void *pal_smap_del(struct pal_smap *m, struct pal_str key)
{
    struct pal_smap_slot *slot = find(m, key, pal_hash(key.p, key.n));
    if (!slot)
        return NULL;
    void *value = slot->value;
    free(slot->key);
    size_t next = (size_t)(slot - m->slots + 1) & (m->cap - 1);
    bool last_of_run = m->slots[next].state == SLOT_FREE;
    *slot = (struct pal_smap_slot){.state = last_of_run ? SLOT_FREE : SLOT_TOMB};
    m->tombs += !last_of_run;
    m->n--;
    return value;
}

bool pal_smap_next(const struct pal_smap *m, size_t *it, struct pal_str *key, void **value)
{
    while (*it < m->cap) {
        const struct pal_smap_slot *slot = &m->slots[(*it)++];
        if (slot->state != SLOT_LIVE)
            continue;
        if (key)
            *key = (struct pal_str){slot->key, slot->n};
        if (value)
            *value = slot->value;
        return true;
    }
    return false;
}
