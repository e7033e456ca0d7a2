// What is open on the screen: signals that are nobody's but the screen's.
import { computed, signal } from '@preact/signals';
import { Problem } from '../core/api.ts';
import { type Key, problemText, t } from '../core/i18n.ts';
import { type Route, routeOf } from '../core/route.ts';
import type { Session } from '../core/session.ts';
import type { Channel } from '../core/store.ts';
import type { Attachment, Message } from '../core/types.ts';
import type { Upload } from '../core/uploads.ts';
import { phone } from '../platform/page.ts';
import { disk, keep } from '../platform/storage.ts';

export let session: Session;
/** Nothing that whoever was here before had open is open. */
export function enter(with_: Session): void {
  session = with_;
  for (const one of [dialog, panel, lightbox, card, editing, quoting, divider]) one.value = null;
  query.value = '';
  visited.value = [];
}

// ---- where one is ----

export const route = signal<Route>(routeOf(location.pathname, new URLSearchParams(location.search)));
const reread = () => {
  card.value = null; // what it hangs on goes
  route.value = routeOf(location.pathname, new URLSearchParams(location.search));
};
addEventListener('popstate', reread);

/** A phone shows one of two screens: the list, or the channel. */
export const atList = computed(() => route.value.page === 'chat' && route.value.channel === undefined);
/** It shows the list now: there is no conversation, so that none is fetched or read unseen. */
export const listAlone = computed(() => phone.value && atList.value);

export function go(path: string): void {
  if (path !== location.pathname) history.pushState(null, '', path);
  reread();
}

/** A click with a key held down is the browser's. */
export const follow = (path: string, also?: () => void) => (event: MouseEvent) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  go(path);
  also?.();
};

const LAST = 'last';
export const current = computed<Channel | null>(() => {
  const { channels } = session.store;
  const r = route.value;
  const asked = r.page === 'chat' ? r.channel : undefined;
  if (asked !== undefined) return channels.value.get(asked) ?? null;
  const last = channels.value.get(Number(disk.getItem(LAST)));
  if (last?.member.value) return last;
  for (const c of channels.value.values()) if (c.member.value && c.meta.value.type !== 'direct') return c;
  for (const c of channels.value.values()) if (c.member.value) return c;
  return null;
});
/** A phone shows one of two things more: the conversation, or what lies over it. */
export const covered = computed(() => phone.value && panel.value !== null);
/** Its conversation is there, seen or not. */
export const isOpen = (c: Channel) => current.peek() === c && !listAlone.peek();
/** It is before one's eyes, as far as the window is; of a channel that is covered, the thread that lies over it. */
export const onScreen = (c: Channel, thread?: number | null) =>
  isOpen(c) && (!covered.peek() || (!!thread && thread === openRoot()));
const openRoot = () => (panel.peek()?.kind === 'thread' ? session.store.thread.peek()?.root : 0);
export const visited = signal<number[]>([]);
export function visit(id: number): void {
  keep(LAST, String(id));
  visited.value = [id, ...visited.peek().filter(v => v !== id)].slice(0, 20);
}

/** The first screen has been there for a while: what can wait may come. */
export const settled = signal(false);

// ---- what lies over and beside it ----

export type ListName = 'saved' | 'threads' | 'activity' | 'drafts';
export type Panel =
  | { kind: 'thread'; root: number }
  | { kind: 'info' }
  | { kind: 'search' }
  | { kind: 'list'; what: ListName };
export const panel = signal<Panel | null>(null);
export type Dialog =
  | 'switcher'
  | 'browse'
  | 'create'
  | 'people'
  | 'settings'
  | 'keys'
  | 'invite'
  | 'channel'
  | 'groups'
  | 'emoji'
  | { kind: 'history' | 'readers'; message: Message }
  | { kind: 'notices'; channel: Channel }
  | { kind: 'section'; id: number; name: string; channel: number };
