import { batch, signal } from '@preact/signals';
import type { Later } from '../lang/en.later.ts';
import type { Dictionary } from '../lang/en.ts';

export type Lang = 'en' | 'es';
export type Key = keyof Dictionary | keyof Later;
type Book = Partial<Record<Key, string>>;

/** What the first screen says, and what only parts say that are opened later. */
const VOLUMES: Record<Lang, (() => Promise<Book>)[]> = {
  en: [() => import('../lang/en.ts').then(m => m.en), () => import('../lang/en.later.ts').then(m => m.later)],
  es: [() => import('../lang/es.ts').then(m => m.es), () => import('../lang/es.later.ts').then(m => m.later)],
};
const books: Partial<Record<Lang, Book>> = {};
let wanted = 1;

export const lang = signal<Lang>('en');

/** From now on in this language: only the one in use is fetched. */
export async function speakIn(code: Lang): Promise<void> {
  const book = await read(code);
  batch(() => {
    books[code] = book;
    lang.value = code;
  });
}

/** The words of what is opened later are there when this is done. */
export async function allWords(): Promise<void> {
  wanted = 2;
  const code = lang.peek();
  books[code] = await read(code);
}

async function read(code: Lang): Promise<Book> {
  const volumes = wanted;
  const parts = await Promise.all(VOLUMES[code].slice(0, volumes).map(volume => volume()));
  return volumes === wanted ? Object.assign({}, ...parts) : read(code);
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
