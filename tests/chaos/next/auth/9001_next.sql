alter table account add column next_note text;
alter table event add column next_hint text;
create table next_thing (id bigint generated always as identity primary key, account_id bigint references account);
