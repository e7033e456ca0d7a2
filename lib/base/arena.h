/* Request-scoped memory: bump allocation in chunks, freed all at once. One thread at a time. */
#ifndef PAL_BASE_ARENA_H
#define PAL_BASE_ARENA_H

#include "base/code.h"
#include "base/str.h"

#include <stddef.h>

struct pal_arena {
    struct pal_arena_chunk *head; /* owned */
    size_t used;                  /* bytes handed out since the last reset */
    size_t max; /* bytes in all; past it allocation aborts the process's request with NULL */
};

void pal_arena_init(struct pal_arena *a, size_t max);
void pal_arena_fini(struct pal_arena *a);
/* Frees all but the first chunk, ready for the next request. */
void pal_arena_reset(struct pal_arena *a);

/* Zeroed memory aligned for any type; NULL when max would be passed or memory is out. */
void *pal_arena_alloc(struct pal_arena *a, size_t n) PAL_MUST_USE;
char *pal_arena_strdup(struct pal_arena *a, struct pal_str s) PAL_MUST_USE; /* terminated copy */
char *pal_arena_printf(struct pal_arena *a, const char *fmt, ...) PAL_PRINTF(2, 3) PAL_MUST_USE;

#endif
