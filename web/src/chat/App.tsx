import { useComputed } from '@preact/signals';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import { t } from '../core/i18n.ts';
import { badge } from '../platform/badge.ts';
import { PicturesContext } from '../ui/Avatar.tsx';
import { lazy } from '../ui/lazy.tsx';
import { type Names, NamesContext } from '../ui/Markdown.tsx';
import { Announcer } from './Announcer.tsx';
import { Conversation, Nothing } from './Conversation.tsx';
import { OwnSign } from './lazies.ts';
import { Panel } from './Panel.tsx';
import { Sidebar } from './Sidebar.tsx';
import { shortcuts } from './shortcuts.ts';
import {
  atList,
  callsOf,
  card,
  current,
  dialog,
  follow,
  lightbox,
  listAlone,
  panel,
  session,
  signed,
  toasts,
  unreadOf,
  writable,
} from './state.ts';

export function App() {
  useLayoutEffect(() => shortcuts(), []);
  const ready = session.ready.value;
  const view = atList.value ? 'list' : 'channel';
  // After the conversation that goes has kept its place: what is not shown has none.
  useLayoutEffect(() => {
    document.documentElement.dataset.view = view;
  }, [view]);
  return (
    <PicturesContext.Provider value={pictures}>
      <NamesContext.Provider value={names}>
        {!listAlone.value && current.value && writable(current.value) && (
          <a class="skip" href="#messageInput">
            {t('skip')}
          </a>
        )}
        <div class={`app ${panel.value ? 'with-panel' : ''}`}>
          <Sidebar />
          {listAlone.value ? null : current.value ? (
            <Conversation channel={current.value} />
          ) : ready ? (
            <Nothing />
          ) : (
            <main class="sheet" aria-busy="true" />
          )}
          <Panel />
        </div>
        {dialog.value && <Dialogs />}
        {card.value && <PersonCard {...card.value} />}
        {lightbox.value && <Lightbox {...lightbox.value} />}
        <Toasts />
        <Announcer />
        <Title />
      </NamesContext.Provider>
    </PicturesContext.Provider>
  );
}

const pictures = (id: number) => session.store.pictures.value.get(id);

const names: Names = {
  person(word) {
    const wanted = word.toLowerCase();
    if (/^(channel|all|canal|todos|here|aquí|aqui)$/.test(wanted)) return 'me';
    if (session.me.value.username.toLowerCase() === wanted) return 'me';
    void session.store.known.value;
    for (const user of session.store.users.values()) if (user.peek().username.toLowerCase() === wanted) return 'other';
    for (const group of session.store.groups.value.values())
      if (group.handle.toLowerCase() === wanted) return group.user_ids.includes(session.store.me) ? 'me' : 'other';
    return null;
  },
  sign: name => <OwnSign name={name} />,
  channel(word) {
    const wanted = word.toLowerCase();
    for (const c of session.store.channels.value.values())
      if (c.meta.peek().type !== 'direct' && c.meta.peek().name.toLowerCase() === wanted) return `/c/${c.id}`;
    return null;
  },
  open: path => follow(path),
};

const Dialogs = lazy(() => import('./dialogs/Dialogs.tsx').then(m => m.Dialogs));
const PersonCard = lazy(() => import('./PersonCard.tsx').then(m => m.PersonCard));
const Lightbox = lazy(() => import('./Lightbox.tsx').then(m => m.Lightbox));

function Toasts() {
  return (
    <div class="toasts" role="status">
      {toasts.value.map(one => (
        <div key={one.id} class="toast">
          <span>{one.text}</span>
          {one.action && (
            <button
              type="button"
              onClick={() => {
                one.action?.run();
                toasts.value = toasts.value.filter(other => other.id !== one.id);
              }}
            >
              {t(one.action.label)}
            </button>
          )}
        </div>
      ))}
    </div>
  );
}

/** The window's title and its icon. */
function Title() {
  const sums = useComputed(() => {
    let mentions = 0;
    let unread = false;
    for (const c of session.store.channels.value.values()) {
      if (!c.member.value) continue;
      mentions += callsOf(c);
      unread ||= unreadOf(c) > 0;
    }
    return { mentions, unread };
  });
  const c = listAlone.value ? null : current.value;
  const title = c ? `${signed(c)} · Palique` : 'Palique';
  const { mentions, unread } = sums.value;
  useEffect(() => badge(title, mentions, unread), [title, mentions, unread]);
  return null;
}
