// Channels and people, and what is unread among them.
import { useComputed, useSignal } from '@preact/signals';
import { type Key, t } from '../core/i18n.ts';
import { Avatar, Dot } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { lazy } from '../ui/lazy.tsx';
import { More, Section } from './SideSection.tsx';
import { closePanel, dialog, follow, type ListName, listAlone, panel, query, session, settled } from './state.ts';

const Unconfirmed = lazy(() => import('./Unconfirmed.tsx').then(m => m.Unconfirmed));
const MeMenu = lazy(() => import('./SideMenus.tsx').then(m => m.MeMenu));
const PlaceMenu = lazy(() => import('./SideMenus.tsx').then(m => m.PlaceMenu));

export function Sidebar() {
  const { store } = session;
  const sections = useComputed(() => {
    const all = [...store.channels.value.values()].filter(c => c.member.value && !c.meta.value.is_archived);
    const { favorites } = store.sidebar.value;
    const byId = (ids: number[]) => ids.flatMap(id => all.find(c => c.id === id) ?? []);
    const starred = new Set(favorites);
    const own = store.sidebar.value.sections.map(section => ({
      section,
      list: byId(section.channel_ids.filter(id => !starred.has(id))),
    }));
    const placed = new Set([...favorites, ...own.flatMap(({ list }) => list.map(c => c.id))]);
    const named = all
      .filter(c => c.meta.value.type !== 'direct')
      .sort((a, b) => a.meta.value.name.localeCompare(b.meta.value.name));
    return {
      starred: byId(favorites),
      own,
      channels: named.filter(c => !placed.has(c.id)),
      direct: all
        .filter(c => c.meta.value.type === 'direct' && !placed.has(c.id))
        .filter(c => !store.hidden.value.has(c.id) || c.unread.value > 0)
        .sort((a, b) => b.last.value - a.last.value),
    };
  });
  const list = (what: ListName) => panel.value?.kind === 'list' && panel.value.what === what;
  const toggle = (what: ListName) => {
    if (list(what)) closePanel();
    else panel.value = { kind: 'list', what };
  };
  const s = sections.value;
  const alone = listAlone.value;
  const threads = store.threads.value;
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: both of its roles are landmarks
    <div class="side" role={alone ? 'main' : 'navigation'} aria-label={t('channels')}>
      <Place />
      <button type="button" class="jump" onClick={() => (dialog.value = 'switcher')}>
        <Icon name="search" size="s" />
        <span>{t('jumpTo')}</span>
        <kbd>Ctrl K</kbd>
      </button>
      <div class="scroll">
        <ul class="sec">
          <li>
            <button
              type="button"
              class={`row ${store.notices.value ? 'un' : ''}`}
              aria-pressed={list('activity')}
              onClick={() => toggle('activity')}
            >
              <Icon name="at-sign" size="s" />
              <span class="t">{t('activity')}</span>
            </button>
          </li>
          <li>
            <button
              type="button"
              class={`row ${threads.unread ? 'un' : ''}`}
              aria-pressed={list('threads')}
              onClick={() => toggle('threads')}
            >
              <Icon name="message-circle-reply" size="s" />
              <span class="t">{t('threads')}</span>
              {threads.mentions > 0 ? (
                <span class="you">{threads.mentions}</span>
              ) : (
                threads.unread > 0 && <span class="num">{threads.unread}</span>
              )}
            </button>
          </li>
          <li>
            <button type="button" class="row" aria-pressed={list('saved')} onClick={() => toggle('saved')}>
              <Icon name="bookmark" size="s" />
              <span class="t">{t('saved')}</span>
            </button>
          </li>
          <li>
            <button type="button" class="row" aria-pressed={list('drafts')} onClick={() => toggle('drafts')}>
              <Icon name="send-horizontal" size="s" />
              <span class="t">{t('drafts')}</span>
            </button>
          </li>
        </ul>
        {s.starred.length > 0 && <Section at="starred" name={t('starred')} list={s.starred} />}
        {s.own.map(({ section, list }) => (
          <Section key={section.id} at={section} name={section.name} list={list} />
        ))}
        <Section at="channels" name={t('channels')} list={s.channels} id="channelList">
          <Add label="addChannel" onClick={() => (dialog.value = 'browse')} />
        </Section>
        <Section at="directs" name={t('directs')} list={s.direct} id="userList">
          <Add label="newMessage" onClick={() => (dialog.value = 'people')} />
        </Section>
      </div>
      {settled.value && <Unconfirmed />}
      <Me />
      <nav class="mnav" aria-label={t('menu')}>
        <a href="/chat" aria-current="page" onClick={follow('/chat')}>
          <Icon name="house" size="l" />
          {t('home')}
        </a>
        <button type="button" onClick={() => toggle('threads')}>
          <Icon name="message-circle-reply" size="l" />
          {t('threads')}
        </button>
        <button
          type="button"
          onClick={() => {
            query.value = '';
            panel.value = { kind: 'search' };
          }}
        >
          <Icon name="search" size="l" />
          {t('search')}
        </button>
        <button type="button" onClick={() => (dialog.value = 'settings')}>
          <Icon name="user-round" size="l" />
          {t('you')}
        </button>
      </nav>
    </div>
  );
}

