/* SQL of notifications. */
#include "store/notification.h"

#include "domain/text.h"
#include "gen/catalogue.h"

PAL_STATEMENT(SQL_DELIVERY_LOCK, "select from delivery_lock for update");

enum pal_code delivery_lock(struct pal_db *db, struct pal_arena *arena, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    return pal_db_exec(db, &SQL_DELIVERY_LOCK, &p, NULL, err);
}

/* All but whom it is for: $1 to $11. */
static void notice_params(struct pal_params *p, struct pal_arena *arena, const struct notice *n)
{
    pal_params_init(p, arena);
    pal_p_id(p, n->org);
    pal_p_id(p, n->channel);
    pal_p_id(p, n->seq);
    pal_p_id(p, n->actor);
    pal_p_id(p, n->message);
    pal_p_str(p, pal_str_of(n->kind));
    pal_p_str(p, pal_str_of(n->priority));
    pal_p_str(p, n->en);
    pal_p_str(p, n->es);
    pal_p_int(p, n->source);
    pal_p_int(p, (int64_t)n->event_id);
}

PAL_STATEMENT(SQL_NOTICE_INSERT,
              "insert into notification as n (org_id, channel_id, seq, actor_id, message_id, kind, "
              "priority, text_en, text_es, source, "
              "event_id, user_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
              "on conflict do nothing returning event_if_told(n)");

enum pal_code notice_insert(struct pal_db *db, struct pal_arena *arena, const struct notice *n,
                            struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    notice_params(&p, arena, n);
    pal_p_id(&p, n->user);
    return pal_db_text(db, &SQL_NOTICE_INSERT, &p, arena, json, err);
}

PAL_STATEMENT(
    SQL_NOTICES_INSERT,
    "insert into notification as n (org_id, channel_id, seq, actor_id, message_id, kind, "
    "priority, text_en, text_es, source, event_id, user_id) "
    "select $1::bigint, $2::bigint, $3::bigint, $4::bigint, $5::bigint, $6::text, $7::text, "
    "$8::text, $9::text, $10::smallint, $11::bigint, g.user_id "
    "from unnest($12::bigint[]) g (user_id) cross join lateral (select from member m where "
    "m.channel_id = $2::bigint and m.user_id = g.user_id limit 1) m order by g.user_id "
    "on conflict do nothing returning n.user_id, event_if_told(n)");

enum pal_code notices_insert(struct pal_db *db, struct pal_arena *arena, const struct notice *n,
                             const int64_t *users, size_t n_users, struct pal_rows *out,
                             struct pal_error *err)
{
    struct pal_params p;
    notice_params(&p, arena, n);
    pal_p_ints(&p, users, n_users);
    return pal_db_run(db, &SQL_NOTICES_INSERT, &p, out, err);
}

PAL_STATEMENT(
    SQL_MENTIONS_INSERT,
    "insert into notification as n (id, user_id, org_id, channel_id, seq, actor_id, message_id, "
    "event_id, text_en, text_es, kind, priority, source) overriding system value "
    "select g.*, $11, $12, $13 from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], "
    "$5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[], $10::text[]) "
    "g (id, user_id, org_id, channel_id, seq, actor_id, message_id, event_id, en, es) "
    "where g.user_id <> g.actor_id and exists (select from member m where m.channel_id = "
    "g.channel_id and m.user_id = g.user_id) order by g.id "
    "on conflict do nothing returning n.org_id, n.user_id, event_if_told(n)");

