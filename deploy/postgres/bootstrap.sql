-- Roles and schemas of the suite: one role per service, owner of one schema, without any right on the others.
-- Run by a superuser, connected to the suite's database, as often as one likes:
--   psql -v auth_password=… -v chat_password=… -v notify_password=… -v admin_password=… -f bootstrap.sql
\set ON_ERROR_STOP on
set client_min_messages = warning;

select format('create role %I login', r)
from unnest(array['palique_auth', 'palique_chat', 'palique_notify', 'palique_admin']) r
where not exists (select from pg_roles where rolname = r)
\gexec

alter role palique_auth password :'auth_password' nosuperuser nocreatedb nocreaterole noinherit;
alter role palique_chat password :'chat_password' nosuperuser nocreatedb nocreaterole noinherit;
alter role palique_notify password :'notify_password' nosuperuser nocreatedb nocreaterole noinherit;
alter role palique_admin password :'admin_password' nosuperuser nocreatedb nocreaterole noinherit;

create schema if not exists auth authorization palique_auth;
create schema if not exists chat authorization palique_chat;
create schema if not exists notify authorization palique_notify;
create schema if not exists admin authorization palique_admin;

revoke all on schema public from public;
select format('revoke all on database %I from public', current_database())
\gexec
select format('grant connect on database %I to %I', current_database(), r)
from unnest(array['palique_auth', 'palique_chat', 'palique_notify', 'palique_admin']) r
\gexec
select format('alter role %I in database %I set search_path = %I', 'palique_' || s, current_database(), s)
from unnest(array['auth', 'chat', 'notify', 'admin']) s
\gexec
