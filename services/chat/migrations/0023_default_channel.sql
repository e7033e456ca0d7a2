-- The channel of an organisation that everybody is in: made for its first administrator, joined by who comes later. Whatever becomes of it (another
-- name, the archive), it is not made again.
create table default_channel (
    org_id bigint primary key,
    channel_id bigint not null references channel
);
