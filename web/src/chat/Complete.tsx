// What may follow an `@`, a `#`, a `:` or a command's `/` that is being written. Fetched when the first of them is.
import { lang, t } from '../core/i18n.ts';
import type { Channel } from '../core/store.ts';
import { fit, plain } from '../core/words.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { COMMANDS } from './commands.ts';
import { known } from './emojis.ts';
import { OwnSign } from './OwnSign.tsx';
import { ownEmoji } from './own.ts';
import { nameOf, session } from './state.ts';
import '../styles/writing.css';

interface Choice {
  key: string;
  text: string;
  label: string;
  hint: string;
  user?: number;
  emoji?: string;
  /** An emoji of the organisation. */
  own?: string;
}
export interface Completion {
  from: number;
  to: number;
  list: Choice[];
  at: number;
  closed: boolean;
  put(text: string, from: number, to: number): void;
  /** Answers whether the key was for it. */
  key(event: KeyboardEvent): boolean;
}
export interface Writing {
  node: HTMLTextAreaElement;
  channel: Channel;
  put: Completion['put'];
  /** What it takes to answer has come: ask again. */
  again: () => void;
}
const MOST = 8;
const SIGNS = /(?:^|[\s(])([@#])([\p{L}\p{N}._-]{0,30})$|(?:^|[\s(])(:)([\p{L}\p{N}_+-]{2,40})$|^(\/)([a-z]*)$/u;
const WHOLE = /(?:^|[\s(]):([\p{L}\p{N}_+-]{2,40}):$/u;

export function completing({ node, channel, put, again }: Writing): Completion | null {
  const to = node.selectionStart;
  const text = node.value.slice(0, to);
  const whole = WHOLE.exec(text)?.[1];
  const emoji = whole && known(lang.peek(), again)?.find(s => s.codes.includes(whole.toLowerCase()))?.emoji;
  if (emoji) {
    put(emoji, to - whole.length - 2, to);
    return null;
  }
  const found = SIGNS.exec(text);
  if (!found) return null;
  const sign = found[1] ?? found[3] ?? '/';
  const word = found[2] ?? found[4] ?? found[6] ?? '';
  const list = choices(sign, word, channel, again).slice(0, MOST);
  if (!list.length) return null;
  return {
    from: to - word.length - 1,
    to,
    list,
    at: 0,
    closed: false,
    put,
    key(event) {
      const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
      if (step) this.at = (this.at + step + this.list.length) % this.list.length;
      else if (event.key === 'Escape') this.closed = true;
      else if (event.key === 'Tab' || event.key === 'Enter') {
        const choice = this.list[this.at];
        // A command that is whole already is sent, not completed.
        if (sign === '/' && event.key === 'Enter' && choice?.text === `/${word}`) return false;
        this.closed = true;
        if (choice) put(`${choice.text} `, this.from, this.to);
      } else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  };
}

function choices(sign: string, word: string, c: Channel, again: () => void): Choice[] {
  if (sign === '@') return people(word, c);
  if (sign === '#') return channels(word);
  return sign === ':' ? signs(word, again) : commands(word, c);
}

function people(word: string, c: Channel): Choice[] {
  const { users, me, groups } = session.store;
  const here = new Set((c.meta.value.users ?? []).map(u => u.id));
  const found = [...users.values()]
    .map(u => u.value)
    .filter(u => u.id !== me)
    .map(u => ({ u, rank: Math.max(fit(word, u.username), fit(word, u.display_name)) }))
    .filter(f => f.rank > (word ? 1 : 0))
    .sort((a, b) => b.rank - a.rank || Number(here.has(b.u.id)) - Number(here.has(a.u.id)))
    .map(({ u }) => ({ key: `u${u.id}`, text: `@${u.username}`, label: u.display_name, hint: u.username, user: u.id }));
  const direct = c.meta.value.type === 'direct';
  const some = [...groups.value.values()]
    .filter(g => !direct && Math.max(fit(word, g.handle), fit(word, g.name)) > (word ? 1 : 0))
    .map(g => ({ key: `g${g.id}`, text: `@${g.handle}`, label: g.name, hint: t('members', { n: g.user_ids.length }) }));
  const all = (['channel', 'here'] as const)
    .filter(name => !direct && c.meta.value.can?.mention_all !== false && name.startsWith(word.toLowerCase()))
    .map(name => ({
      key: name,
      text: `@${name}`,
      label: `@${name}`,
      hint: t(name === 'here' ? 'atHere' : 'atChannel'),
    }));
  const many = [...some, ...all];
  return [...found.slice(0, Math.max(2, MOST - many.length)), ...many];
}

function channels(word: string): Choice[] {
  return [...session.store.channels.value.values()]
    .filter(c => c.member.value && c.meta.value.type !== 'direct')
    .map(c => ({ name: c.meta.value.name, id: c.id, rank: fit(word, c.meta.value.name) }))
    .filter(f => f.rank > (word ? 1 : 0))
    .sort((a, b) => b.rank - a.rank)
    .map(f => ({ key: `c${f.id}`, text: `#${f.name}`, label: f.name, hint: '' }));
}

/** Names that begin so first, then whatever has to do with it. */
function signs(word: string, again: () => void): Choice[] {
  const wanted = plain(word);
  const own = [...ownEmoji().values()]
    .filter(e => e.name.includes(wanted))
    .map(e => ({ key: `o${e.name}`, text: `:${e.name}:`, label: `:${e.name}:`, hint: '', own: e.name }));
  const all = known(lang.peek(), again) ?? [];
  const begun = all.flatMap(s => {
    const code = s.codes.find(one => one.startsWith(wanted));
    return code ? [{ s, code }] : [];
  });
  begun.sort((a, b) => a.code.length - b.code.length);
  const other = all
    .filter(s => s.words.includes(wanted) && !begun.some(b => b.s === s))
    .map(s => ({ s, code: s.codes[0] ?? s.name }));
  const found = [...begun, ...other].slice(0, MOST);
  return [
    ...own,
    ...found.map(({ s, code }) => ({ key: s.emoji, text: s.emoji, label: `:${code}:`, hint: s.name, emoji: s.emoji })),
  ];
}

function commands(word: string, c: Channel): Choice[] {
  return COMMANDS.filter(one => one.name.startsWith(word) && one.fits(c)).map(one => ({
    key: one.name,
    text: `/${one.name}`,
    label: `/${one.name} ${one.usage ? t(one.usage) : ''}`.trim(),
    hint: t(one.what),
  }));
}

export function Complete({ of, close }: { of: Completion; close: () => void }) {
  return (
    <ul class="compl" role="listbox" aria-label={t('suggestions')}>
      {of.list.map((choice, i) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the text box
        <li
          key={choice.key}
          role="option"
          aria-selected={i === of.at}
          onPointerDown={event => {
            event.preventDefault();
            close();
            of.put(`${choice.text} `, of.from, of.to);
          }}
        >
          <Mark of={choice} />
          <b>{choice.label}</b>
          <small>{choice.hint}</small>
        </li>
      ))}
    </ul>
  );
}

function Mark({ of }: { of: Choice }) {
  if (of.user) return <Avatar id={of.user} name={nameOf(of.user)} size="xs" />;
  if (of.emoji) return <span class="emo">{of.emoji}</span>;
  if (of.own) return <OwnSign name={of.own} />;
  if (of.text.startsWith('/')) return null;
  return <Icon name={of.text.startsWith('#') ? 'hash' : of.key.startsWith('g') ? 'users' : 'at-sign'} size="s" />;
}
