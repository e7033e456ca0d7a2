// Notices of the browser.
import { signal } from '@preact/signals';
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