enum pal_code mentions_insert(struct pal_db *db, struct pal_arena *arena,
                              const struct mention *mentions, size_t n, struct pal_rows *out,
                              struct pal_error *err)
{
    struct pal_params p;
    int64_t *v = pal_arena_alloc(arena, n * sizeof *v);
    struct pal_str *en = pal_arena_alloc(arena, n * sizeof *en);
    struct pal_str *es = pal_arena_alloc(arena, n * sizeof *es);
    if (!v || !en || !es)
        return pal_error_set(err, &pal_err_service_internal, "the batch does not fit");
    pal_params_init(&p, arena);
    for (size_t column = 0; column < MENTION_NUMBERS; column++) {
        for (size_t i = 0; i < n; i++)
            v[i] = mentions[i].numbers[column];
        pal_p_ints(&p, v, n);
    }
    for (size_t i = 0; i < n; i++) {
        en[i] = mentions[i].en;
        es[i] = mentions[i].es;
    }
    pal_p_strs(&p, en, n);
    pal_p_strs(&p, es, n);
    pal_p_str(&p, pal_str_of(notice_kind_name(NOTICE_MENTION)));
    pal_p_str(&p, pal_str_of(notice_priority(NOTICE_MENTION)));
    pal_p_int(&p, PAL_OWNER_CHAT);
    return pal_db_run(db, &SQL_MENTIONS_INSERT, &p, out, err);
}

static void listing_params(struct pal_params *p, struct pal_arena *arena, const struct listing *l)
{
    pal_params_init(p, arena);
    pal_p_id(p, l->org);
    pal_p_id(p, l->user);
}

/* As many as the page has of the user's own, of each kind that is told to many, and of the messages
 * for each channel of the user: so it costs no more in an organisation where much is said
 * elsewhere, or when he wants to be told little. */
PAL_STATEMENT(
    SQL_NOTIFICATION_PAGE,
    "with mark as (select case when $5::boolean then coalesce((select up_to from read_mark where "
    "user_id = $2), 0) else 0 end as floor), "
    "own as (select n from mark, notification n where n.user_id = $2 and n.org_id = $1 and "
    "n.id > mark.floor and told_to(n, $2) and ($4::bigint is null or n.id < $4) and (not "
    "$5::boolean or not was_read(n, $2)) order by n.id desc limit $3 + 1), "
    "shared as (select s.n from mark, kinds_shared($2) k cross join lateral (select n from "
    "notification n where n.org_id = $1 and n.kind = k and n.user_id is null and n.id > mark.floor "
    "and told_to(n, $2) and ($4::bigint is null or n.id < $4) and (not $5::boolean or not "
    "was_read(n, $2)) order by n.id desc limit $3 + 1) s), "
    "posted as (select p.n from mark, member m cross join lateral (select n from message_run r "
    "cross join lateral run_notifications(r) n where r.channel_id = m.channel_id and r.last_id > "
    "mark.floor and n.id > mark.floor and ($4::bigint is null or (r.first_id < $4 and n.id < $4)) "
    "and n.seq > m.joined_seq and n.actor_id <> $2 and (not $5::boolean or not was_read(n, $2)) "
    "order by r.last_id desc, n.id desc limit $3 + 1) p where m.user_id = $2 and "
    "level_for($2, m.channel_id) = 'all'), "
    "page as (select n from (select n from own union all select n from shared union all select n "
    "from posted) a order by (n).id desc limit $3 + 1), "
    "shown as (select n from page order by (n).id desc limit $3) "
    "select json_build_object('items', coalesce((select json_agg(notification_json(n, $2) order by "
    "(n).id desc) from shown), '[]'), "
    "'next_cursor', case when (select count(*) from page) > $3 then (select min((n).id)::text from "
    "shown) end)");

enum pal_code notification_page(struct pal_db *db, struct pal_arena *arena, const struct listing *l,
                                struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    listing_params(&p, arena, l);
    pal_p_int(&p, l->limit);
    pal_p_id(&p, (uint64_t)l->before);
    pal_p_bool(&p, l->unread);
    return pal_db_text(db, &SQL_NOTIFICATION_PAGE, &p, arena, json, err);
}

