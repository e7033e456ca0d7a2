/* The 64-bit map: linear probing in a table of a power of two, at most three quarters full. A
 * removed entry leaves a tombstone unless the place after it is free; growing sweeps them. */
#include "base/map.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 16 };
enum slot_state { SLOT_FREE, SLOT_LIVE, SLOT_TOMB };

struct pal_map_slot {
    uint64_t key;
    void *value; /* borrowed */
    enum slot_state state;
};

void pal_map_init(struct pal_map *m)
{
    *m = (struct pal_map){0};
}

void pal_map_fini(struct pal_map *m)
{
    free(m->slots);
    pal_map_init(m);
}

static struct pal_map_slot *find(const struct pal_map *m, uint64_t key)
{
    if (m->cap == 0)
        return NULL;
    for (size_t i = pal_hash(&key, sizeof key);; i++) {
        struct pal_map_slot *slot = &m->slots[i & (m->cap - 1)];
        if (slot->state == SLOT_FREE)
            return NULL;
        if (slot->state == SLOT_LIVE && slot->key == key)
            return slot;
    }
}

/* For a key that is known to be absent. */
static void place(struct pal_map *m, uint64_t key, void *value)
{
    size_t i = pal_hash(&key, sizeof key);
    while (m->slots[i & (m->cap - 1)].state == SLOT_LIVE)
        i++;
    struct pal_map_slot *slot = &m->slots[i & (m->cap - 1)];
    m->tombs -= slot->state == SLOT_TOMB;
    *slot = (struct pal_map_slot){key, value, SLOT_LIVE};
    m->n++;
}

static bool make_room(struct pal_map *m)
{
    if ((m->n + m->tombs + 1) * 4 <= m->cap * 3)
        return true;
    size_t cap = FIRST_SLOTS;
    while (cap < (m->n + 1) * 2)
        cap *= 2;
    struct pal_map bigger = {calloc(cap, sizeof *m->slots), cap, 0, 0};
    if (!bigger.slots)
        return false;
    for (size_t i = 0; i < m->cap; i++)
        if (m->slots[i].state == SLOT_LIVE)
            place(&bigger, m->slots[i].key, m->slots[i].value);
    free(m->slots);
    *m = bigger;
    return true;
}

void *pal_map_get(const struct pal_map *m, uint64_t key)
{
    struct pal_map_slot *slot = find(m, key);
    return slot ? slot->value : NULL;
}

bool pal_map_put(struct pal_map *m, uint64_t key, void *value)
{
    struct pal_map_slot *slot = find(m, key);
    if (slot) {
        slot->value = value;
        return true;
    }
    if (!make_room(m))
        return false;
    place(m, key, value);
    return true;
}

void *pal_map_del(struct pal_map *m, uint64_t key)
{
    struct pal_map_slot *slot = find(m, key);
    if (!slot)
        return NULL;
    void *value = slot->value;
    size_t next = (size_t)(slot - m->slots + 1) & (m->cap - 1);
    bool last_of_run = m->slots[next].state == SLOT_FREE;
    *slot = (struct pal_map_slot){0, NULL, last_of_run ? SLOT_FREE : SLOT_TOMB};
    m->tombs += !last_of_run;
    m->n--;
    return value;
}

bool pal_map_next(const struct pal_map *m, size_t *it, uint64_t *key, void **value)
{
    while (*it < m->cap) {
        const struct pal_map_slot *slot = &m->slots[(*it)++];
        if (slot->state != SLOT_LIVE)
            continue;
        if (key)
            *key = slot->key;
        if (value)
            *value = slot->value;
        return true;
    }
    return false;
}
