/* SQL of runs. */
#include "store/run.h"

#include "gen/catalogue.h"

#include <inttypes.h>
#include <stdio.h>

PAL_STATEMENT(
    SQL_NOTIFICATION_IDS,
    "select setval('notification_id_seq', nextval('notification_id_seq') + $1 - 1) - $1 + "
    "1 from (select from delivery_lock for update) l");

enum pal_code notification_ids(struct pal_db *db, struct pal_arena *arena, size_t n, int64_t *first,
                               struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_int(&p, (int64_t)n);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &SQL_NOTIFICATION_IDS, &p, &rows, err);
    if (code == PAL_OK)
        *first = pal_row_int(&rows, 0, 0);
    return code;
}

PAL_STATEMENT(SQL_CHANNELS_LOOK,
              "select coalesce(c.name, ''), exists (select from member m where m.channel_id = g.id "
              "and m.listens) from unnest($1::bigint[]) with ordinality g (id, place) "
              "left join channel_copy c on c.channel_id = g.id order by g.place");

enum pal_code channels_look(struct pal_db *db, struct pal_arena *arena, const int64_t *channels,
                            size_t n, struct pal_str *names, bool *heard, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_ints(&p, channels, n);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &SQL_CHANNELS_LOOK, &p, &rows, err);
    for (size_t i = 0; code == PAL_OK && i < n; i++) {
        heard[i] = pal_row_bool(&rows, (int)i, 1);
        code = pal_rows_text(&rows, (int)i, 0, arena, &names[i], err);
    }
    return code;
}

/* An array as an element of an array: its literal as text, cast by the statement. */
static bool literal(struct pal_arena *arena, const int64_t *v, size_t n, struct pal_str *out)
{
    struct pal_buf text;
    pal_buf_init(&text, 4096);
    for (size_t i = 0; i < n; i++) {
        pal_buf_char(&text, i ? ',' : '{');
        pal_buf_int(&text, v[i]);
    }
    pal_buf_char(&text, '}');
    *out = (struct pal_str){pal_arena_strdup(arena, pal_buf_view(&text)), text.n};
    pal_buf_fini(&text);
    return out->p;
}

static bool literal_of_texts(struct pal_arena *arena, const struct pal_str *v, size_t n,
                             struct pal_str *out)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_strs(&p, v, n);
    *out = pal_str_of(p.values[0]);
    return !p.failed;
}

/* The runs turned into columns. */
struct columns {
    int64_t *channel, *last, *first, *org;
    struct pal_str *en, *es, *ids, *seqs, *actors, *messages, *times, *usernames;
};

static bool allocate(struct pal_arena *arena, size_t n, struct columns *c)
{
    int64_t *ints = pal_arena_alloc(arena, 4 * n * sizeof *ints);
    struct pal_str *strs = pal_arena_alloc(arena, 8 * n * sizeof *strs);
    if (!ints || !strs)
        return false;
    *c = (struct columns){.channel = ints,
                          .last = ints + n,
                          .first = ints + 2 * n,
                          .org = ints + 3 * n,
                          .en = strs,
                          .es = strs + n,
                          .ids = strs + 2 * n,
                          .seqs = strs + 3 * n,
                          .actors = strs + 4 * n,
                          .messages = strs + 5 * n,
                          .times = strs + 6 * n,
                          .usernames = strs + 7 * n};
    return true;
}

static bool fill(struct pal_arena *arena, const struct run *r, size_t i, struct columns *c)
{
    c->channel[i] = (int64_t)r->channel;
    c->first[i] = r->ids[0];
    c->last[i] = r->ids[r->n - 1];
    c->org[i] = (int64_t)r->org;
    c->en[i] = r->en;
    c->es[i] = r->es;
    return literal(arena, r->ids, r->n, &c->ids[i]) && literal(arena, r->seqs, r->n, &c->seqs[i]) &&
           literal(arena, r->actors, r->n, &c->actors[i]) &&
           literal(arena, r->messages, r->n, &c->messages[i]) &&
           literal(arena, r->times, r->n, &c->times[i]) &&
           literal_of_texts(arena, r->usernames, r->n, &c->usernames[i]);
}

PAL_STATEMENT(
    SQL_RUNS_INSERT,
    "insert into message_run (channel_id, last_id, first_id, org_id, text_en, text_es, ids, seqs, "
    "actor_ids, message_ids, times, usernames) "
    "select g.channel_id, g.last_id, g.first_id, g.org_id, g.en, g.es, g.ids::bigint[], "
    "g.seqs::bigint[], g.actors::bigint[], g.messages::bigint[], g.times::bigint[], "
    "g.usernames::text[] from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], "
    "$5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], "
    "$12::text[]) g (channel_id, last_id, first_id, org_id, en, es, ids, seqs, actors, messages, "
    "times, usernames)");

enum pal_code runs_insert(struct pal_db *db, struct pal_arena *arena, const struct run *const *runs,
                          size_t n, struct pal_error *err)
{
    struct columns c;
    struct pal_params p;
    bool whole = allocate(arena, n, &c);
    for (size_t i = 0; whole && i < n; i++)
        whole = fill(arena, runs[i], i, &c);
    if (!whole)
        return pal_error_set(err, &pal_err_service_internal, "the batch does not fit");
    pal_params_init(&p, arena);
    const int64_t *const ints[] = {c.channel, c.last, c.first, c.org};
    const struct pal_str *const strs[] = {c.en,     c.es,       c.ids,   c.seqs,
                                          c.actors, c.messages, c.times, c.usernames};
    for (size_t i = 0; i < sizeof ints / sizeof *ints; i++)
        pal_p_ints(&p, ints[i], n);
    for (size_t i = 0; i < sizeof strs / sizeof *strs; i++)
        pal_p_strs(&p, strs[i], n);
    return pal_db_exec(db, &SQL_RUNS_INSERT, &p, NULL, err);
}
