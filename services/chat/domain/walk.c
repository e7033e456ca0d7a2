/* Ranges of ids: walk.h. */
#include "domain/walk.h"

enum {
    LEVELS = 3,
    SMALL_BITS = 12,
    STEP_BITS = 4,
    FIRST = 2 << SMALL_BITS,
    GROWTH = 64,
    ROWS_GOAL = 1500 /* of one range: some milliseconds */
};
#define LARGEST (INT64_C(1) << 25)

static int bits_of(int level)
{
    return SMALL_BITS + STEP_BITS * level;
}

void walk_begin(struct walk *w, int64_t floor, int64_t end)
{
    *w = (struct walk){floor, end, FIRST};
}

/* Down to where a block of this size or the next smaller level begins, so that few lexemes say it.
 */
static int64_t aligned(int64_t from, int64_t size)
{
    int level = LEVELS - 1;
    while (level > 0 && size < INT64_C(1) << bits_of(level))
        level--;
    return from >> bits_of(level) << bits_of(level);
}

bool walk_next(struct walk *w, struct walk_range *out)
{
    if (w->next <= w->floor)
        return false;
    int64_t from = w->next > w->size ? aligned(w->next - w->size, w->size) : 0;
    *out = (struct walk_range){from > w->floor ? from : w->floor, w->next};
    w->next = out->from;
    return true;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

void walk_learn(struct walk *w, const struct walk_range *r, int64_t looked_at, int64_t found,
                int64_t wanted)
{
    int64_t length = r->to - r->from;
    int64_t size = least(w->size * GROWTH, LARGEST);
    if (found > 0)
        size = least(size, length / found * (wanted + wanted / 2 + 1));
    if (size >= (w->next - w->floor) / 2)
        size = w->next - w->floor;
    if (looked_at > 0)
        size = least(size, length / looked_at * ROWS_GOAL);
    w->size = size > FIRST / 2 ? size : FIRST / 2;
}

static void put_block(struct pal_buf *out, int level, int64_t block)
{
    pal_buf_z(out, "':");
    pal_buf_char(out, (char)('x' + level));
    pal_buf_int(out, block);
    pal_buf_char(out, '\'');
}

void walk_tsquery(const struct walk_range *r, struct pal_buf *out)
{
    for (int64_t at = r->from >> SMALL_BITS << SMALL_BITS; at < r->to;) {
        int level = LEVELS - 1;
        int64_t size = INT64_C(1) << bits_of(level);
        for (; level > 0 && (at % size != 0 || at + size > r->to); size >>= STEP_BITS)
            level--;
        if (out->n > 0)
            pal_buf_char(out, '|');
        put_block(out, level, at >> bits_of(level));
        at += INT64_C(1) << bits_of(level);
    }
}

void walk_tsvector(int64_t id, struct pal_buf *out)
{
    for (int level = 0; level < LEVELS; level++) {
        put_block(out, level, id >> bits_of(level));
        pal_buf_char(out, ' ');
    }
}
