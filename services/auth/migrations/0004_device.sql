-- What somebody signed in with, as it names itself: a help to tell one's sessions apart, not a proof.
alter table session add column device text check (char_length(device) between 1 and 80);

-- As before (0002), and what a session was called goes with its address.
create or replace function account_erase(who bigint, remove boolean, out fresh boolean, out username text) language plpgsql as $$
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
    update session s set address = null, device = null where s.account_id = who and num_nonnulls(s.address, s.device) > 0;
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
