-- Reactions, pins and the emoji of an organisation. Reactions and pins change under the lock of the channel's head, like all that is told in its
-- log; `seq` is that of the event that told of them.

-- Who has reacted with what. `emoji` is a sequence of Unicode, fully qualified, or `:name:` of an emoji of the organisation (which may be gone).
create table reaction (
    message_id bigint not null,
    emoji text not null,
    user_id bigint not null,
    seq bigint not null,
    created_at timestamptz not null default now(),
    primary key (message_id, emoji, user_id)
);
create index reaction_order on reaction (message_id, emoji, seq);

-- What is there of each emoji on a message, so that neither counting nor the order of first use looks at every reaction.
create table reaction_kind (
    message_id bigint not null,
    emoji text not null,
    seq bigint not null, -- of its first use
    count integer not null,
    primary key (message_id, emoji)
);

create table pin (
    message_id bigint primary key,
    channel_id bigint not null,
    user_id bigint not null,
    seq bigint not null,
    created_at timestamptz not null default now()
);
create index pin_channel on pin (channel_id, seq);

create table emoji (
    id bigint generated always as identity primary key,
    org_id bigint not null,
    name text not null,
    created_by bigint not null,
    media_type text not null,
    hash text not null,
    data bytea not null,
    created_at timestamptz not null default now()
);
create unique index emoji_name on emoji (org_id, name);
create index emoji_org on emoji (org_id, id);

create or replace function message_reactions(message bigint) returns json language sql stable parallel safe
return (select json_agg(json_build_object('emoji', k.emoji, 'count', k.count, 'user_ids',
            (select json_agg(x.user_id order by x.seq) from (select r.user_id, r.seq from reaction r
             where r.message_id = k.message_id and r.emoji = k.emoji order by r.seq limit 50) x)) order by k.seq)
        from reaction_kind k where k.message_id = $1);

create or replace function message_pin(message bigint) returns json language sql stable parallel safe
return (select json_build_object('user_id', p.user_id, 'at', iso(p.created_at)) from pin p where p.message_id = $1);

-- What hangs on a message goes with it. Under the lock of the channel's head.
create function drop_marks(message bigint) returns void language sql as $$
    delete from reaction where message_id = $1;
    delete from reaction_kind where message_id = $1;
    delete from pin where message_id = $1;
$$;

-- An emoji as the API shows it (shape emoji): its address changes with its picture.
create function emoji_json(e emoji) returns json language sql stable parallel safe
return json_build_object('id', e.id, 'name', e.name, 'image_url', '/emoji/' || e.name || '/image?v=' || e.hash, 'created_by', e.created_by,
    'created_at', iso(e.created_at));
