/* A hash table for one batch: twins.h. */
#include "store/twins.h"

#include "base/map.h"

#include <string.h>

static bool same(const struct post *a, const struct post *b)
{
    return a->channel == b->channel && a->user == b->user &&
           memcmp(a->client_id, b->client_id, sizeof a->client_id) == 0;
}

bool twins_find(struct pal_arena *arena, const struct post *posts, size_t n, uint16_t *first)
{
    size_t size = 16;
    while (size < 2 * n)
        size *= 2;
    uint16_t *slots = pal_arena_alloc(arena, size * sizeof *slots); /* 1 + index; 0: free */
    if (!slots || n > UINT16_MAX)
        return false;
    memset(slots, 0, size * sizeof *slots);
    for (size_t i = 0; i < n; i++) {
        size_t at = pal_hash(posts[i].client_id, sizeof posts[i].client_id) & (size - 1);
        while (slots[at] != 0 && !same(&posts[slots[at] - 1], &posts[i]))
            at = (at + 1) & (size - 1);
        if (slots[at] == 0)
            slots[at] = (uint16_t)(i + 1);
        first[i] = (uint16_t)(slots[at] - 1);
    }
    return true;
}
