// The names of emoji, as files of their own: fetched when somebody opens the picker, in the language in use.
import en from 'emoji-picker-element-data/en/cldr/data.json?url';
import es from 'emoji-picker-element-data/es/cldr/data.json?url';
import { plain } from '../core/words.ts';

interface Entry {
  emoji: string;
  annotation: string;
  tags?: string[];
  shortcodes?: string[];
  group: number;
  version: number;
}
export interface Sign {
  emoji: string;
  name: string;
  /** What one may look for, without case and accents. */
  words: string;
}
const SKIN_TONES = 2;
/** The newest version that the server knows. */
const NEWEST = 15;
const books = new Map<string, Promise<Sign[][]>>();

export function emojis(lang: 'en' | 'es'): Promise<Sign[][]> {
  let book = books.get(lang);
  if (!book) {
    book = fetch(lang === 'es' ? es : en).then(async answer => grouped((await answer.json()) as Entry[]));
    book.catch(() => books.delete(lang));
    books.set(lang, book);
  }
  return book;
}

function grouped(entries: Entry[]): Sign[][] {
  const groups: Sign[][] = [];
  for (const e of entries) {
    if (e.group === SKIN_TONES || e.version > NEWEST) continue;
    const words = plain([e.annotation, ...(e.tags ?? []), ...(e.shortcodes ?? [])].join(' '));
    const at = e.group > SKIN_TONES ? e.group - 1 : e.group;
    groups[at] ??= [];
    groups[at].push({ emoji: e.emoji, name: e.annotation, words });
  }
  return groups;
}
