-- How far this service has applied the event logs that it follows.
create table consumer_position (
    source text primary key,
    tx xid8 not null default '0',
    id bigint not null default 0,
    moved_at timestamptz not null default now()
) with (fillfactor = 50);
-- Events that could not be applied after several tries: kept to be looked at, so that one does not block the rest.
create table dead_event (
    source text not null,
    tx xid8 not null,
    id bigint not null,
    kind integer not null,
    body json not null,
    reason text not null,
    created_at timestamptz not null default now(),
    primary key (source, tx, id)
);
