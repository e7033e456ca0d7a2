/* Hash maps: 64-bit keys or byte-string keys to pointers. Open addressing, seeded hash
 * (SipHash-2-4), grows with the number of entries. Values are borrowed. One thread. Removing the
 * entry that an iteration stands on is allowed; adding during an iteration is not. */
#ifndef PAL_BASE_MAP_H
#define PAL_BASE_MAP_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pal_map {
    struct pal_map_slot *slots; /* owned */
    size_t cap;
    size_t n; /* live entries */
    size_t tombs;
};

void pal_map_init(struct pal_map *m);
void pal_map_fini(struct pal_map *m);
void *pal_map_get(const struct pal_map *m, uint64_t key);       /* NULL: absent */
bool pal_map_put(struct pal_map *m, uint64_t key, void *value); /* replaces; false: out of memory */
void *pal_map_del(struct pal_map *m, uint64_t key); /* the value that was there, or NULL */
/* for (size_t it = 0; pal_map_next(m, &it, &key, &value);) */
bool pal_map_next(const struct pal_map *m, size_t *it, uint64_t *key, void **value);

/* SipHash-2-4 with the process's random key. */
uint64_t pal_hash(const void *p, size_t n);

/* String keys: the key bytes are copied into the map. */
struct pal_smap {
    struct pal_smap_slot *slots; /* owned, keys owned */
    size_t cap;
    size_t n;
    size_t tombs;
};

void pal_smap_init(struct pal_smap *m);
void pal_smap_fini(struct pal_smap *m);
void *pal_smap_get(const struct pal_smap *m, struct pal_str key);
bool pal_smap_put(struct pal_smap *m, struct pal_str key, void *value);
void *pal_smap_del(struct pal_smap *m, struct pal_str key);
bool pal_smap_next(const struct pal_smap *m, size_t *it, struct pal_str *key, void **value);

#endif