export const dialog = signal<Dialog | null>(null);
export const closeDialog = () => {
  dialog.value = null;
};
export const query = signal('');
/** The picture that is shown large, and those that the arrows lead to. */
export interface Light {
  file: Attachment;
  list: Attachment[];
}
export const lightbox = signal<Light | null>(null);
/** Whose card is open, and beside what. */
export interface Card {
  at: Element;
  id: number;
}
export const card = signal<Card | null>(null);
/** The message that is being edited. */
export const editing = signal<number | null>(null);
/** A message that the box of this channel or thread is to quote. */
export const quoting = signal<{ channel: number; thread: number; id: number } | null>(null);
/** Above which message "new" stands, by channel: it stays while the channel is open. */
export const divider = signal<{ channel: number; seq: number } | null>(null);

/** A channel that was marked unread by hand: looking at it does not read it until it is opened again. */
export const heldUnread = signal(0);

export function openThread(channel: number, root: number): void {
  panel.value = { kind: 'thread', root };
  session.openThread(channel, root).catch(failed);
}
export function closePanel(): void {
  panel.value = null;
  session.store.thread.value = null;
}

// ---- short words at the edge ----

export interface Toast {
  id: number;
  text: string;
  action?: { label: Key; run: () => void };
}
export const toasts = signal<Toast[]>([]);
let next = 1;
export function toast(text: string, action?: Toast['action'], ms = 6000): () => void {
  const id = next++;
  toasts.value = [...toasts.value, action ? { id, text, action } : { id, text }];
  const close = () => {
    toasts.value = toasts.value.filter(one => one.id !== id);
  };
  setTimeout(close, ms);
  return close;
}
/** Why something did not work. */
export const reasonOf = (wrong: unknown) =>
  wrong instanceof Problem
    ? problemText(wrong.code, wrong.fields.map(f => f.pointer.slice(1)).join(', '))
    : t('unreachable');
export const failed = (wrong: unknown) => void toast(reasonOf(wrong));

// ---- names ----

export function nameOf(id: number, username = ''): string {
  const user = session.store.users.get(id);
  if (user) return user.value.display_name || user.value.username;
  void session.store.known.value;
  session.who(id);
  return username || `#${id}`;
}
export const others = (c: Channel) => (c.meta.value.users ?? []).filter(u => u.id !== session.store.me);
export function titleOf(c: Channel): string {
  if (c.meta.value.type !== 'direct') return c.meta.value.name;
  const who = others(c);
  return who.length ? who.map(u => nameOf(u.id, u.username)).join(', ') : t('notesToSelf');
}
/** With its sign, for sentences. */
export const signed = (c: Channel) => (c.meta.value.type === 'direct' ? titleOf(c) : `#${titleOf(c)}`);

/** Whether one may write there, or in a thread of it: else there is no box. */
export const writable = (c: Channel, thread = 0) => {
  const { is_archived, can, type } = c.meta.value;
  const may = thread ? can?.post_in_threads !== false : type === 'direct' || can?.post !== false;
  return c.member.value && !is_archived && may;
};

// ---- what is new in a channel ----

export const isMuted = (c: Channel) => session.store.muted.value.has(c.id);
/** What is addressed to one: in a direct conversation that is everything. */
export const callsOf = (c: Channel) =>
  c.meta.value.type === 'direct' && !isMuted(c) ? c.unread.value : c.mentions.value;
/** Of a muted channel nothing is counted but what is addressed to one. */
export const unreadOf = (c: Channel) => (isMuted(c) ? c.mentions.value : c.unread.value);

// ---- files that wait beside a text one has left ----

const waiting = new Map<string, Upload[]>();
export function leaveFiles(channel: number, thread: number, files: Upload[]): void {
  if (files.length) waiting.set(`${channel}:${thread}`, files);
}
export function takeFiles(channel: number, thread: number): Upload[] {
  const key = `${channel}:${thread}`;
  const found = waiting.get(key) ?? [];
  waiting.delete(key);
  return found;
}
