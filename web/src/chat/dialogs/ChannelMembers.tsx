// Who is in a channel and as what; who may, changes that.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../../core/i18n.ts';
import type { Channel } from '../../core/store.ts';
import type { List, Member, Role } from '../../core/types.ts';
import { fit } from '../../core/words.ts';
import { Avatar, Dot } from '../../ui/Avatar.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { dialog, failed, nameOf, session } from '../state.ts';
import { type Act, Outcome, useAct } from './act.tsx';
import { mayOwn } from './rights.ts';

const ROLES: Role[] = ['member', 'moderator', 'owner'];
const LOADED_MAX = 2000;
const SHOWN = 100;

async function all(channel: number): Promise<Member[]> {
  const found: Member[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 200, cursor };
    const page: List<Member> = await session.api.call('GET', `/channels/${channel}/members`, { query });
    found.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor && found.length < LOADED_MAX);
  return found.sort((a, b) => ROLES.indexOf(b.role) - ROLES.indexOf(a.role) || nameBy(a).localeCompare(nameBy(b)));
}
const nameBy = (m: Member) => m.display_name || m.username;

export function ChannelMembers({ channel: c }: { channel: Channel }) {
  const act = useAct();
  const members = useSignal<Member[] | null>(null);
  const words = useSignal('');
  const changes = c.people.value;
  useEffect(() => {
    let here = true;
    all(c.id).then(found => {
      if (here) members.value = found;
    }, failed);
    return () => {
      here = false;
    };
  }, [c.id, changes, members]);
  const fits = (members.value ?? []).filter(
    m => fit(words.value, nameBy(m)) > 1 || fit(words.value, m.username) > 1 || !words.value.trim(),
  );
  return (
    <>
      <div class="find">
        <Icon name="search" size="s" />
        <input
          type="search"
          aria-label={t('findPeople')}
          placeholder={t('findPeople')}
          onInput={event => (words.value = event.currentTarget.value)}
        />
        {c.meta.value.can?.invite && !c.meta.value.is_archived && (
          <button type="button" class="btn p sm" onClick={() => (dialog.value = 'invite')}>
            <Icon name="user-plus" size="s" />
            {t('addPeople')}
          </button>
        )}
      </div>
      <p class="do">
        <small>{t('members', { n: c.meta.value.member_count })}</small>
        <Outcome of={act} />
      </p>
      <ul class="pick">
        {fits.slice(0, SHOWN).map(m => (
          <Row key={m.user_id} channel={c} member={m} act={act} />
        ))}
      </ul>
      {members.value && fits.length === 0 && <p class="empty">{t('nothingFound')}</p>}
      {fits.length > SHOWN && <p class="empty">{t('moreFind', { n: fits.length - SHOWN })}</p>}
    </>
  );
}

function Row({ channel: c, member: m, act }: { channel: Channel; member: Member; act: Act }) {
  const path = `/channels/${c.id}/members/${m.user_id}`;
  const name = nameOf(m.user_id, nameBy(m));
  const me = m.user_id === session.store.me;
  const above = c.meta.value.role === 'owner' || session.me.value.role !== 'member';
  const removable = !me && c.meta.value.can?.moderate && (above || m.role !== 'owner');
  return (
    <li>
      <span class="who">
        <Avatar id={m.user_id} name={name} size="md" />
        <Dot status={session.store.users.get(m.user_id)?.value.status ?? 'offline'} />
      </span>
      <span class="nm">
        {name}
        <small>@{m.username}</small>
      </span>
      {mayOwn(c) ? (
        <select
          aria-label={t('roleOf', { who: name })}
          value={m.role}
          onChange={event => {
            const select = event.currentTarget;
            const role = select.value;
            void act.run(() =>
              session.api.call('PUT', path, { body: { role } }).catch(wrong => {
                select.value = m.role;
                throw wrong;
              }),
            );
          }}
        >
          {ROLES.map(role => (
            <option key={role} value={role} selected={role === m.role}>
              {t(role)}
            </option>
          ))}
        </select>
      ) : (
        m.role !== 'member' && <span class="tag">{t(m.role)}</span>
      )}
      {removable && (
        <button
          type="button"
          class="ib"
          aria-label={t('removeWho', { who: name })}
          title={t('removeWho', { who: name })}
          onClick={() => void act.run(() => session.api.call('DELETE', path), 'removed')}
        >
          <Icon name="x" size="s" />
        </button>
      )}
    </li>
  );
}
