/* Request-scoped memory. */
#include "base/arena.h"

#include <criterion/criterion.h>
#include <stdalign.h>
#include <stdint.h>

static bool all_zero(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != 0)
            return false;
    return true;
}

Test(arena, memory_is_zeroed_also_when_it_was_used_before)
{
    struct pal_arena a;
    pal_arena_init(&a, 1 << 20);
    for (int round = 0; round < 3; round++) {
        char *p = pal_arena_alloc(&a, 100);
        cr_assert(p && all_zero(p, 100));
        memset(p, 'x', 100);
        pal_arena_reset(&a);
    }
    pal_arena_fini(&a);
}

Test(arena, every_allocation_is_aligned_for_any_type)
{
    struct pal_arena a;
    pal_arena_init(&a, 1 << 20);
    for (size_t n = 0; n < 100; n++) {
        void *p = pal_arena_alloc(&a, n);
        cr_assert(p != NULL);
        cr_assert_eq((uintptr_t)p % alignof(max_align_t), 0);
    }
    pal_arena_fini(&a);
}

Test(arena, allocations_do_not_overlap)
{
    struct pal_arena a;
    unsigned char *parts[200];
    pal_arena_init(&a, 64 << 20);
    for (size_t i = 0; i < 200; i++) {
        size_t n = i * 331;
        parts[i] = pal_arena_alloc(&a, n);
        cr_assert(parts[i]);
        memset(parts[i], (int)i, n);
    }
    for (size_t i = 0; i < 200; i++)
        for (size_t j = 0; j < i * 331; j++)
            cr_assert_eq(parts[i][j], (unsigned char)i);
    pal_arena_fini(&a);
}

Test(arena, never_hands_out_more_than_its_maximum)
{
    struct pal_arena a;
    pal_arena_init(&a, 1000);
    cr_assert(pal_arena_alloc(&a, 600));
    cr_assert_null(pal_arena_alloc(&a, 600));
    cr_assert(pal_arena_alloc(&a, 300));
    cr_assert_null(pal_arena_alloc(&a, SIZE_MAX));
    pal_arena_reset(&a);
    cr_assert(pal_arena_alloc(&a, 600));
    pal_arena_fini(&a);
}

Test(arena, copies_and_formats_text)
{
    struct pal_arena a;
    pal_arena_init(&a, 1 << 20);
    cr_assert_str_eq(pal_arena_strdup(&a, (struct pal_str){"abcdef", 3}), "abc");
    cr_assert_str_eq(pal_arena_strdup(&a, (struct pal_str){NULL, 0}), "");
    cr_assert_str_eq(pal_arena_printf(&a, "%d-%s", 7, "x"), "7-x");
    pal_arena_fini(&a);
}

Test(arena, keeps_working_after_large_requests_and_resets)
{
    struct pal_arena a;
    pal_arena_init(&a, 1 << 22);
    for (int round = 0; round < 20; round++) {
        cr_assert(pal_arena_alloc(&a, 100000));
        cr_assert(pal_arena_alloc(&a, 10));
        cr_assert(pal_arena_alloc(&a, 100000));
        pal_arena_reset(&a);
        cr_assert_eq(a.used, 0);
    }
    pal_arena_fini(&a);
}
