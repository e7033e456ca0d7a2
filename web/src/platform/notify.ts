// Notices of the browser, the title and the icon's badge.
import { signal } from '@preact/signals';
import MARKED from '../assets/favicon-new.svg?url';
import { disk, keep } from './storage.ts';

type Leave = 'default' | 'granted' | 'denied' | 'missing';
const there = 'Notification' in window && isSecureContext;
export const allowed = signal<Leave>(there ? Notification.permission : 'missing');
export const wanted = signal(disk.getItem('notices') === 'on');

/** Only ever by a click. */
export async function askLeave(on: boolean): Promise<void> {
  if (on && allowed.value === 'default') allowed.value = await Notification.requestPermission();
  wanted.value = on && allowed.value === 'granted';
  keep('notices', wanted.value ? 'on' : 'off');
}

/** One for each channel: the next one takes its place. */
export function notice(tag: string, title: string, body: string, open: () => void): void {
  if (!wanted.value || allowed.value !== 'granted') return;
  const shown = new Notification(title, { body: body.slice(0, 200), tag, icon: '/favicon.svg' });
  shown.onclick = () => {
    window.focus();
    open();
    shown.close();
  };
}

const PLAIN = '/favicon.svg';
export function badge(title: string, mentions: number, unread: boolean): void {
  document.title = mentions ? `(${mentions}) ${title}` : title;
  const link = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  const icon = unread ? MARKED : PLAIN;
  if (link && link.getAttribute('href') !== icon) link.setAttribute('href', icon);
  if ('setAppBadge' in navigator)
    void (mentions ? navigator.setAppBadge(mentions) : navigator.clearAppBadge()).catch(() => {});
}
