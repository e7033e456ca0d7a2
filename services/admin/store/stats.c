/* SQL of the figures. */
#include "store/stats.h"

PAL_STATEMENT(
    SQL_STATS,
    "select json_build_object("
    "'users', (select json_build_object('total', count(*), 'active', count(*) filter (where "
    "is_active), "
    "'online', (select count(*) from online_people($1)), "
    "'joined_last_7_days', count(*) filter (where created_at > now() - interval '7 days')) from "
    "user_copy where org_id = $1), "
    "'channels', (select json_build_object('total', count(*), 'public', count(*) filter (where "
    "type = 'public'), "
    "'private', count(*) filter (where type = 'private'), "
    "'active', count(*) filter (where last_message_at > now() - interval '15 min')) "
    "from channel_copy where org_id = $1 and not is_deleted), "
    "'messages', json_build_object('total', (select coalesce(sum(messages), 0) from message_day "
    "where org_id = $1), "
    "'last_24_hours', (select coalesce(sum(messages), 0) from message_tick where org_id = $1 and "
    "tick > now() - interval '1 day'), "
    "'per_minute', (select coalesce(sum(messages), 0) from message_tick where org_id = $1 and tick "
    "> now() - interval '60 s')), "
    "'moderation', json_build_object("
    "'reports_pending', (select count(*) from report where org_id = $1 and status = 'pending'), "
    "'reports_total', (select count(*) from report where org_id = $1), "
    "'muted', (select count(*) from user_copy u where u.org_id = $1 and in_force_until(u.user_id, "
    "'mute') is not null), "
    "'banned', (select count(*) from user_copy u where u.org_id = $1 and in_force_until(u.user_id, "
    "'ban') is not null)), "
    "'connections', (select coalesce(sum(connections), 0) from gateway_state where at > now() - "
    "interval '15 s'), "
    "'server_load', $2::text::json, 'timestamp', iso(now()))");

static enum pal_code figures(struct pal_db *db, const struct pal_statement *st,
                             struct pal_arena *arena, uint64_t org, const char *load,
                             struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, org);
    pal_p_str(&p, pal_str_of(load));
    return pal_db_text(db, st, &p, arena, json, err);
}

enum pal_code stats_read(struct pal_db *db, struct pal_arena *arena, uint64_t org, const char *load,
                         struct pal_str *json, struct pal_error *err)
{
    return figures(db, &SQL_STATS, arena, org, load, json, err);
}

PAL_STATEMENT(
    SQL_DASHBOARD,
    "select json_build_object('active_users', (select count(*) from online_people($1)), "
    "'messages_per_minute', (select coalesce(sum(messages), 0) from message_tick where org_id = $1 "
    "and tick > now() - interval '60 s'), "
    "'active_channels', (select count(*) from channel_copy where org_id = $1 and not is_deleted "
    "and last_message_at > now() - interval '15 min'), "
    "'server_load', $2::text::json, 'timestamp', iso(now()))");

enum pal_code dashboard_read(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                             const char *load, struct pal_str *json, struct pal_error *err)
{
    return figures(db, &SQL_DASHBOARD, arena, org, load, json, err);
}

PAL_STATEMENT(
    SQL_PEOPLE,
    "with page as (select u.*, in_force_until(u.user_id, 'mute') as mute, "
    "in_force_until(u.user_id, 'ban') as ban "
    "from user_copy u where u.org_id = $1 and ($3::text is null or lower(u.username) > $3) "
    "and ($4::text is null or u.role = $4) and ($5::text is null "
    "or strpos(lower(u.username || ' ' || u.display_name || ' ' || u.email), lower($5)) > 0) "
    "order by lower(u.username) limit $2 + 1), "
    "shown as (select * from page order by lower(username) limit $2) "
    "select json_build_object('items', coalesce((select json_agg(json_build_object('id', user_id, "
    "'username', username, "
    "'display_name', display_name, 'email', email, 'role', role, 'is_active', is_active, "
    "'created_at', iso(created_at), "
    "'last_activity', iso(last_activity), 'is_online', user_id in (select online_people($1)), "
    "'messages', (select coalesce(sum(d.messages), 0) from message_day d where d.org_id = $1 and "
    "d.user_id = shown.user_id), "
    "'muted_until', case when isfinite(mute) then iso(mute) end, 'banned_until', case when "
    "isfinite(ban) then iso(ban) end, "
    "'is_muted', mute is not null, 'is_banned', ban is not null) order by lower(username)) from "
    "shown), '[]'), "
    "'next_cursor', case when (select count(*) from page) > $2 then (select max(lower(username)) "
    "from shown) end)");

enum pal_code people_page(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                          const struct people_filter *f, struct pal_str *json,
                          struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, org);
    pal_p_int(&p, f->limit);
    pal_p_str(&p, f->after);
    pal_p_str(&p, f->role);
    pal_p_str(&p, f->query);
    return pal_db_text(db, &SQL_PEOPLE, &p, arena, json, err);
}

PAL_STATEMENT(SQL_GATEWAY_STATE,
              "insert into gateway_state (gateway, at, connections, connection_errors) "
              "select r->>'gateway', now(), (r->>'connections')::bigint, "
              "(r->>'connection_errors')::bigint from (select $1::json as r) s "
              "on conflict (gateway) do update set at = now(), connections = excluded.connections, "
              "connection_errors = excluded.connection_errors");
PAL_STATEMENT(
    SQL_GATEWAY_PEOPLE,
    "with given as (select $1::json->>'gateway' as gateway, (o->>'org')::bigint as org_id, "
    "array(select json_array_elements_text(o->'ids')::bigint) as ids from "
    "json_array_elements($1::json->'users') o), "
    "gone as (delete from gateway_people p where p.gateway = $1::json->>'gateway' "
    "and not exists (select from given g where g.org_id = p.org_id)) "
    "insert into gateway_people (gateway, org_id, user_ids, at) select gateway, org_id, ids, now() "
    "from given "
    "on conflict (gateway, org_id) do update set user_ids = excluded.user_ids, at = excluded.at");

enum pal_code gateway_store(struct pal_db *db, struct pal_arena *arena, struct pal_str report,
                            struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_str(&p, report);
    enum pal_code code = pal_db_exec(db, &SQL_GATEWAY_STATE, &p, NULL, err);
    return code != PAL_OK ? code : pal_db_exec(db, &SQL_GATEWAY_PEOPLE, &p, NULL, err);
}

PAL_STATEMENT(SQL_GATEWAYS_EXPIRE,
              "with quiet as (delete from gateway_state where at < now() - interval '1 hour') "
              "delete from gateway_people where at < now() - interval '1 hour'");

enum pal_code gateways_expire(struct pal_db *db, struct pal_arena *arena, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    return pal_db_exec(db, &SQL_GATEWAYS_EXPIRE, &p, NULL, err);
}
