// The keys that work everywhere, and those of a message that has the focus.
import { signal } from '@preact/signals';
import type { Channel } from '../core/store.ts';
import type { Message } from '../core/types.ts';
import { disk, keep } from '../platform/storage.ts';
import { copyLink, quote } from './actions.ts';
import {
  closePanel,
  current,
  type Dialog,
  dialog,
  divider,
  go,
  heldUnread,
  lightbox,
  panel,
  query,
  session,
  titleOf,
  unreadOf,
} from './state.ts';

/** Keys without Ctrl or Alt: who speaks to the machine may want them off. */
export const single = signal(disk.getItem('keys.single') !== 'off');
export function setSingle(on: boolean): void {
  single.value = on;
  keep('keys.single', on ? 'on' : 'off');
}

/** As the sidebar shows them. */
function shown(): Channel[] {
  const links = document.querySelectorAll<HTMLElement>('.side [data-channel-id]');
  return [...links].flatMap(link => session.store.channels.value.get(Number(link.dataset.channelId)) ?? []);
}

function walk(step: number, unreadOnly: boolean): void {
  const list = shown();
  const from = current.value ? list.indexOf(current.value) : -1;
  for (let i = 1; i <= list.length; i++) {
    const c = list[(from + step * i + list.length * 2) % list.length];
    if (!c || (unreadOnly && unreadOf(c) === 0)) continue;
    go(`/c/${c.id}`);
    return;
  }
}

const REGIONS = ['.side', '#messagesContainer', '.sheet > .dock', '#infoPanel'];
/** Where the focus goes in it: what fits first. */
const WITHIN = ['[aria-current="page"]', 'textarea', 'a[href], button, input'];

/** F6: the list of channels, the messages, the box, the panel, as far as they are there. */
function region(step: number): void {
  const there = REGIONS.flatMap(one => [...document.querySelectorAll<HTMLElement>(one)]).filter(
    node => node.getClientRects().length > 0,
  );
  const at = there.findIndex(node => node.contains(document.activeElement));
  const next = there[(at + step + there.length) % there.length];
  if (next?.tabIndex === 0) next.focus();
  else WITHIN.flatMap(one => next?.querySelector<HTMLElement>(one) ?? [])[0]?.focus();
}

function search(here: boolean): void {
  const c = current.value;
  query.value = here && c && c.meta.value.type !== 'direct' ? `in:#${titleOf(c)} ` : '';
  panel.value = { kind: 'search' };
}

const open = (what: Dialog) => {
  dialog.value = dialog.value === what ? null : what;
};
const toggle = (what: NonNullable<typeof panel.value>) => {
  if (panel.value?.kind === what.kind) closePanel();
  else panel.value = what;
};

/** A tool of a message, by its key. */
const tool = (row: Element | null | undefined, key: string) => row?.querySelector<HTMLElement>(`[data-key="${key}"]`);

/** The tools of a message are made when it gets the focus. */
function last(key: string): void {
  const rows = document.querySelectorAll<HTMLElement>('#messagesContainer .message[data-message-id]:not(.sys)');
  const row = rows[rows.length - 1];
  row?.focus();
  requestAnimationFrame(() => tool(row, key)?.click());
}

function meant(event: KeyboardEvent): (() => void) | null {
  const ctrl = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (ctrl && key === 'k') return () => open('switcher');
  if (ctrl && key === '/') return () => open('keys');
  if (dialog.value || lightbox.value) return null;
  if (ctrl && key === 'f') return () => search(!event.shiftKey);
  if (ctrl && key === '.') return () => toggle({ kind: 'info' });
  if (ctrl && event.shiftKey && key === 'm') return () => toggle({ kind: 'list', what: 'activity' });
  if (ctrl && event.shiftKey && key === 'e') return () => document.getElementById('emojiButton')?.click();
  if (ctrl && event.shiftKey && event.code === 'Backslash') return () => last('+');
  if (key === 'f6') return () => region(event.shiftKey ? -1 : 1);
  if (event.altKey && key === 'arrowdown') return () => walk(1, event.shiftKey);
  if (event.altKey && key === 'arrowup') return () => walk(-1, event.shiftKey);
  const target = event.target as HTMLElement;
  if (event.shiftKey && key === 'arrowup' && target.id === 'messageInput' && !(target as HTMLTextAreaElement).value)
    return () => last('r');
  const own = !ctrl && !event.altKey && target.matches('.message[data-message-id]') && ofMessage(target, key);
  if (own) return own;
  if (target.closest('.message') && key === 'escape' && !target.closest('textarea'))
    return () => target.closest<HTMLElement>('.message')?.focus();
  if (key === '?' && single.value && !target.closest('input, textarea')) return () => open('keys');
  if (key !== 'escape') return null;
  return panel.value ? closePanel : markRead();
}

/** The channel is read, seen or not; nothing where it is so already. */
function markRead(): (() => void) | null {
  const c = current.value;
  if (!c || (c.unread.value === 0 && divider.value?.channel !== c.id)) return null;
  return () => {
    heldUnread.value = 0;
    session.read(c);
    divider.value = null;
  };
}

/** The focus is on a message itself, not on something in it. */
function ofMessage(row: HTMLElement, key: string): (() => void) | null {
  if (key === 'enter') return () => row.querySelector<HTMLElement>('a[href], button')?.focus();
  if (key === 'escape') return () => row.closest('main, aside')?.querySelector<HTMLElement>('.dock textarea')?.focus();
  if (!single.value) return null;
  if (key === 'c' || key === 'q') {
    const message = messageOf(row);
    return message && (() => (key === 'c' ? copyLink(message) : quote(message, !!row.closest('#infoPanel'))));
  }
  const found = tool(row, key);
  return found ? () => found.click() : null;
}

function messageOf(row: HTMLElement): Message | null {
  const id = Number(row.dataset.messageId);
  const { thread } = session.store;
  const timeline = row.closest('#infoPanel') ? thread.value?.timeline : current.value?.timeline;
  return timeline?.entries.get(id)?.message.peek() ?? null;
}

function press(event: KeyboardEvent): void {
  if (event.isComposing) return;
  const run = meant(event);
  if (!run) return;
  event.preventDefault();
  run();
}

export function shortcuts(): () => void {
  document.addEventListener('keydown', press);
  return () => document.removeEventListener('keydown', press);
}
