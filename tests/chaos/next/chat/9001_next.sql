-- What a release may do while the one before still runs: add. PostgreSQL refuses a column with a default in one step where a function takes
-- a row of the table.
alter table message add column next_note text;
alter table message alter column next_note set default 'from the next release';
alter table channel add column next_note text;
alter table member add column next_level integer;
alter table event add column next_hint text;
create table next_thing (id bigint generated always as identity primary key, message_id bigint references message, at timestamptz not null default now());
