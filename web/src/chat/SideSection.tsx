// A section of the sidebar: it can be closed, and what is in it be dragged to another.
import { signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { t } from '../core/i18n.ts';
import type { Channel } from '../core/store.ts';
import type { Sidebar } from '../core/types.ts';
import { disk, keep } from '../platform/storage.ts';
import { Avatar, Dot } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { later, lazy } from '../ui/lazy.tsx';
import {
  callsOf,
  closePanel,
  current,
  failed,
  follow,
  isMuted,
  nameOf,
  others,
  route,
  session,
  titleOf,
  unreadOf,
} from './state.ts';

const ChannelMenu = lazy(() => import('./SideMenus.tsx').then(m => m.ChannelMenu));
const SectionMenu = lazy(() => import('./SideMenus.tsx').then(m => m.SectionMenu));

/** One of those that there always are, or one that one has made. */
export type At = 'starred' | 'channels' | 'directs' | Sidebar['sections'][number];
export type Dragged = { channel: Channel } | { section: number };
let dragged: Dragged | null = null;
// The row that it began at may be gone by then.
for (const over of ['dragend', 'drop'])
  document.addEventListener(over, () => {
    dragged = null;
  });

const FOLDED = 'folded';
const folded = signal<ReadonlySet<string>>(new Set(disk.getItem(FOLDED)?.split(' ')));
function fold(key: string): void {
  const set = new Set(folded.peek());
  if (!set.delete(key)) set.add(key);
  folded.value = set;
  keep(FOLDED, [...set].join(' '));
}

/** Direct conversations and channels have each their own list where they are in none that was made. */
function takes(at: At, what: Dragged | null): boolean {
  if (!what) return false;
  if ('section' in what) return typeof at === 'object' && at.id !== what.section;
  const direct = what.channel.meta.peek().type === 'direct';
  return at === 'channels' ? !direct : at === 'directs' ? direct : true;
}

interface Props {
  at: At;
  name: string;
  list: Channel[];
  id?: string;
  children?: ComponentChildren;
}

export function Section({ at, name, list, id, children }: Props) {
  const menu = useSignal<Element | null>(null);
  const over = useSignal(false);
  const own = typeof at === 'object';
  const key = own ? `${at.id}` : at;
  const closed = folded.value.has(key);
  // What is closed shows what is new all the same, and what is open.
  const shown = closed ? list.filter(c => unreadOf(c) > 0 || current.value === c) : list;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is dragged here can be moved by its menu too
    <section
      class={`sec ${over.value ? 'over' : ''}`}
      onDragOver={event => {
        if (!takes(at, dragged)) return;
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={event => {
        if (!event.currentTarget.contains(event.relatedTarget as Node)) over.value = false;
      }}
      onDrop={event => {
        over.value = false;
        const what = dragged;
        if (!what || !takes(at, what)) return;
        event.preventDefault();
        later(() => import('./SideMenus.tsx')).then(m => m.drop(what, at), failed);
      }}
    >
      <h2
        draggable={own}
        onDragStart={event => {
          if (own && event.target === event.currentTarget) dragged = { section: at.id };
        }}
      >
        <button type="button" class="fold" aria-expanded={!closed} onClick={() => fold(key)}>
          {name}
          <Icon name="chevron-left" size="s" />
        </button>
        {own ? <More what={name} onClick={event => (menu.value = event.currentTarget as Element)} /> : children}
      </h2>
      <ul {...(id ? { id } : {})}>
        {shown.map(c => (
          <ChannelRow key={c.id} channel={c} />
        ))}
      </ul>
      {own && menu.value && <SectionMenu at={menu.value} section={at} onClose={() => (menu.value = null)} />}
    </section>
  );
}

export const More = ({ what, onClick }: { what: string; onClick: (event: MouseEvent) => void }) => (
  <button type="button" class="ib" aria-label={t('menuOf', { what })} title={t('menuOf', { what })} onClick={onClick}>
    <Icon name="ellipsis" size="s" />
  </button>
);

function ChannelRow({ channel: c }: { channel: Channel }) {
  const m = c.meta.value;
  const direct = m.type === 'direct';
  const open = current.value === c;
  const muted = isMuted(c);
  const unread = unreadOf(c);
  const mentions = callsOf(c);
  const who = direct ? others(c) : [];
  const path = `/c/${c.id}`;
  void session.drafts.changed.value;
  const draft = !open && route.value && session.drafts.get(c.id).content !== '';
  const one = who[0];
  const at = useSignal<Element | null>(null);
  return (
    <li
      class="ch-row"
      onDragStart={() => (dragged = { channel: c })}
      onContextMenu={event => {
        event.preventDefault();
        at.value = event.currentTarget;
      }}
    >
      <a
        class={`row ${muted ? 'mute' : unread ? 'un' : ''}`}
        href={path}
        data-channel-id={c.id}
        {...(open ? { 'aria-current': 'page' } : {})}
        onClick={follow(path, () => matchMedia('(max-width: 1180px)').matches && closePanel())}
      >
        {direct ? (
          <span class="who">
            <Avatar id={one?.id ?? session.store.me} name={one ? nameOf(one.id, one.username) : ''} size="xs" />
            {who.length === 1 && one && <Dot status={session.store.users.get(one.id)?.value.status ?? 'offline'} />}
          </span>
        ) : (
          <Icon name={m.type === 'private' ? 'lock' : 'hash'} size="s" />
        )}
        <span class="t">{titleOf(c)}</span>
        {muted && (
          <>
            <span class="vh">{t('muted')}</span>
            <Icon name="bell-off" size="s" />
          </>
        )}
        {draft && (
          <>
            <span class="vh">{t('draft')}</span>
            <Icon name="pencil" size="s" />
          </>
        )}
        {mentions > 0 ? (
          <span class="you" title={t('mentionsN', { n: mentions })}>
            {mentions > 99 ? '99+' : mentions}
          </span>
        ) : (
          unread > 0 && (
            <span class="num" title={t('unreadN', { n: unread })}>
              {unread > 999 ? '999+' : unread}
            </span>
          )
        )}
      </a>
      <More what={titleOf(c)} onClick={event => (at.value = event.currentTarget as Element)} />
      {at.value && <ChannelMenu at={at.value} channel={c} onClose={() => (at.value = null)} />}
    </li>
  );
}
