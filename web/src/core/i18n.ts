import { batch, signal } from '@preact/signals';
import type { Dictionary } from '../lang/en.ts';

export type Lang = 'en' | 'es';
export type Key = keyof Dictionary;

const LOADERS: Record<Lang, () => Promise<Dictionary>> = {
  en: () => import('../lang/en.ts').then(m => m.en),
  es: () => import('../lang/es.ts').then(m => m.es),
};
const books: Partial<Record<Lang, Dictionary>> = {};

export const lang = signal<Lang>('en');

/** From now on in this language: only the one in use is fetched. */
export async function speakIn(code: Lang): Promise<void> {
  const book = books[code] ?? (await LOADERS[code]());
  batch(() => {
    books[code] = book;
    lang.value = code;
  });
}

export function t(key: Key, fill: Record<string, string | number> = {}): string {
  const [one = '', many = one] = (books[lang.value]?.[key] ?? key).split(' || ');
  return (fill.n === 1 ? one : many).replace(/\{(\w+)\}/g, (all, name: string) => String(fill[name] ?? all));
}

/** The text of a problem: by its code, never the server's English. */
export function problemText(code: string, what = ''): string {
  const known = Object.hasOwn(books[lang.value] ?? {}, code);
  return known ? t(code as Key, { what }) : t('unknown', { code });
}
