// The sheet: head, messages, box.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../core/i18n.ts';
import type { Channel } from '../core/store.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { keepFocus } from '../ui/focus.ts';
import { Icon } from '../ui/Icon.tsx';
import { Composer } from './Composer.tsx';
import { MessageList } from './MessageList.tsx';
import {
  closePanel,
  dialog,
  failed,
  follow,
  nameOf,
  others,
  panel,
  query,
  route,
  session,
  signed,
  titleOf,
  visit,
  writable,
} from './state.ts';

export function Conversation({ channel: c }: { channel: Channel }) {
  useEffect(() => {
    visit(c.id);
    session.opened(c);
    session.describe(c);
  }, [c]);
  const over = useSignal(false);
  const drop = (event: DragEvent) => {
    over.value = false;
    const detail = [...(event.dataTransfer?.files ?? [])];
    if (!detail.length) return;
    event.preventDefault();
    document.dispatchEvent(new CustomEvent('palique-files', { detail }));
  };
  return (
    <main
      class={`sheet ${over.value ? 'over' : ''}`}
      aria-label={signed(c)}
      onDragOver={event => {
        // A text or a channel that is dragged is no file.
        if (!event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={event => {
        if (!event.currentTarget.contains(event.relatedTarget as Node)) over.value = false;
      }}
      onDrop={drop}
    >
      <Head channel={c} />
      <div class="body">
        <Bar />
        <MessageList key={c.id} channel={c} />
      </div>
      <div class="dock">
        <Foot channel={c} />
      </div>
    </main>
  );
}

function Foot({ channel: c }: { channel: Channel }) {
  if (c.meta.value.is_archived) return <p class="no">{t('archived')}</p>;
  if (!c.member.value)
    return (
      <div class="no">
        <span>{t('notMember', { where: signed(c) })}</span>
        <button
          type="button"
          class="btn p"
          onClick={() => {
            session.api
              .call('POST', `/channels/${c.id}/join`)
              .then(answer => session.store.learn(answer as never), failed);
          }}
        >
          {t('join')}
        </button>
      </div>
    );
  if (!writable(c)) return <p class="no">{t('readOnly')}</p>;
  return <Composer channel={c} />;
}

function Head({ channel: c }: { channel: Channel }) {
  const m = c.meta.value;
  const direct = m.type === 'direct';
  const who = direct ? others(c) : (m.users ?? []);
  const away = [...session.store.channels.value.values()].reduce(
    (n, one) => n + (one === c ? 0 : one.mentions.value),
    0,
  );
  const info = panel.value?.kind === 'info';
  const toggle = () => {
    if (info) closePanel();
    else panel.value = { kind: 'info' };
  };
  return (
    <header class="head" id="chatHeader">
      <a class="ib mtop" href="/chat" onClick={follow('/chat')}>
        <span class="vh">{t('back')}</span>
        <Icon name="chevron-left" size="l" />
        {away > 0 && <span class="you">{away}</span>}
      </a>
      <h1>
        <span class="hn">
          {!direct && <Icon name={m.type === 'private' ? 'lock' : 'hash'} />}
          <span id="channelName">{titleOf(c)}</span>
        </span>
        <small>{direct ? '' : t('members', { n: m.member_count })}</small>
      </h1>
      <p class="topic">{m.topic}</p>
      {!direct && (
        <button type="button" class="members" onClick={toggle}>
          <span class="vh">{t('members', { n: m.member_count })}</span>
          <span class="stack">
            {who.slice(0, 4).map(u => (
              <Avatar key={u.id} id={u.id} name={nameOf(u.id, u.username)} size="sm" />
            ))}
          </span>
          <span aria-hidden="true">{m.member_count}</span>
        </button>
      )}
      <div class="tools">
        <button
          type="button"
          class="ib"
          aria-label={t('searchHere')}
          title={`${t('searchHere')} (Ctrl F)`}
          onClick={() => {
            query.value = direct ? '' : `in:#${m.name} `;
            panel.value = { kind: 'search' };
          }}
        >
          <Icon name="search" />
        </button>
        <button
          type="button"
          class="ib"
          aria-label={t('details')}
          title={`${t('details')} (Ctrl .)`}
          aria-pressed={info}
          onClick={toggle}
        >
          <Icon name="panel-right" />
        </button>
      </div>
    </header>
  );
}

/** Nothing while all is well; after five seconds without a connection a thin line. */
function Bar() {
  const late = useSignal(false);
  const phase = session.connection.phase.value;
  const live = phase === 'live';
  const first = useRef(true);
  useEffect(() => {
    if (live) {
      late.value = false;
      first.current = false;
      return;
    }
    const timer = setTimeout(() => {
      late.value = true;
    }, 5000);
    return () => clearTimeout(timer);
  }, [live, late]);
  useEffect(() => {
    document.documentElement.dataset.state = late.value ? 'offline' : 'online';
  }, [late.value]);
  const waiting = session.outbox.items.value.filter(i => i.failed === undefined).length;
  return (
    <div role="status">
      {late.value && (
        <div class="bar">
          <Icon name="wifi-off" />
          <span>{waiting > 1 ? t('offlineN', { n: waiting }) : waiting === 1 ? t('offline1') : t('offlineBar')}</span>
          <button type="button" class="btn sm" onClick={() => session.nudge()}>
            <Icon name="rotate-cw" size="s" />
            {t('retryNow')}
          </button>
        </div>
      )}
    </div>
  );
}

/** Nothing is open; or what is asked for is not known yet: a channel that one is not in can be read all the same. */
export function Nothing() {
  const asked = route.value.page === 'chat' ? route.value.channel : undefined;
  useEffect(() => keepFocus(null)(), []);
  useEffect(() => {
    if (asked !== undefined)
      session.api.call('GET', `/channels/${asked}`).then(told => session.store.learn(told as never), failed);
  }, [asked]);
  return (
    <main class="sheet none">
      <div>
        <h1>{t('nothingOpen')}</h1>
        <p>{t('nothingOpenMore')}</p>
        <p>
          <button type="button" class="btn p" onClick={() => (dialog.value = 'browse')}>
            {t('browse')}
          </button>{' '}
          <button type="button" class="btn" onClick={() => (dialog.value = 'create')}>
            {t('createChannel')}
          </button>
        </p>
      </div>
    </main>
  );
}
