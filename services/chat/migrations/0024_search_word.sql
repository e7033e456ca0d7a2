-- Waits until whoever keeps the index is through: what it has read of search_backfill may not end the one that begins below.
select pg_advisory_xact_lock(hashtext('palique chat search'));

-- The distinct words of search_message (neither stems nor what is filtered by): wor* is looked for as those of them that begin so, since a word
-- costs the index a fifth of what a prefix does. Kept by the statements that change the index, whoever runs them: a word that is missing here
-- would not be found by its beginning.
create table search_word (
    word text collate "C" primary key
);
-- Words of messages that were changed or deleted: the chore that keeps the index sees whether any other message has them, and what nobody says any
-- more goes. Not in the same transaction: those who erase delete thousands of messages.
create table search_word_lost (
    word text collate "C" primary key
);

create function search_words_in(words tsvector) returns setof text language sql immutable as $$
    select w from unnest(tsvector_to_array(words)) w where left(w, 1) not in (':', '=')
$$;

-- Which of these words no message has. The newest messages are asked first, then ever larger blocks, and what was found is asked for no more:
-- so of each word few messages are read, of a common one because it is in the newest, of a rare one because there are no more.
create function search_words_unused(asked text[]) returns text[] language plpgsql stable set enable_seqscan = off set search_path from current as $$
declare
    newest bigint := (select max(message_id) from search_message);
    blocks tsquery;
begin
    asked := array(select unnest(asked) except select w from (select s.words from search_message s order by s.message_id desc limit 500) s
                   cross join lateral search_words_in(s.words) w);
    foreach blocks in array array[format(''':x%s''|'':x%s''', newest >> 12, (newest >> 12) - 1)::tsquery,
                                  format(''':y%s''|'':y%s''', newest >> 16, (newest >> 16) - 1)::tsquery,
                                  format(''':z%s''|'':z%s''', newest >> 20, (newest >> 20) - 1)::tsquery, null] loop
        exit when asked = '{}';
        asked := array(select unnest(asked) except select w from search_message s cross join lateral search_words_in(s.words) w
                       where s.words @@ (select string_agg('''' || a || '''', '|')::tsquery from unnest(asked) a)
                       and (blocks is null or s.words @@ blocks));
    end loop;
    return asked;
end
$$;

-- Some of the words that were lost; the transaction holds the lock under which the index is kept.
create function search_words_sweep() returns void language plpgsql set search_path from current as $$
declare
    taken text[] := array(select word from search_word_lost order by word limit 200);
    unused text[] := search_words_unused(taken);
begin
    delete from search_word where word = any (unused);
    delete from search_word_lost where word = any (taken);
end
$$;

create function search_words_follow() returns trigger language plpgsql set search_path from current as $$
begin
    if tg_op <> 'DELETE' then
        insert into search_word (word) select distinct w from come c cross join lateral search_words_in(c.words) w on conflict do nothing;
    end if;
    if tg_op = 'DELETE' then
        insert into search_word_lost (word) select distinct w from gone g cross join lateral search_words_in(g.words) w on conflict do nothing;
    elsif tg_op = 'UPDATE' then
        insert into search_word_lost (word)
        select w from gone g cross join lateral search_words_in(g.words) w
        except select w from come c cross join lateral search_words_in(c.words) w on conflict do nothing;
    end if;
    return null;
end
$$;
create trigger search_words_come after insert on search_message referencing new table as come
    for each statement execute function search_words_follow();
create trigger search_words_change after update on search_message referencing old table as gone new table as come
    for each statement execute function search_words_follow();
create trigger search_words_go after delete on search_message referencing old table as gone
    for each statement execute function search_words_follow();

-- The words of what is indexed already go in by and by, in the same way as messages from before the index. Until then prefixes are prefixes.
-- By a trigger: a replica from before this table moves on too, and knows nothing of words.
create function search_backfill_follow() returns trigger language plpgsql set search_path from current as $$
begin
    insert into search_word (word) select distinct w from search_message s cross join lateral search_words_in(s.words) w
    where s.message_id >= new.next and s.message_id < old.next on conflict do nothing;
    return null;
end
$$;
create trigger search_backfill_words after update on search_backfill for each row execute function search_backfill_follow();
delete from search_backfill;
insert into search_backfill (next) select coalesce(max(id), 0) + 1 from message;
