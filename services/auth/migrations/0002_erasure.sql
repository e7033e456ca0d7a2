-- Accounts that were erased: what is left of them says nothing about who they were, and nothing is written into them any more.
drop function user_json(account, boolean);
alter table account add column erased_at timestamptz, add column content_removed boolean not null default false;
create function user_json(u account, with_email boolean) returns jsonb language sql stable parallel safe as $$
select jsonb_build_object(
    'id', u.id, 'username', u.username, 'display_name', u.display_name, 'organization_id', u.organization_id,
    'role', role_name(u.role), 'profile_picture', u.profile_picture,
    'status', case when u.is_active and u.last_activity > now() - interval '5 minutes' then u.status else 'offline' end,
    'status_text', u.status_text, 'language', u.language, 'last_activity', iso(u.last_activity),
    'created_at', iso(u.created_at), 'is_active', u.is_active)
    || case when with_email then jsonb_build_object('email', u.email) else '{}' end
$$;

-- Whoever writes at the same moment, and whatever: an erased account stays as it is.
create function account_stays_erased() returns trigger language plpgsql as $$
begin
    return null;
end
$$;
create trigger account_stays_erased before update on account for each row
when (old.erased_at is not null and old.content_removed = new.content_removed) execute function account_stays_erased();
create function avatar_stays_erased() returns trigger language plpgsql as $$
begin
    perform from account a where a.id = new.account_id and a.erased_at is null for key share; -- waits for an erasure
    return case when found then new end;
end
$$;
create trigger avatar_stays_erased before insert or update on avatar for each row execute function avatar_stays_erased();

-- Takes the person out of the account, of what hangs on it, and of the log. `fresh`: there is something to tell; `username`: what it is
-- called from now on. Sessions stay as ids for as long as gateways ask which have ended.
create function account_erase(who bigint, remove boolean, out fresh boolean, out username text) language plpgsql as $$
declare
    a account;
    new_email text;
begin
    select x.* into strict a from account x where x.id = who for update;
    fresh := a.erased_at is null or (remove and not a.content_removed);
    username := a.username;
    if a.erased_at is not null then
        if fresh then
            update account x set content_removed = true where x.id = who;
        end if;
        return;
    end if;
    username := 'erased-' || who;
    if exists (select from account x where x.organization_id = a.organization_id and lower(x.username) = account_erase.username) then
        username := username || '-' || left(gen_random_uuid()::text, 8); -- somebody has called himself so
    end if;
    new_email := 'erased-' || gen_random_uuid() || '@erased.invalid';
    delete from avatar x where x.account_id = who;
    delete from refresh_token t using session s where s.account_id = who and t.session_id = s.id;
    update session s set address = null where s.account_id = who and s.address is not null;
    delete from invitation i where i.email = a.email_key;
    delete from idempotency i where i.user_id = who;
    update idempotency i set body = replace(i.body, to_json(a.email)::text, to_json(new_email)::text) where strpos(i.body, a.email) > 0;
    update event e set body = (e.body::jsonb
        || case when e.body::jsonb ? 'username' then jsonb_build_object('username', account_erase.username, 'display_name', account_erase.username,
                                                                        'profile_picture', null, 'status_text', '') else '{}' end
        || case when e.body::jsonb ? 'email' then jsonb_build_object('email', new_email) else '{}' end)::json
    where e.user_id = who and e.body::jsonb ?| array['username', 'email'];
    delete from dead_event d where d.body::text ~ ('"(user_id|id)" ?: ?' || who || '[,} ]');
    -- The hash is one of no password, but well-formed.
    update account x set email = new_email, email_key = new_email, username = account_erase.username, display_name = account_erase.username,
        role = 1, language = 'en', profile_picture = null, status = 'offline', status_text = '', password_hash = '$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', last_activity = null,
        is_active = false, erased_at = now(), content_removed = remove
    where x.id = who;
end
$$;
