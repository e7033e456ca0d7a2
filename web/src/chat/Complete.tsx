// What may follow an `@` or a `#` that is being written.

import { t } from '../core/i18n.ts';
import type { Channel } from '../core/store.ts';
import { fit } from '../core/words.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { nameOf, session } from './state.ts';

type Put = (text: string, from: number, to: number) => void;
interface Choice {
  key: string;
  text: string;
  label: string;
  hint: string;
  user?: number;
}
export interface Completion {
  from: number;
  to: number;
  list: Choice[];
  at: number;
  closed: boolean;
  /** Answers whether the key was for it. */
  key(event: KeyboardEvent, put: Put): boolean;
}
const MOST = 8;

export function completing(text: string, caret: number, c: Channel): Completion | null {
  const found = /(?:^|[\s(])([@#])([\p{L}\p{N}._-]{0,30})$/u.exec(text.slice(0, caret));
  if (!found) return null;
  const word = found[2] ?? '';
  const list = (found[1] === '@' ? people(word, c) : channels(word)).slice(0, MOST);
  if (!list.length) return null;
  return {
    from: caret - word.length - 1,
    to: caret,
    list,
    at: 0,
    closed: false,
    key(event, put) {
      const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
      if (step) this.at = (this.at + step + this.list.length) % this.list.length;
      else if (event.key === 'Escape') this.closed = true;
      else if (event.key === 'Tab' || event.key === 'Enter') {
        const choice = this.list[this.at];
        this.closed = true;
        if (choice) put(`${choice.text} `, this.from, this.to);
      } else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  };
}

function people(word: string, c: Channel): Choice[] {
  const { users, me } = session.store;
  const here = new Set((c.meta.value.users ?? []).map(u => u.id));
  const found = [...users.values()]
    .map(u => u.value)
    .filter(u => u.id !== me)
    .map(u => ({ u, rank: Math.max(fit(word, u.username), fit(word, u.display_name)) }))
    .filter(f => f.rank > (word ? 1 : 0))
    .sort((a, b) => b.rank - a.rank || Number(here.has(b.u.id)) - Number(here.has(a.u.id)))
    .map(({ u }) => ({ key: `u${u.id}`, text: `@${u.username}`, label: u.display_name, hint: u.username, user: u.id }));
  const all = (['channel', 'here'] as const)
    .filter(() => c.meta.value.type !== 'direct')
    .filter(name => name.startsWith(word.toLowerCase()))
    .map(name => ({
      key: name,
      text: `@${name}`,
      label: `@${name}`,
      hint: t(name === 'here' ? 'atHere' : 'atChannel'),
    }));
  return word ? [...found, ...all] : [...found.slice(0, MOST - all.length), ...all];
}

function channels(word: string): Choice[] {
  return [...session.store.channels.value.values()]
    .filter(c => c.member.value && c.meta.value.type !== 'direct')
    .map(c => ({ name: c.meta.value.name, id: c.id, rank: fit(word, c.meta.value.name) }))
    .filter(f => f.rank > (word ? 1 : 0))
    .sort((a, b) => b.rank - a.rank)
    .map(f => ({ key: `c${f.id}`, text: `#${f.name}`, label: f.name, hint: '' }));
}

export function Complete({ of, put, close }: { of: Completion; put: Put; close: () => void }) {
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
            put(`${choice.text} `, of.from, of.to);
          }}
        >
          {choice.user ? (
            <Avatar id={choice.user} name={nameOf(choice.user)} size="xs" />
          ) : (
            <Icon name={choice.text.startsWith('#') ? 'hash' : 'at-sign'} size="s" />
          )}
          <b>{choice.label}</b>
          <small>{choice.hint}</small>
        </li>
      ))}
    </ul>
  );
}