PAL_STATEMENT(
    SQL_NOTIFICATION_AFTER,
    "with top as (select notification_head() as head), "
    "own as (select n from notification n where $4::bigint >= 0 and n.user_id = $2 and n.org_id = "
    "$1 and n.id > $4 and told_to(n, $2) order by n.id limit $3), "
    "shared as (select s.n from kinds_shared($2) k cross join lateral (select n from "
    "notification n where $4::bigint >= 0 and n.org_id = $1 and n.kind = k and n.user_id is null "
    "and n.id > $4 and told_to(n, $2) order by n.id limit $3) s), "
    "posted as (select p.n from member m cross join lateral (select n from message_run r cross "
    "join "
    "lateral run_notifications(r) n where $4::bigint >= 0 and r.channel_id = m.channel_id and "
    "r.last_id > $4 and n.id > $4 and n.seq > m.joined_seq and n.actor_id <> $2 "
    "order by r.last_id, n.id limit $3) p where m.user_id = $2 and level_for($2, m.channel_id) = "
    "'all'), "
    "page as (select n from (select n from own union all select n from shared union all select n "
    "from posted) a order by (n).id limit $3), "
    "full_page as (select count(*) = $3 as is_full, max((n).id) as last from page) "
    "select json_build_object('items', coalesce((select json_agg(notification_json(n, $2) order by "
    "(n).id) from page), '[]'), "
    "'head', case when is_full then last else head end, 'more', is_full) from top, full_page");

enum pal_code notification_after(struct pal_db *db, struct pal_arena *arena,
                                 const struct listing *l, int64_t after, struct pal_str *json,
                                 struct pal_error *err)
{
    struct pal_params p;
    listing_params(&p, arena, l);
    pal_p_int(&p, l->limit);
    pal_p_int(&p, after);
    return pal_db_text(db, &SQL_NOTIFICATION_AFTER, &p, arena, json, err);
}

#define ONE_NOTIFICATION                                                                           \
    "with one as (select n from notification n where n.org_id = $1 and n.id = $3 and concerns(n, " \
    "$2) union all select n from member m cross join lateral (select r from message_run r where "  \
    "r.channel_id = m.channel_id and r.last_id >= $3 order by r.last_id limit 1) l cross join "    \
    "lateral run_notifications(l.r) n where m.user_id = $2 and n.id = $3 and n.seq > "             \
    "m.joined_seq and n.actor_id <> $2) "

PAL_STATEMENT(SQL_NOTIFICATION_MARK, ONE_NOTIFICATION
              "insert into read_one (user_id, notification_id) select $2, (n).id from one "
              "on conflict do nothing");
PAL_STATEMENT(SQL_NOTIFICATION_ONE, ONE_NOTIFICATION "select notification_json(n, $2) from one");

enum pal_code notification_mark(struct pal_db *db, struct pal_arena *arena, const struct listing *l,
                                uint64_t id, struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    listing_params(&p, arena, l);
    pal_p_id(&p, id);
    enum pal_code code = pal_db_exec(db, &SQL_NOTIFICATION_MARK, &p, NULL, err);
    return code != PAL_OK ? code : pal_db_text(db, &SQL_NOTIFICATION_ONE, &p, arena, json, err);
}

PAL_STATEMENT(SQL_NOTIFICATION_MARK_ALL,
              "with top as (select notification_head() as head), "
              "marked as (insert into read_mark (user_id, up_to) select $1, "
              "least(coalesce($2::bigint, head), head) from top "
              "on conflict (user_id) do update set up_to = greatest(read_mark.up_to, "
              "excluded.up_to) returning up_to), "
              "single as (delete from read_one o using marked where o.user_id = $1 and "
              "o.notification_id <= marked.up_to) "
              "select json_build_object('up_to', up_to) from marked");

enum pal_code notification_mark_all(struct pal_db *db, struct pal_arena *arena,
                                    const struct listing *l, uint64_t up_to, struct pal_str *json,
                                    struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, l->user);
    pal_p_id(&p, up_to);
    return pal_db_text(db, &SQL_NOTIFICATION_MARK_ALL, &p, arena, json, err);
}

PAL_STATEMENT(
    SQL_NOTIFICATION_EXPIRE,
    "with old as (delete from notification where created_at < now() - interval '90 days'), "
    "old_runs as (delete from message_run where created_at < now() - interval '90 days') "
    "delete from read_one where notification_id < (select least(min(n.id), (select min(r.first_id) "
    "from message_run r where r.last_id = (select min(last_id) from message_run))) from "
    "notification "
    "n)");

enum pal_code notification_expire(struct pal_db *db, struct pal_arena *arena, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    return pal_db_exec(db, &SQL_NOTIFICATION_EXPIRE, &p, NULL, err);
}
