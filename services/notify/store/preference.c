/* SQL of preferences. */
#include "store/preference.h"

PAL_STATEMENT(SQL_PREFERENCE_ALL,
              "select json_build_object('preferences', preference_json($1::bigint), 'channels', "
              "(select coalesce(json_agg(channel_preference_json(o) order by o.channel_id), '[]') "
              "from channel_preference o where o.user_id = $1 and (o.level is not null or "
              "o.muted_until > now())))");

enum pal_code preference_all(struct pal_db *db, struct pal_arena *arena, uint64_t user,
                             struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, user);
    return pal_db_text(db, &SQL_PREFERENCE_ALL, &p, arena, json, err);
}

PAL_STATEMENT(SQL_PREFERENCE_LOOK,
              "select coalesce((select bool_and(words_of(k) <> '  ') from "
              "jsonb_array_elements_text(c->'keywords') k), true), case when c->'quiet_hours' ? "
              "'time_zone' then exists (select from pg_timezone_names z where z.name = "
              "c#>>'{quiet_hours,time_zone}') else true end from (select $1::jsonb as c) x");

enum pal_code preference_look(struct pal_db *db, struct pal_arena *arena, struct pal_str changes,
                              struct preference_check *out, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_str(&p, changes);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &SQL_PREFERENCE_LOOK, &p, &rows, err);
    if (code == PAL_OK)
        *out = (struct preference_check){pal_row_bool(&rows, 0, 0), pal_row_bool(&rows, 0, 1)};
    return code;
}

PAL_STATEMENT(
    SQL_PREFERENCE_PUT,
    "insert into preference as p (user_id, level, keywords, quiet_from, quiet_to, time_zone, "
    "dnd_until) select $1::bigint, coalesce(c->>'level', 'all'), "
    "array(select jsonb_array_elements_text(coalesce(c->'keywords', '[]'))), "
    "(c#>>'{quiet_hours,from}')::time, (c#>>'{quiet_hours,to}')::time, "
    "c#>>'{quiet_hours,time_zone}', (c->>'dnd_until')::timestamptz "
    "from (select $2::jsonb as c) x on conflict (user_id) do update set "
    "level = case when $2::jsonb ? 'level' then excluded.level else p.level end, "
    "keywords = case when $2::jsonb ? 'keywords' then excluded.keywords else p.keywords end, "
    "quiet_from = case when $2::jsonb ? 'quiet_hours' then excluded.quiet_from else p.quiet_from "
    "end, "
    "quiet_to = case when $2::jsonb ? 'quiet_hours' then excluded.quiet_to else p.quiet_to end, "
    "time_zone = case when $2::jsonb ? 'quiet_hours' then excluded.time_zone else p.time_zone end, "
    "dnd_until = case when $2::jsonb ? 'dnd_until' then excluded.dnd_until else p.dnd_until end");
PAL_STATEMENT(SQL_PREFERENCE_JSON, "select preference_json($1::bigint)");

enum pal_code preference_put(struct pal_db *db, struct pal_arena *arena, uint64_t user,
                             struct pal_str changes, struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, user);
    pal_p_str(&p, changes);
    enum pal_code code = pal_db_exec(db, &SQL_PREFERENCE_PUT, &p, NULL, err);
    pal_params_init(&p, arena);
    pal_p_id(&p, user);
    return code != PAL_OK ? code : pal_db_text(db, &SQL_PREFERENCE_JSON, &p, arena, json, err);
}

PAL_STATEMENT(SQL_PREFERENCE_LISTEN,
              "update member m set listens = x.some from (select p.keywords <> '{}' as some from "
              "preference p where p.user_id = $1::bigint) x where m.user_id = $1 and m.listens <> "
              "x.some");

enum pal_code preference_listen(struct pal_db *db, struct pal_arena *arena, uint64_t user,
                                struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, user);
    return pal_db_exec(db, &SQL_PREFERENCE_LISTEN, &p, NULL, err);
}

PAL_STATEMENT(
    SQL_PREFERENCE_PUT_CHANNEL,
    "insert into channel_preference as p (user_id, channel_id, level, muted_until) "
    "select $1::bigint, $2::bigint, c->>'level', case when c->>'muted' = 'false' then null "
    "when c->>'muted_until' is not null then (c->>'muted_until')::timestamptz "
    "when c->>'muted' = 'true' then 'infinity' end from (select $3::jsonb as c) x "
    "on conflict (user_id, channel_id) do update set "
    "level = case when $3::jsonb ? 'level' then excluded.level else p.level end, "
    "muted_until = case when $3::jsonb ?| '{muted,muted_until}' then excluded.muted_until "
    "else p.muted_until end returning channel_preference_json(p)");

enum pal_code preference_put_channel(struct pal_db *db, struct pal_arena *arena, uint64_t user,
                                     uint64_t channel, struct pal_str changes, struct pal_str *json,
                                     struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, user);
    pal_p_id(&p, channel);
    pal_p_str(&p, changes);
    return pal_db_text(db, &SQL_PREFERENCE_PUT_CHANNEL, &p, arena, json, err);
}
