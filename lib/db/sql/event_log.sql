-- The event log of the service: what others follow. Commit order is not id order, so a position in it is (tx, id).
create table event (
    tx xid8 not null default pg_current_xact_id(),
    id bigint generated always as identity,
    kind integer not null,
    org_id bigint,
    user_id bigint,
    channel_id bigint,
    seq bigint,
    created_at timestamptz not null default now(),
    body json not null,
    primary key (tx, id)
);
create index event_created_at on event using brin (created_at);