function Place() {
  const at = useSignal<Element | null>(null);
  const phase = session.connection.phase.value;
  const waiting = session.outbox.items.value.filter(i => i.failed === undefined).length;
  const live = phase === 'live';
  const place = session.place.value || 'Palique';
  return (
    <div class="ws">
      <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="9" fill="var(--accent)" />
        <path d="M8 9h16v11H15l-5 5v-5H8z" fill="var(--accent-ink)" />
      </svg>
      <div>
        {listAlone.value ? <h1>{place}</h1> : <b>{place}</b>}
        <small>
          {live ? (
            <>
              <i class="dot" />
              {t('connected')}
            </>
          ) : waiting ? (
            t('waitingN', { n: waiting })
          ) : (
            t('connecting')
          )}
        </small>
      </div>
      <More what={place} onClick={event => (at.value = event.currentTarget as Element)} />
      <button
        type="button"
        class="ib"
        aria-label={t('newMessage')}
        title={t('newMessage')}
        onClick={() => (dialog.value = 'people')}
      >
        <Icon name="pencil" />
      </button>
      {at.value && <PlaceMenu at={at.value} onClose={() => (at.value = null)} />}
    </div>
  );
}

const Add = ({ label, onClick }: { label: Key; onClick: () => void }) => (
  <button type="button" class="ib" aria-label={t(label)} title={t(label)} onClick={onClick}>
    <Icon name="plus" size="s" />
  </button>
);

function Me() {
  const at = useSignal<Element | null>(null);
  const me = session.me.value;
  const seen = session.store.users.get(me.id)?.value ?? me;
  const live = session.connection.phase.value === 'live';
  const rest = session.store.rest.value;
  const status = rest ? 'busy' : live && seen.status === 'offline' ? 'online' : seen.status;
  const name = seen.display_name || seen.username;
  return (
    <div class="foot">
      <button type="button" aria-haspopup="dialog" onClick={event => (at.value = event.currentTarget)}>
        <span class="who">
          <Avatar id={me.id} name={name} size="md" />
          <Dot status={status} />
        </span>
        <span class="nm">
          <b>{name}</b>
          <small>{(!rest && seen.status_text) || t(status as Key)}</small>
        </span>
      </button>
      <button
        type="button"
        class="ib"
        aria-label={t('settings')}
        title={t('settings')}
        onClick={() => (dialog.value = 'settings')}
      >
        <Icon name="settings" />
      </button>
      {at.value && <MeMenu at={at.value} onClose={() => (at.value = null)} />}
    </div>
  );
}
