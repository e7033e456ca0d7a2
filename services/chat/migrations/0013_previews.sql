-- Previews of links: what a page says of itself, fetched once a day for an organisation. `key` is in the address of the
-- image: it cannot be guessed, so that nobody sees what others were sent.
create table preview (
    id bigint generated always as identity primary key,
    org_id bigint not null,
    url text not null,
    url_hash bytea not null,
    key uuid not null default gen_random_uuid(),
    title text not null,
    description text not null,
    site_name text not null,
    image bytea, -- a thumbnail
    image_type text,
    image_width integer,
    image_height integer,
    fetched_at timestamptz not null default now()
);
create unique index preview_url on preview (org_id, url_hash);
create unique index preview_key on preview (key);
create index preview_fetched on preview (fetched_at);

create table message_preview (
    message_id bigint not null references message (id),
    place bigint not null,
    preview_id bigint not null references preview (id),
    primary key (message_id, preview_id)
);
create index message_preview_preview on message_preview (preview_id);

-- Messages whose links are to be looked at. The writer knows no id yet when it puts them here, before it stores them.
create table preview_task (
    channel_id bigint not null,
    user_id bigint not null,
    client_id uuid not null,
    due_at timestamptz not null default now(),
    tries integer not null default 0,
    primary key (channel_id, user_id, client_id)
);
create index preview_task_due on preview_task (due_at);

-- Someone has taken the previews away.
alter table message add column previews_off boolean not null default false;

create or replace function message_previews(message bigint) returns json language sql stable parallel safe
return (select json_agg(json_strip_nulls(json_build_object(
            'url', p.url, 'title', nullif(p.title, ''), 'description', nullif(p.description, ''),
            'site_name', nullif(p.site_name, ''),
            'image_url', case when p.image is not null then '/previews/' || p.key || '/image' end,
            'image_width', p.image_width, 'image_height', p.image_height)) order by x.place)
        from message_preview x join preview p on p.id = x.preview_id where x.message_id = $1);
