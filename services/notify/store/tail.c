/* SQL of the tail. Whom a notification concerns is what the function `told_to` says; here it is
 * joins, because asked for each user it would cost a thousand times as much. */
#include "store/tail.h"

PAL_STATEMENT(
    SQL_TAIL,
    "with top as materialized (select t.head, least(t.head, $1::bigint + $4::bigint) as up_to from "
    "(select notification_head() as head) t), "
    "here as materialized (select g.usr, g.org, coalesce((select c.language = 'es' from user_copy "
    "c where c.user_id = g.usr), false) as es, p.level from unnest($2::bigint[], $3::bigint[]) g "
    "(usr, org) left join preference p on p.user_id = g.usr), "
    "news as materialized (select n from top, notifications_between($1, top.up_to) n), "
    "places as materialized (select distinct (n).channel_id as id from news), "
    "direct as materialized (select p.id from places p join channel_copy c on c.channel_id = p.id "
    "where c.type = 'direct'), "
    "chosen as materialized (select o from places p join channel_preference o on o.channel_id = "
    "p.id), "
    "meant as (select n, h from news join here h on h.usr = (n).user_id "
    "union all select n, h from news join here h on h.org = (n).org_id "
    "where (n).user_id is null and ((n).channel_id is null or (n).kind = 'channel_created') and "
    "(n).actor_id is distinct from h.usr "
    "union all select n, h from news join member m on m.channel_id = (n).channel_id "
    "and m.joined_seq < (n).seq join here h on h.usr = m.user_id where (n).user_id is null and "
    "(n).kind <> 'channel_created' and (n).actor_id is distinct from h.usr), "
    "told as (select (n).id, (h).usr, (h).es from meant left join chosen on (o).user_id = (h).usr "
    "and (o).channel_id = (n).channel_id where tells(level_in((h).level, o, (n).channel_id in "
    "(select d.id from direct d)), (n).kind)), "
    "lists as (select id, json_agg(usr) filter (where es) as to_es, json_agg(usr) filter (where "
    "not es) as to_en from told group by id) "
    "select json_build_object('items', coalesce((select json_agg(json_build_object('id', l.id, "
    "'en', case when l.to_en is not null then notification_new(n, false) end, "
    "'es', case when l.to_es is not null then notification_new(n, true) end, "
    "'to_en', coalesce(l.to_en, '[]'), 'to_es', coalesce(l.to_es, '[]')) order by l.id) "
    "from lists l join news on (n).id = l.id), '[]'), "
    "'head', greatest(up_to, $1), 'more', head > up_to) from top");

enum pal_code tail_read(struct pal_db *db, struct pal_arena *arena, const struct tail_query *q,
                        struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_int(&p, q->after);
    pal_p_ints(&p, q->users, q->n);
    pal_p_ints(&p, q->orgs, q->n);
    pal_p_int(&p, q->limit);
    return pal_db_text(db, &SQL_TAIL, &p, arena, json, err);
}
