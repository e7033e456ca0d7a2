/* SQL for members of channels: member.h. */
#include "store/member.h"

#include "gen/catalogue.h"

/* channel, user and org: $1, $2 and $3 of the statements that append to the log. */
static void log_params(struct pal_params *p, struct pal_arena *arena, uint64_t channel,
                       uint64_t user, uint64_t org)
{
    pal_params_init(p, arena);
    pal_p_id(p, channel);
    pal_p_id(p, user);
    pal_p_id(p, org);
}

PAL_STATEMENT(
    sql_member_add,
    "with r as (select row_to_json(w) as rest from (select $2::bigint as user_id, (select "
    "row_to_json(x) from"
    " (select $2::bigint as id, name_of($2::bigint) as username,"
    " coalesce((select u.display_name from user_copy u where u.user_id = $2::bigint), '') as "
    "display_name) x) as user,"
    " $5::text as role, $6::bigint as invited_by) w),"
    " e as materialized (select e.seq, e.body from r,"
    " append_event($1::bigint, $4::integer, 'user_joined', $3::bigint, $2::bigint, r.rest) e),"
    " m as (insert into member (channel_id, user_id, role, joined_seq, read_seq)"
    " select $1::bigint, $2::bigint, $5::text, e.seq, e.seq from e),"
    " c as (update channel set member_count = member_count + 1 where id = $1::bigint)"
    " select seq, body from e");

enum pal_code member_store_add(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                               const struct newcomer *n, struct logged *out, struct pal_error *err)
{
    struct pal_params p;
    log_params(&p, arena, n->channel, n->user, org);
    pal_p_int(&p, PAL_EV_MEMBER_JOINED);
    pal_p_str(&p, n->role);
    pal_p_id(&p, n->invited_by);
    return answer_logged(db, &sql_member_add, &p, arena, out, err);
}

PAL_STATEMENT(
    sql_member_remove,
    "with m as (delete from member where channel_id = $1::bigint and user_id = $2::bigint "
    "returning user_id),"
    " c as (update channel set member_count = member_count - 1 where id = $1::bigint and exists "
    "(select from m)),"
    " d as (delete from draft where channel_id = $1::bigint and user_id = $2::bigint)"
    " select e.seq, e.body from m, lateral (select row_to_json(w) as rest from (select m.user_id,"
    " name_of(m.user_id) as username, $5::bigint as removed_by) w) r,"
    " append_event($1::bigint, $4::integer, 'user_left', $3::bigint, m.user_id, r.rest) e");

enum pal_code member_store_remove(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                  uint64_t channel, uint64_t user, uint64_t removed_by,
                                  struct logged *out, struct pal_error *err)
{
    struct pal_params p;
    log_params(&p, arena, channel, user, org);
    pal_p_int(&p, PAL_EV_MEMBER_LEFT);
    pal_p_id(&p, removed_by);
    return answer_logged(db, &sql_member_remove, &p, arena, out, err);
}

PAL_STATEMENT(
    sql_member_set_role,
    "with m as (update member set role = $5::text where channel_id = $1::bigint and user_id = "
    "$2::bigint"
    " and role <> $5::text returning user_id, role)"
    " select e.seq, e.body from m, lateral (select row_to_json(w) as rest from (select m.user_id, "
    "m.role) w) r,"
    " append_event($1::bigint, $4::integer, 'member_updated', $3::bigint, m.user_id, r.rest) e");

enum pal_code member_store_set_role(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                    uint64_t channel, uint64_t user, struct pal_str role,
                                    struct logged *out, struct pal_error *err)
{
    struct pal_params p;
    log_params(&p, arena, channel, user, org);
    pal_p_int(&p, PAL_EV_MEMBER_UPDATED);
    pal_p_str(&p, role);
    return answer_logged(db, &sql_member_set_role, &p, arena, out, err);
}

PAL_STATEMENT(sql_member_facts, "select max(role) filter (where user_id = $2::bigint), count(*), "
                                "count(*) filter (where role = 'owner'),"
                                " (array_agg(user_id order by joined_seq, user_id))[1] from member "
                                "where channel_id = $1::bigint");

enum pal_code member_store_facts(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                                 uint64_t user, struct member_facts *out, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, channel);
    pal_p_id(&p, user);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_member_facts, &p, &rows, err);
    if (code == PAL_OK)
        *out = (struct member_facts){.role = channel_role_of(pal_row_str(&rows, 0, 0)),
                                     .members = pal_row_int(&rows, 0, 1),
                                     .owners = pal_row_int(&rows, 0, 2),
                                     .longest = (uint64_t)pal_row_int(&rows, 0, 3)};
    return code;
}

PAL_STATEMENT(
    sql_member_known,
    "select 1 from user_copy where org_id = $1::bigint and user_id = $2::bigint and is_active");

enum pal_code member_store_known(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                 uint64_t user, bool *known, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, org);
    pal_p_id(&p, user);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_member_known, &p, &rows, err);
    if (code == PAL_OK)
        *known = rows.n == 1;
    return code;
}

PAL_STATEMENT(sql_member_get, "select member_json(m) from member m where m.channel_id = $1::bigint "
                              "and m.user_id = $2::bigint");

enum pal_code member_store_get(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                               uint64_t user, struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, channel);
    pal_p_id(&p, user);
    return pal_db_text(db, &sql_member_get, &p, arena, json, err);
}

PAL_STATEMENT(
    sql_member_list,
    "with page as (select m, row_number() over (order by m.user_id) as n from member m"
    " where m.channel_id = $1::bigint and m.user_id > coalesce($3::bigint, 0)"
    " order by m.user_id limit $2::integer + 1)"
    " select row_to_json(w) from (select"
    " coalesce(json_agg(member_json(m) order by n) filter (where n <= $2::integer), '[]') as items,"
    " case when count(*) > $2::integer then max((m).user_id) filter (where n <= $2::integer)::text "
    "end"
    " as next_cursor from page) w");

enum pal_code member_store_list(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                                int64_t limit, uint64_t after, struct pal_str *json,
                                struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, channel);
    pal_p_int(&p, limit);
    pal_p_id(&p, after);
    return pal_db_text(db, &sql_member_list, &p, arena, json, err);
}
