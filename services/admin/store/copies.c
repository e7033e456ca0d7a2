/* SQL of the copies and the message counts. */
#include "store/copies.h"

#include "gen/catalogue.h"

#include <stddef.h>
#include <string.h>

PAL_STATEMENT(
    SQL_USER_PUT,
    "insert into user_copy (user_id, org_id, username, display_name, email, role, is_active, "
    "created_at, last_activity) "
    "select (u->>'id')::bigint, (u->>'organization_id')::bigint, u->>'username', "
    "coalesce(u->>'display_name', ''), "
    "coalesce(u->>'email', ''), u->>'role', coalesce((u->>'is_active')::boolean, true), "
    "coalesce((u->>'created_at')::timestamptz, now()), (u->>'last_activity')::timestamptz "
    "from (select $1::json as u) s "
    "on conflict (user_id) do update set username = excluded.username, display_name = "
    "excluded.display_name, "
    "email = case when excluded.email = '' then user_copy.email else excluded.email end, role = "
    "excluded.role, "
    "is_active = excluded.is_active, last_activity = coalesce(excluded.last_activity, "
    "user_copy.last_activity)");

enum pal_code user_copy_put(struct pal_db *db, struct pal_arena *arena, struct pal_str json,
                            struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_str(&p, json);
    return pal_db_exec(db, &SQL_USER_PUT, &p, NULL, err);
}

PAL_STATEMENT(SQL_USER_EMAIL, "update user_copy set email = $2 where user_id = $1");

enum pal_code user_copy_email(struct pal_db *db, struct pal_arena *arena, uint64_t user,
                              struct pal_str email, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, user);
    pal_p_str(&p, email);
    return pal_db_exec(db, &SQL_USER_EMAIL, &p, NULL, err);
}

PAL_STATEMENT(SQL_CHANNEL_PUT,
              "insert into channel_copy (channel_id, org_id, name, type) "
              "select (c->>'id')::bigint, (c->>'organization_id')::bigint, c->>'name', c->>'type' "
              "from (select $1::json as c) s "
              "on conflict (channel_id) do update set name = excluded.name, type = excluded.type");

enum pal_code channel_copy_put(struct pal_db *db, struct pal_arena *arena, struct pal_str channel,
                               struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_str(&p, channel);
    return pal_db_exec(db, &SQL_CHANNEL_PUT, &p, NULL, err);
}

PAL_STATEMENT(SQL_CHANNEL_DELETE,
              "update channel_copy set is_deleted = true where channel_id = $1");

enum pal_code channel_copy_delete(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                                  struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, channel);
    return pal_db_exec(db, &SQL_CHANNEL_DELETE, &p, NULL, err);
}

PAL_STATEMENT(
    SQL_MESSAGES_COUNT,
    "with tick as (insert into message_tick (org_id, tick, messages) "
    "select org, to_timestamp(ms / 1000.0), n from unnest($1::bigint[], $2::bigint[], "
    "$3::bigint[]) "
    "g (org, ms, n) "
    "on conflict (org_id, tick) do update set messages = message_tick.messages + "
    "excluded.messages), "
    "today as (insert into message_day (org_id, user_id, day, messages) "
    "select org, usr, (to_timestamp(ms / 1000.0) at time zone 'utc')::date, n "
    "from unnest($4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[]) g (org, usr, ms, n) "
    "on conflict (org_id, user_id, day) do update set messages = message_day.messages + "
    "excluded.messages) "
    "update channel_copy c set last_message_at = to_timestamp(g.ms / 1000.0) "
    "from unnest($8::bigint[], $9::bigint[]) g (channel, ms) where c.channel_id = g.channel");

/* One member of each row as an array. */
static void put_column(struct pal_params *p, const struct tally_table *t, size_t offset)
{
    int64_t *v = pal_arena_alloc(p->arena, (t->n + 1) * sizeof *v);
    for (size_t i = 0; v && i < t->n; i++)
        memcpy(&v[i], (const char *)&t->rows[i] + offset, sizeof *v);
    if (v)
        pal_p_ints(p, v, t->n);
    else
        p->failed = true;
}

enum pal_code messages_count(struct pal_db *db, struct pal_arena *arena, const struct tally *t,
                             struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    put_column(&p, &t->ticks, offsetof(struct tally_row, org));
    put_column(&p, &t->ticks, offsetof(struct tally_row, from_ms));
    put_column(&p, &t->ticks, offsetof(struct tally_row, count));
    put_column(&p, &t->days, offsetof(struct tally_row, org));
    put_column(&p, &t->days, offsetof(struct tally_row, who));
    put_column(&p, &t->days, offsetof(struct tally_row, from_ms));
    put_column(&p, &t->days, offsetof(struct tally_row, count));
    put_column(&p, &t->channels, offsetof(struct tally_row, who));
    put_column(&p, &t->channels, offsetof(struct tally_row, count));
    return pal_db_exec(db, &SQL_MESSAGES_COUNT, &p, NULL, err);
}

PAL_STATEMENT(SQL_PERSON_FIND,
              "select role, username from user_copy where user_id = $1 and org_id = $2");

enum pal_code person_find(struct pal_db *db, struct pal_arena *arena, uint64_t org, uint64_t user,
                          struct person *out, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, user);
    pal_p_id(&p, org);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &SQL_PERSON_FIND, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    *out = (struct person){.found = rows.n == 1};
    if (out->found) {
        out->role = pal_role_parse(pal_row_str(&rows, 0, 0));
        struct pal_str name = pal_row_str(&rows, 0, 1);
        out->username = (struct pal_str){pal_arena_strdup(arena, name), name.n};
    }
    return PAL_OK;
}

PAL_STATEMENT(SQL_TICKS_EXPIRE, "delete from message_tick where tick < now() - interval '1 day'");

enum pal_code ticks_expire(struct pal_db *db, struct pal_arena *arena, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    return pal_db_exec(db, &SQL_TICKS_EXPIRE, &p, NULL, err);
}

PAL_STATEMENT(SQL_USER_ROLE, "select role from user_copy where user_id = $1::bigint");
const struct pal_statement *const user_copy_role = &SQL_USER_ROLE;
