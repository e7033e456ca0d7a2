/* Both maps against a plain array, with many puts and removals. */
#include "base/map.h"

#include "base/siphash.h"

#include <criterion/criterion.h>
#include <stdio.h>

enum { KEYS = 512, STEPS = 200000 };

/* A small generator, so that a failure can be repeated. */
static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

Test(map, behaves_like_an_array_under_random_changes)
{
    struct pal_map m;
    int values[KEYS];
    void *model[KEYS] = {0};
    size_t n = 0;
    uint32_t state = 1;
    pal_map_init(&m);
    for (int step = 0; step < STEPS; step++) {
        uint32_t k = next_random(&state) % KEYS;
        if (next_random(&state) % 2) {
            cr_assert(pal_map_put(&m, k * UINT64_C(0x100000000), &values[step % KEYS]));
            n += model[k] == NULL;
            model[k] = &values[step % KEYS];
        } else {
            cr_assert_eq(pal_map_del(&m, k * UINT64_C(0x100000000)), model[k]);
            n -= model[k] != NULL;
            model[k] = NULL;
        }
        cr_assert_eq(m.n, n);
    }
    for (uint32_t k = 0; k < KEYS; k++)
        cr_assert_eq(pal_map_get(&m, k * UINT64_C(0x100000000)), model[k]);
    cr_assert_leq(m.cap, 4 * KEYS, "tombstones do not make it grow");
    pal_map_fini(&m);
}

Test(map, iteration_sees_each_entry_once_and_may_remove_it)
{
    struct pal_map m;
    int value;
    uint64_t key;
    void *got;
    uint64_t sum = 0;
    pal_map_init(&m);
    for (uint64_t k = 1; k <= 1000; k++)
        cr_assert(pal_map_put(&m, k, &value));
    for (size_t it = 0; pal_map_next(&m, &it, &key, &got);) {
        sum += key;
        cr_assert_eq(pal_map_del(&m, key), &value);
    }
    cr_assert_eq(sum, 500500);
    cr_assert_eq(m.n, 0);
    pal_map_fini(&m);
}

Test(map, an_empty_map_has_nothing)
{
    struct pal_map m;
    size_t it = 0;
    pal_map_init(&m);
    cr_assert_null(pal_map_get(&m, 0));
    cr_assert_null(pal_map_del(&m, 0));
    cr_assert(!pal_map_next(&m, &it, NULL, NULL));
    pal_map_fini(&m);
}

Test(smap, behaves_like_an_array_under_random_changes)
{
    struct pal_smap m;
    int values[KEYS];
    void *model[KEYS] = {0};
    uint32_t state = 2;
    pal_smap_init(&m);
    for (int step = 0; step < STEPS; step++) {
        char key[16];
        uint32_t k = next_random(&state) % KEYS;
        (void)snprintf(key, sizeof key, "key %u", k);
        if (next_random(&state) % 2) {
            cr_assert(pal_smap_put(&m, pal_str_of(key), &values[k]));
            model[k] = &values[k];
        } else {
            cr_assert_eq(pal_smap_del(&m, pal_str_of(key)), model[k]);
            model[k] = NULL;
        }
        cr_assert_eq(pal_smap_get(&m, pal_str_of(key)), model[k]);
    }
    cr_assert_leq(m.cap, 4 * KEYS);
    pal_smap_fini(&m);
}

Test(smap, keys_are_bytes_and_are_copied)
{
    struct pal_smap m;
    int a;
    int b;
    char key[] = "a\0b";
    struct pal_str seen;
    void *value;
    size_t it = 0;
    pal_smap_init(&m);
    cr_assert(pal_smap_put(&m, (struct pal_str){key, 3}, &a));
    cr_assert(pal_smap_put(&m, (struct pal_str){NULL, 0}, &b));
    key[2] = 'c';
    cr_assert_eq(pal_smap_get(&m, PAL_STR("a\0b")), &a);
    cr_assert_null(pal_smap_get(&m, PAL_STR("a\0c")));
    cr_assert_eq(pal_smap_del(&m, PAL_STR("")), &b);
    cr_assert(pal_smap_next(&m, &it, &seen, &value));
    cr_assert(pal_str_eq(seen, PAL_STR("a\0b")));
    cr_assert(!pal_smap_next(&m, &it, &seen, &value));
    pal_smap_fini(&m);
}

/* The test vectors of the authors' reference implementation: key 00…0f, input 00…(n-1). */
Test(siphash, matches_the_reference_vectors)
{
    static const uint64_t key[2] = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
    static const struct {
        size_t n;
        uint64_t hash;
    } vectors[] = {{0, 0x726fdb47dd0e0e31},
                   {1, 0x74f839c593dc67fd},
                   {7, 0xab0200f58b01d137},
                   {8, 0x93f5f5799a932462},
                   {15, 0xa129ca6149be45e5}};
    unsigned char in[16];
    for (size_t i = 0; i < sizeof in; i++)
        in[i] = (unsigned char)i;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
        cr_assert_eq(siphash(key, in, vectors[i].n), vectors[i].hash, "length %zu", vectors[i].n);
}

Test(siphash, the_process_has_one_seed)
{
    cr_assert_eq(pal_hash("abc", 3), pal_hash("abc", 3));
    cr_assert_neq(pal_hash("abc", 3), pal_hash("abd", 3));
}
