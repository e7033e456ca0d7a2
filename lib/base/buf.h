/* A growable byte buffer with a maximum. Errors are sticky (`failed`), so that a writer checks
 * once. One thread at a time. */
#ifndef PAL_BASE_BUF_H
#define PAL_BASE_BUF_H

#include "base/code.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pal_buf {
    char *p;     /* owned; terminated by a NUL beyond n once anything was added */
    size_t n;    /* bytes used */
    size_t cap;  /* bytes allocated */
    size_t max;  /* never grows past this */
    bool failed; /* something did not fit; contents are what was there before */
};

void pal_buf_init(struct pal_buf *b, size_t max);
void pal_buf_fini(struct pal_buf *b);
void pal_buf_clear(struct pal_buf *b); /* keeps the memory */

void pal_buf_add(struct pal_buf *b, const void *p, size_t n);
void pal_buf_str(struct pal_buf *b, struct pal_str s);
void pal_buf_z(struct pal_buf *b, const char *z);
void pal_buf_char(struct pal_buf *b, char c);
void pal_buf_int(struct pal_buf *b, int64_t v); /* decimal */
void pal_buf_printf(struct pal_buf *b, const char *fmt, ...) PAL_PRINTF(2, 3);
void pal_buf_json_str(struct pal_buf *b,
                      struct pal_str s); /* quoted and escaped; s is valid UTF-8 */
/* Room for n bytes at the end; NULL when it does not fit. Follow with pal_buf_commit. */
void *pal_buf_reserve(struct pal_buf *b, size_t n);
void pal_buf_commit(struct pal_buf *b, size_t n);
/* Removes n bytes from the front. */
void pal_buf_consume(struct pal_buf *b, size_t n);
/* Gives the memory away: the caller frees it with free(); b is empty afterwards. */
char *pal_buf_steal(struct pal_buf *b, size_t *n);

static inline struct pal_str pal_buf_view(const struct pal_buf *b)
{
    return (struct pal_str){b->p, b->n};
}

#endif
