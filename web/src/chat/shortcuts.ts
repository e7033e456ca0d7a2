// The keys that work everywhere.

import type { Channel } from '../core/store.ts';
import { closePanel, current, type Dialog, dialog, go, panel, query, session, titleOf } from './state.ts';

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
    if (!c || (unreadOnly && c.unread.value === 0)) continue;
    go(`/c/${c.id}`);
    return;
  }
}

function search(here: boolean): void {
  const c = current.value;
  query.value = here && c && c.meta.value.type !== 'direct' ? `in:#${titleOf(c)} ` : '';
  panel.value = { kind: 'search' };
}

const open = (what: Dialog) => {
  dialog.value = dialog.value === what ? null : what;
};
const details = () => {
  if (panel.value?.kind === 'info') closePanel();
  else panel.value = { kind: 'info' };
};

function meant(event: KeyboardEvent): (() => void) | null {
  const ctrl = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (ctrl && key === 'k') return () => open('switcher');
  if (ctrl && key === '/') return () => open('keys');
  if (dialog.value) return null;
  if (ctrl && key === 'f') return () => search(!event.shiftKey);
  if (ctrl && key === '.') return details;
  if (event.altKey && key === 'arrowdown') return () => walk(1, event.shiftKey);
  if (event.altKey && key === 'arrowup') return () => walk(-1, event.shiftKey);
  return key === 'escape' && panel.value ? closePanel : null;
}

function press(event: KeyboardEvent): void {
  const run = meant(event);
  if (!run) return;
  event.preventDefault();
  run();
}

export function shortcuts(): () => void {
  document.addEventListener('keydown', press);
  return () => document.removeEventListener('keydown', press);
}
