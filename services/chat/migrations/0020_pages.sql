-- The messages of a page lie far apart in the table, as those of other channels were written between them: when they are not in memory each is
-- one read of the disk. Rows that are found by a bitmap are read ahead, all at once; an index scan waits for one after the other. Without these
-- settings the planner, which counts pages and not waits, takes the index.
create function messages_at(channel bigint, seqs bigint[]) returns setof message
language plpgsql stable rows 50
set enable_indexscan = off set enable_seqscan = off set effective_io_concurrency = 64 as $$
begin
    return query select m.* from message m where m.channel_id = channel and m.seq = any(seqs);
end
$$;

-- Of the log of a channel: what comes after `low`, up to `high`.
create function events_between(channel bigint, low bigint, high bigint) returns table (seq bigint, body json)
language plpgsql stable rows 100
set enable_indexscan = off set enable_seqscan = off set effective_io_concurrency = 64 as $$
begin
    return query select e.seq, e.body from event e where e.channel_id = channel and e.seq > low and e.seq <= high;
end
$$;

-- Which messages a page has is told by the index alone, replies that are shown in their thread only included: nothing of the table is read
-- for what is stepped over. That holds for pages that were vacuumed: after two in a hundred messages instead of twenty.
create unique index message_channel_shown on message (channel_id, seq) include (in_channel);
drop index message_channel_seq;
alter index message_channel_shown rename to message_channel_seq;
alter table message set (autovacuum_vacuum_insert_scale_factor = 0.02);

-- The writer's plan is made while there is nothing in the tables, where this index and the one above cost the same; the newest is taken then, and
-- only this one finds a repeated send at once.
create unique index message_client_again on message (channel_id, user_id, client_id);
drop index message_client;
alter index message_client_again rename to message_client;
