/* Bump allocation. Chunks hang in a list with the one that is being filled at its head; a request
 * that is larger than a chunk gets one of its own behind the head, so that the head's rest is not
 * lost. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 16 << 10, ALIGNMENT = _Alignof(max_align_t) };

struct pal_arena_chunk {
    struct pal_arena_chunk *next; /* owned */
    size_t cap;
    size_t used;
    max_align_t data[]; /* cap bytes */
};

void pal_arena_init(struct pal_arena *a, size_t max)
{
    *a = (struct pal_arena){NULL, 0, max};
}

static void free_chunks(struct pal_arena_chunk *chunk)
{
    while (chunk) {
        struct pal_arena_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
}

void pal_arena_fini(struct pal_arena *a)
{
    free_chunks(a->head);
    a->head = NULL;
    a->used = 0;
}

void pal_arena_reset(struct pal_arena *a)
{
    struct pal_arena_chunk *keep = NULL;
    struct pal_arena_chunk **link = &a->head;
    while (*link) {
        if ((*link)->cap == CHUNK_BYTES) {
            keep = *link;
            *link = keep->next;
            keep->next = NULL;
            keep->used = 0;
            break;
        }
        link = &(*link)->next;
    }
    free_chunks(a->head);
    a->head = keep;
    a->used = 0;
}

static struct pal_arena_chunk *chunk_new(size_t cap)
{
    struct pal_arena_chunk *chunk = malloc(sizeof *chunk + cap);
    if (!chunk)
        return NULL;
    chunk->next = NULL;
    chunk->cap = cap;
    chunk->used = 0;
    return chunk;
}

/* A chunk with n bytes free; NULL when memory is out. */
static struct pal_arena_chunk *chunk_for(struct pal_arena *a, size_t n)
{
    if (a->head && a->head->cap - a->head->used >= n)
        return a->head;
    struct pal_arena_chunk *chunk = chunk_new(n > CHUNK_BYTES ? n : CHUNK_BYTES);
    if (!chunk)
        return NULL;
    if (n > CHUNK_BYTES && a->head) {
        chunk->next = a->head->next;
        a->head->next = chunk;
    } else {
        chunk->next = a->head;
        a->head = chunk;
    }
    return chunk;
}

void *pal_arena_alloc(struct pal_arena *a, size_t n)
{
    if (n > a->max)
        return NULL;
    size_t room = n == 0 ? ALIGNMENT : (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (room < n || room > a->max - a->used)
        return NULL;
    struct pal_arena_chunk *chunk = chunk_for(a, room);
    if (!chunk)
        return NULL;
    void *p = (char *)chunk->data + chunk->used;
    chunk->used += room;
    a->used += room;
    return memset(p, 0, n);
}

char *pal_arena_strdup(struct pal_arena *a, struct pal_str s)
{
    if (s.n == SIZE_MAX)
        return NULL;
    char *copy = pal_arena_alloc(a, s.n + 1);
    if (copy && s.n)
        memcpy(copy, s.p, s.n);
    return copy;
}

char *pal_arena_printf(struct pal_arena *a, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    char *out = n < 0 ? NULL : pal_arena_alloc(a, (size_t)n + 1);
    if (!out)
        return NULL;
    va_start(args, fmt);
    (void)vsnprintf(out, (size_t)n + 1, fmt, args);
    va_end(args);
    return out;
}
