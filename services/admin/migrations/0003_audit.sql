-- Append-only. Each row's hash covers its content and the hash of the organisation's row before it, so that a changed,
-- removed or inserted row breaks the chain.
create table audit (
    id bigint generated always as identity primary key,
    org_id bigint not null,
    at timestamptz not null default statement_timestamp(),
    actor_id bigint,
    action text not null,
    target text not null,
    details jsonb not null,
    hash bytea not null
);
create index audit_org on audit (org_id, id);

create function audit_hash(before bytea, org bigint, at timestamptz, actor bigint, action text, target text, details jsonb) returns bytea
language sql stable
return sha256(coalesce($1, ''::bytea) || convert_to(
    json_build_array($2, iso($3), $4, $5, $6, $7)::text, 'UTF8'));

create function audit_write(org bigint, actor bigint, act text, what text, details jsonb) returns void
language plpgsql as $$
declare
    before bytea;
    moment timestamptz := statement_timestamp();
begin
    perform pg_advisory_xact_lock(1635083369, org::integer);
    select a.hash into before from audit a where a.org_id = org order by a.id desc limit 1;
    insert into audit (org_id, at, actor_id, action, target, details, hash)
    values (org, moment, actor, act, what, details, audit_hash(before, org, moment, actor, act, what, details));
end
$$;

create function audit_refuse() returns trigger
language plpgsql as $$
begin
    raise exception 'the audit log is append-only';
end
$$;
create trigger audit_append_only before update or delete or truncate on audit execute function audit_refuse();
