"""Many stored messages: rows as the writer would have left them (message and event), by SQL, while the services are down."""

import concurrent.futures

SESSIONS = 2

# One statement a session and round: each of its channels gets `count` more messages, its author the channel's members in turn.
FILL = """
set search_path = chat;
set synchronous_commit = off;
begin;
create temp table part on commit drop as
    select c.id as channel_id, c.org_id, h.seq as head, array_agg(m.user_id order by m.user_id) as users
    from channel c join channel_head h on h.channel_id = c.id join member m on m.channel_id = c.id
    where c.id % {sessions} = {session} group by 1, 2, 3;
with made as (
    select p.org_id, p.channel_id, p.head + i as seq, nextval('message_id_seq') as id, p.users[1 + i % array_length(p.users, 1)] as user_id,
        gen_random_uuid() as client_id, 'message ' || i || ' ' || repeat('x', 80) as content
    from part p, generate_series(1, {count}) i),
stored as (
    insert into message (id, channel_id, seq, user_id, username, content, client_id, created_at)
    select id, channel_id, seq, user_id, 'b' || user_id, content, client_id, now() from made)
insert into event (kind, org_id, user_id, channel_id, seq, body)
    select 1201, org_id, user_id, channel_id, seq, row_to_json(row('chat_message', channel_id, seq, row_to_json(row(id, channel_id, user_id,
        'b' || user_id, content, 'text', null, client_id, array[]::bigint[], '[]'::json, seq, iso(now()), null, false)::message_shape))::message_event)
    from made;
update channel_head h set seq = h.seq + {count} from part p where p.channel_id = h.channel_id;
commit;
"""

# Followers start behind what was filled in.
SKIP = """
update {follower}.consumer_position p set tx = e.tx, id = e.id
    from (select tx, id from chat.event order by tx desc, id desc limit 1) e where p.source = 'chat'
"""
ROUND = 1000


def fill(rig, channels, total):
    """Until there are `total` messages, spread evenly over the channels. The services stop and start again."""
    missing = max(0, total - rig.messages()) // channels
    with rig.paused():
        sql, settings = rig.suite.psql, ("fsync = off", "max_wal_size = '16GB'", "full_page_writes = off")
        for setting in settings:
            sql(f"alter system set {setting}")
        sql("select pg_reload_conf()")
        for first in range(0, missing, ROUND):
            _round(rig, min(ROUND, missing - first))
        sql("alter system reset all")
        sql("select pg_reload_conf()")
        for follower in ("notify", "admin"):
            sql(SKIP.format(follower=follower))
        sql(SKIP.format(follower="chat").replace("'chat'", "'search'"))
        sql("vacuum analyze")
        sql("checkpoint")


def _round(rig, count):
    def session(n):
        path = rig.suite.folder / f"fill{n}.sql"
        path.write_text(FILL.format(sessions=SESSIONS, session=n, count=count))
        rig.suite.psql(None, file=path)
    with concurrent.futures.ThreadPoolExecutor(SESSIONS) as pool:
        list(pool.map(session, range(SESSIONS)))
