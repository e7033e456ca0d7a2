/* Tables that find a row by its key. */
#include "domain/tally.h"

static int64_t begin_of(int64_t at_ms, int64_t interval_ms)
{
    int64_t rest = at_ms % interval_ms;
    return at_ms - (rest < 0 ? rest + interval_ms : rest);
}

static bool table_begin(struct tally_table *t, struct pal_arena *arena, size_t max)
{
    t->rows = pal_arena_alloc(arena, max * sizeof *t->rows);
    t->n = 0;
    pal_map_init(&t->index);
    return t->rows;
}

bool tally_begin(struct tally *t, struct pal_arena *arena, size_t max)
{
    t->max = max;
    bool ticks = table_begin(&t->ticks, arena, max);
    bool days = table_begin(&t->days, arena, max);
    return table_begin(&t->channels, arena, max) && ticks && days;
}

void tally_end(struct tally *t)
{
    pal_map_fini(&t->ticks.index);
    pal_map_fini(&t->days.index);
    pal_map_fini(&t->channels.index);
}

/* The row with this key, made when it is not there; NULL: no room. */
static struct tally_row *row_of(struct tally_table *t, size_t max, uint64_t org, uint64_t who,
                                int64_t from_ms)
{
    uint64_t hash = (org * 31 + who) * 31 + (uint64_t)from_ms + 1;
    struct tally_row *first = pal_map_get(&t->index, hash);
    for (struct tally_row *r = first; r; r = r->same_hash)
        if (r->org == org && r->who == who && r->from_ms == from_ms)
            return r;
    if (t->n == max)
        return NULL;
    struct tally_row *r = &t->rows[t->n++];
    *r = (struct tally_row){org, who, from_ms, 0, first};
    return pal_map_put(&t->index, hash, r) ? r : NULL;
}

bool tally_add(struct tally *t, uint64_t org, uint64_t channel, uint64_t user, int64_t at_ms)
{
    struct tally_row *tick = row_of(&t->ticks, t->max, org, 0, begin_of(at_ms, TALLY_TICK_MS));
    struct tally_row *day = row_of(&t->days, t->max, org, user, begin_of(at_ms, TALLY_DAY_MS));
    struct tally_row *last = row_of(&t->channels, t->max, 0, channel, 0);
    if (!tick || !day || !last)
        return false;
    tick->count++;
    day->count++;
    if (last->count < at_ms)
        last->count = at_ms;
    return true;
}
