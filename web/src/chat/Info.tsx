// What a channel is, who is in it, what is pinned, and what one may do about it.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { dateOf } from '../core/format.ts';
import { t } from '../core/i18n.ts';
import type { Channel } from '../core/store.ts';
import type { List, Member, Message, Presence } from '../core/types.ts';
import { Avatar, Dot } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Excerpt } from './Excerpt.tsx';
import { PanelHead } from './Panel.tsx';
import { closePanel, dialog, failed, go, isMuted, nameOf, session, signed } from './state.ts';
import { talkTo } from './talk.ts';

const RANK: Record<Presence, number> = { online: 0, busy: 1, away: 2, offline: 3 };
const statusOf = (id: number): Presence => session.store.users.get(id)?.value.status ?? 'offline';

export function Info({ channel: c }: { channel: Channel }) {
  const members = useSignal<Member[]>([]);
  const pins = useSignal<Message[]>([]);
  const m = c.meta.value;
  const direct = m.type === 'direct';
  const head = c.head.value;
  useEffect(() => {
    const timer = setTimeout(() => {
      session.api.call<List<Member>>('GET', `/channels/${c.id}/members`, { query: { limit: 200 } }).then(
        list => {
          members.value = list.items;
        },
        () => {},
      );
    }, 50);
    return () => clearTimeout(timer);
  }, [c.id, c.people.value, members]);
  useEffect(() => {
    const timer = setTimeout(() => {
      session.api.call<List<Message>>('GET', `/channels/${c.id}/pins`).then(
        list => {
          pins.value = list.items;
        },
        () => {},
      );
    }, 300);
    return () => clearTimeout(timer);
  }, [c.id, head, pins]);
  const starred = session.store.sidebar.value.favorites.includes(c.id);
  const star = () => {
    session.api.call(starred ? 'DELETE' : 'PUT', `/channels/${c.id}/favorite`).catch(failed);
  };
  const leave = () => {
    session.api.call('POST', `/channels/${c.id}/leave`).then(() => {
      closePanel();
      go('/chat');
    }, failed);
  };
  const hide = () => {
    session.api.call('PUT', `/channels/${c.id}/hidden`, { body: {} }).then(() => {
      closePanel();
      go('/chat');
    }, failed);
  };
  const people = [...members.value].sort(
    (a, b) => RANK[statusOf(a.user_id)] - RANK[statusOf(b.user_id)] || a.display_name.localeCompare(b.display_name),
  );
  const online = people.filter(p => statusOf(p.user_id) !== 'offline').length;
  return (
    <>
      <PanelHead title={t('details')} sub={signed(c)}>
        {!direct && (
          <button
            type="button"
            class="ib"
            aria-label={t('channelSettings')}
            title={t('channelSettings')}
            onClick={() => (dialog.value = 'channel')}
          >
            <Icon name="settings" />
          </button>
        )}
        {c.member.value && (
          <button
            type="button"
            class="ib"
            aria-label={t('noticesOf')}
            title={t('noticesOf')}
            onClick={() => (dialog.value = { kind: 'notices', channel: c })}
          >
            <Icon name={isMuted(c) ? 'bell-off' : 'bell'} />
          </button>
        )}
        {c.member.value && (
          <button
            type="button"
            class="ib"
            aria-pressed={starred}
            aria-label={t('star')}
            title={t('star')}
            onClick={star}
          >
            <Icon name="star" />
          </button>
        )}
      </PanelHead>
      <div class="info">
        {!direct && (
          <section>
            <h3>{t('about')}</h3>
            <p class="lines">{m.description || m.topic || t('noAbout')}</p>
            {m.created_at && m.created_by && (
              <p class="by">{t('createdBy', { who: nameOf(m.created_by), when: dateOf(m.created_at) })}</p>
            )}
          </section>
        )}
        <section>
          <h3>
            {t('people')}
            <span>{t('onlineN', { n: online })}</span>
            {!direct && c.member.value && m.can?.invite && (
              <button
                type="button"
                class="ib"
                aria-label={t('addPeople')}
                title={t('addPeople')}
                onClick={() => (dialog.value = 'invite')}
              >
                <Icon name="user-plus" size="s" />
              </button>
            )}
          </h3>
          <ul class="ppl">
            {people.map(p => (
              <Person key={p.user_id} member={p} />
            ))}
          </ul>
        </section>
        {pins.value.length > 0 && (
          <section>
            <h3>{t('pins')}</h3>
            {pins.value.map(p => (
              <Excerpt key={p.id} message={p} />
            ))}
          </section>
        )}
        {c.member.value && (
          <section>
            {direct ? (
              <button type="button" class="btn" onClick={hide}>
                {t('hideDirect')}
              </button>
            ) : (
              <button type="button" class="btn d" onClick={leave}>
                <Icon name="log-out" size="s" />
                {t('leave')}
              </button>
            )}
          </section>
        )}
      </div>
    </>
  );
}

function Person({ member: p }: { member: Member }) {
  const user = session.store.users.get(p.user_id)?.value;
  const name = user?.display_name || p.display_name || p.username;
  return (
    <li>
      <span class="who">
        <Avatar id={p.user_id} name={name} size="md" />
        <Dot status={user?.status ?? 'offline'} />
      </span>
      <span class="nm">
        {name}
        <small>{user?.status_text || `@${p.username}`}</small>
      </span>
      {p.role !== 'member' && <span class="tag">{t(p.role === 'owner' ? 'owner' : 'moderator')}</span>}
      {p.user_id !== session.store.me && (
        <button
          type="button"
          class="ib"
          aria-label={t('messageTo', { where: name })}
          title={t('messageTo', { where: name })}
          onClick={() => void talkTo([p.user_id])}
        >
          <Icon name="send-horizontal" size="s" />
        </button>
      )}
    </li>
  );
}
