/* SQL of the copies. */
#include "store/copies.h"

static enum pal_code with_json(struct pal_db *db, const struct pal_statement *st,
                               struct pal_arena *arena, struct pal_str json, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_str(&p, json);
    return pal_db_exec(db, st, &p, NULL, err);
}

PAL_STATEMENT(SQL_USER_PUT,
              "insert into user_copy (user_id, org_id, username, language, is_active) "
              "select (u->>'id')::bigint, (u->>'organization_id')::bigint, u->>'username', "
              "coalesce(u->>'language', 'en'), "
              "coalesce((u->>'is_active')::boolean, true) from (select $1::json as u) s "
              "on conflict (user_id) do update set username = excluded.username, language = "
              "excluded.language, "
              "is_active = excluded.is_active");

enum pal_code user_copy_put(struct pal_db *db, struct pal_arena *arena, struct pal_str json,
                            struct pal_error *err)
{
    return with_json(db, &SQL_USER_PUT, arena, json, err);
}

PAL_STATEMENT(SQL_CHANNEL_PUT,
              "insert into channel_copy (channel_id, org_id, name, type) "
              "select (c->>'id')::bigint, (c->>'organization_id')::bigint, c->>'name', c->>'type' "
              "from (select $1::json as c) s "
              "on conflict (channel_id) do update set name = excluded.name, type = excluded.type");

enum pal_code channel_copy_put(struct pal_db *db, struct pal_arena *arena, struct pal_str json,
                               struct pal_error *err)
{
    return with_json(db, &SQL_CHANNEL_PUT, arena, json, err);
}

static enum pal_code with_member(struct pal_db *db, const struct pal_statement *st,
                                 struct pal_arena *arena, const struct membership *m, bool seq,
                                 struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, m->channel);
    pal_p_id(&p, m->user);
    if (seq)
        pal_p_int(&p, (int64_t)m->seq);
    return pal_db_exec(db, st, &p, NULL, err);
}

PAL_STATEMENT(SQL_MEMBER_PUT,
              "insert into member (channel_id, user_id, joined_seq) values ($1, $2, $3) "
              "on conflict (channel_id, user_id) do update set joined_seq = excluded.joined_seq");

enum pal_code member_put(struct pal_db *db, struct pal_arena *arena, const struct membership *m,
                         struct pal_error *err)
{
    return with_member(db, &SQL_MEMBER_PUT, arena, m, true, err);
}

PAL_STATEMENT(SQL_MEMBER_DELETE,
              "with chosen as (delete from channel_preference where channel_id = $1 and user_id = "
              "$2) delete from member where channel_id = $1 and user_id = $2");

enum pal_code member_delete(struct pal_db *db, struct pal_arena *arena, const struct membership *m,
                            struct pal_error *err)
{
    return with_member(db, &SQL_MEMBER_DELETE, arena, m, false, err);
}

static enum pal_code name_of(struct pal_db *db, const struct pal_statement *st,
                             struct pal_arena *arena, uint64_t id, struct pal_str *out,
                             struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, id);
    return pal_db_text(db, st, &p, arena, out, err);
}

PAL_STATEMENT(SQL_CHANNEL_NAME, "select name from channel_copy where channel_id = $1");

enum pal_code channel_name(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                           struct pal_str *out, struct pal_error *err)
{
    return name_of(db, &SQL_CHANNEL_NAME, arena, channel, out, err);
}

PAL_STATEMENT(SQL_USER_NAME, "select username from user_copy where user_id = $1");

enum pal_code user_name(struct pal_db *db, struct pal_arena *arena, uint64_t user,
                        struct pal_str *out, struct pal_error *err)
{
    return name_of(db, &SQL_USER_NAME, arena, user, out, err);
}
