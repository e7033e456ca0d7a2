-- Replies by Idempotency-Key, stored in the transaction of the request itself: a repeat gets the first reply.
create table idempotency (
    user_id bigint not null,
    key bytea not null,
    command integer not null,
    request bytea not null, -- SHA-256 of the validated request
    status integer not null,
    body text not null,
    created_at timestamptz not null default now(),
    primary key (user_id, key)
);
create index idempotency_created_at on idempotency using brin (created_at);
