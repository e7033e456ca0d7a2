-- E-mail: what is to be sent, the tokens that letters carry, and which addresses are known to be their owners'.
alter table account add column email_verified_at timestamptz; -- the owner has followed a link that was sent to email_key

-- The queue. A letter is written when it is sent, so that nothing in here is of use to who reads it. While a row is being sent its due_at lies
-- ahead: if whoever sends it dies, another one does it then. What was sent is deleted.
create table mail (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('reset', 'verify', 'changed', 'invitation')),
    recipient text not null, -- lower case; for 'reset' as somebody asked for it: there may be no such account
    created_at timestamptz not null default now(),
    due_at timestamptz not null default now(),
    expires_at timestamptz not null, -- later it is of no use to anybody
    attempts integer not null default 0,
    failed_at timestamptz, -- given up
    reason text,           -- of the last failure
    invitation_id bigint references invitation on delete cascade
) with (fillfactor = 80);
create index mail_due on mail (due_at) where failed_at is null;
create index mail_failed on mail (failed_at) where failed_at is not null;
create index mail_recipient on mail (recipient);
create index mail_invitation on mail (invitation_id) where invitation_id is not null;

create table mail_token (
    hash bytea primary key, -- SHA-256: the token itself is nowhere
    mail_id bigint not null, -- the letter that it went out with, gone by then
    purpose text not null check (purpose in ('reset', 'verify', 'invitation')),
    account_id bigint references account,
    invitation_id bigint references invitation on delete cascade,
    email_key text not null, -- whoever has the token reads what is sent there
    expires_at timestamptz not null,
    check (num_nonnulls(account_id, invitation_id) = 1)
);
create index mail_token_account on mail_token (account_id);
create index mail_token_email on mail_token (email_key);
create index mail_token_invitation on mail_token (invitation_id) where invitation_id is not null;
create index mail_token_expires on mail_token (expires_at);

-- How many letters somebody has had sent to others.
create table mail_quota (
    account_id bigint not null references account,
    day date not null default current_date,
    letters integer not null,
    primary key (account_id, day)
);

-- An address that has changed is not known to be its owner's, and nothing that was sent to the old one is good for anything. So too when an
-- account is erased, which takes its address away. Tokens to confirm the old address stay: they count what was sent to it, or whoever changes to
-- and fro would have letters sent to somebody without end.
create function email_changes() returns trigger language plpgsql as $$
begin
    new.email_verified_at := null;
    delete from mail_token t where t.account_id = old.id and (t.purpose = 'reset' or new.erased_at is not null);
    delete from mail m where m.recipient = old.email_key and (m.kind in ('reset', 'verify') or new.erased_at is not null);
    return new;
end
$$;
create trigger email_changes before update of email_key on account for each row
when (old.email_key is distinct from new.email_key) execute function email_changes();

-- Whoever changes a password wants nobody in by a link of before.
create function password_changes() returns trigger language plpgsql as $$
begin
    delete from mail_token t where t.account_id = old.id and t.purpose = 'reset';
    delete from mail m where m.recipient = old.email_key and m.kind = 'reset';
    return new;
end
$$;
create trigger password_changes before update of password_hash on account for each row
when (old.password_hash is distinct from new.password_hash) execute function password_changes();
