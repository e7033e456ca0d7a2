// The names of emoji, as files of their own: fetched when somebody looks for one, in the language in use. The short names that
// people know by heart (`:tada:`) are English ones everywhere.
import en from 'emoji-picker-element-data/en/github/data.json?url';
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
  /** Without colons. */
  codes: string[];
  /** What one may look for, without case and accents. */
  words: string;
}
const SKIN_TONES = 2;
/** The newest version that the server knows. */
const NEWEST = 15;
const books = new Map<string, Promise<Sign[][]>>();
const read = new Map<string, Sign[]>();

export function emojis(lang: 'en' | 'es'): Promise<Sign[][]> {
  let book = books.get(lang);
  if (!book) {
    book = Promise.all([entries(en), lang === 'es' ? entries(es) : []]).then(([short, named]) => grouped(short, named));
    book.catch(() => books.delete(lang));
    books.set(lang, book);
  }
  return book;
}

/** All of them if they have come; otherwise one is told when they have. */
export function known(lang: 'en' | 'es', then: () => void): Sign[] | null {
  const there = read.get(lang);
  if (there) return there;
  emojis(lang).then(
    groups => {
      read.set(lang, groups.flat());
      then();
    },
    () => {},
  );
  return null;
}

const entries = async (url: string) => (await (await fetch(url)).json()) as Entry[];

function grouped(short: Entry[], named: Entry[]): Sign[][] {
  const translated = new Map(named.map(e => [e.emoji, e]));
  const groups: Sign[][] = [];
  for (const e of short) {
    if (e.group === SKIN_TONES || e.version > NEWEST) continue;
    const local = translated.get(e.emoji);
    const codes = [...(e.shortcodes ?? []), ...(local?.shortcodes ?? []).map(plain)];
    const words = plain([local ?? e, e].flatMap(one => [one.annotation, ...(one.tags ?? [])]).join(' '));
    const at = e.group > SKIN_TONES ? e.group - 1 : e.group;
    groups[at] ??= [];
    groups[at].push({ emoji: e.emoji, name: (local ?? e).annotation, codes, words: `${codes.join(' ')} ${words}` });
  }
  return groups;
}
