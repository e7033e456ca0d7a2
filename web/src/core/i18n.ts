import { signal } from '@preact/signals';
import { type Dictionary, en } from '../lang/en.ts';
import { es } from '../lang/es.ts';

export type Lang = 'en' | 'es';
export type Key = keyof Dictionary;
const BOOKS: Record<Lang, Dictionary> = { en, es };

export const lang = signal<Lang>('en');

export function t(key: Key, fill: Record<string, string | number> = {}): string {
  const [one = '', many = one] = BOOKS[lang.value][key].split(' || ');
  return (fill.n === 1 ? one : many).replace(/\{(\w+)\}/g, (all, name: string) => String(fill[name] ?? all));
}

/** The text of a problem: by its code, never the server's English. */
export function problemText(code: string, what = ''): string {
  return Object.hasOwn(en, code) ? t(code as Key, { what }) : t('unknown', { code });
}
