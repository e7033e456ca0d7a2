/* What replies change of their threads: replies.h. */
#include "store/replies.h"

#include "gen/catalogue.h"

/* `fans`: who follows from now on, and why. `since`: the seq by which he came to it, 0 for the
 * author of the root, who follows from its first reply on unless he has said that he does not want
 * to. Replying reads the thread; who is mentioned and did not follow has read all before it.
 * `told`: who followed when the reply came, its author and the mentioned (by name, by a group, as
 * being there, as everyone) excepted, who are told of the mention; a thousand in one event. */
PAL_STATEMENT(
    sql_replies_store,
    "with replies as materialized (select i.org, m.*"
    " from unnest($1::bigint[], $2::bigint[]) i (id, org) cross join lateral"
    " (select m.id, m.channel_id, m.seq, m.user_id, m.username, m.thread_id, m.mentions,"
    "   m.in_channel, m.mention_all, m.created_at from message m where m.id = i.id and m.thread_id "
    "is not null"
    "  limit 1) m),"
    " roots as materialized (select r.thread_id, m.user_id, m.seq, m.extras & 1 = 0 as is_new"
    "  from (select distinct thread_id from replies) r cross join lateral"
    "  (select m.user_id, m.seq, m.extras from message m where m.id = r.thread_id limit 1) m),"
    " marked as (update message m set extras = m.extras | 1"
    "  where m.id = any(array(select thread_id from roots where is_new))),"
    " kept as (insert into thread as t (root_id, channel_id, reply_count, last_seq, last_reply_id,"
    "   last_reply_at, user_ids) select thread_id, min(channel_id), count(*), max(seq),"
    "   (array_agg(id order by seq desc))[1], max(created_at), latest_users(user_id order by seq)"
    "  from replies group by thread_id on conflict (root_id) do update set"
    "   reply_count = t.reply_count + excluded.reply_count, last_seq = excluded.last_seq,"
    "   last_reply_id = excluded.last_reply_id, last_reply_at = excluded.last_reply_at,"
    "   user_ids = latest_of(excluded.user_ids, t.user_ids)),"
    " fans as materialized (select f.thread_id, f.usr, max(f.own) as own, min(f.since) as since,"
    "   min(f.had_read) as had_read from"
    "  (select thread_id, user_id as usr, seq as own, seq as since, seq as had_read from replies"
    "   union all select r.thread_id, x.usr, null, r.seq, r.seq - 1 from replies r,"
    "    unnest(r.mentions) x (usr) where x.usr <> r.user_id"
    "   union all select thread_id, user_id, null, 0, seq from roots where is_new) f"
    "  group by f.thread_id, f.usr),"
    " known as materialized (select f.thread_id, k.user_id, k.following from"
    "  (select distinct thread_id from replies) f cross join lateral (select k.user_id, k.following"
    "   from thread_follow k where k.root_id = f.thread_id offset 0) k),"
    " strong as (insert into thread_follow as f (root_id, user_id, following, participant, "
    "read_seq)"
    "  select thread_id, usr, true, own is not null, coalesce(own, had_read) from fans"
    "  where own is not null or since > 0 order by thread_id, usr"
    "  on conflict (root_id, user_id) do update set following = true,"
    "   participant = f.participant or excluded.participant,"
    "   read_seq = case when f.following and not excluded.participant then f.read_seq"
    "    else greatest(f.read_seq, excluded.read_seq) end),"
    " weak as (insert into thread_follow (root_id, user_id, following, read_seq)"
    "  select thread_id, usr, true, had_read from fans where own is null and since = 0"
    "  on conflict do nothing),"
    " told as (select r.id, x.usr, (row_number() over (partition by r.id order by x.usr) - 1) / "
    "1000"
    "   as part from replies r cross join lateral"
    "  (select k.user_id as usr from known k where k.thread_id = r.thread_id and k.following"
    "   union select f.usr from fans f where f.thread_id = r.thread_id and f.since < r.seq"
    "    and (f.since > 0 or not exists (select from known k where k.thread_id = r.thread_id"
    "     and k.user_id = f.usr))) x"
    "  where not r.in_channel and x.usr <> r.user_id and r.mention_all is distinct from 'channel'"
    "   and not exists (select from mention n where n.user_id = x.usr and n.channel_id = "
    "r.channel_id"
    "    and n.seq = r.seq))"
    " insert into event (kind, org_id, user_id, body) select $3::integer, r.org, r.user_id,"
    "  (select row_to_json(w) from (select r.id as message_id, r.channel_id, r.thread_id, r.seq,"
    "   r.user_id, r.username, p.user_ids) w)"
    " from (select id, part, array_agg(usr order by usr) as user_ids from told group by id, part) p"
    " join replies r on r.id = p.id order by r.seq, p.part");

enum pal_code replies_store(struct pal_db *db, struct pal_arena *arena, const struct post *posts,
                            size_t n, const struct posted *out, bool commit, struct pal_error *err)
{
    struct pal_params p;
    size_t count = 0;
    int64_t *ids = pal_arena_alloc(arena, n * sizeof *ids);
    int64_t *orgs = pal_arena_alloc(arena, n * sizeof *orgs);
    if (!ids || !orgs)
        return pal_error_set(err, &pal_err_service_internal, "the batch does not fit");
    for (size_t i = 0; i < n; i++) {
        if (out[i].result != POST_STORED || !posts[i].thread)
            continue;
        ids[count] = (int64_t)out[i].id;
        orgs[count++] = (int64_t)posts[i].org;
    }
    if (count == 0)
        return commit ? pal_db_commit(db, err) : PAL_OK;
    pal_params_init(&p, arena);
    pal_p_ints(&p, ids, count);
    pal_p_ints(&p, orgs, count);
    pal_p_int(&p, PAL_EV_THREAD_REPLIED);
    PAL_ROWS rows = {0};
    return commit ? pal_db_run_commit(db, &sql_replies_store, &p, &rows, err)
                  : pal_db_run(db, &sql_replies_store, &p, &rows, err);
}
