// The emoji of the organisation: asked for when the first of them is met, followed from then on.
import { effect, signal } from '@preact/signals';
import type { Session } from '../core/session.ts';
import type { List, OwnEmoji } from '../core/types.ts';
import { session } from './state.ts';

type Emoji = ReadonlyMap<string, OwnEmoji>;
const list = signal<Emoji>(new Map());
let asked: Session | null = null;

export function ownEmoji(): Emoji {
  if (asked !== session) follow();
  return list.value;
}

function follow(): void {
  const mine = session;
  asked = mine;
  list.value = new Map();
  const { heard } = mine.store;
  heard.set('emoji_created', frame => {
    const emoji = frame.emoji as OwnEmoji;
    list.value = new Map(list.value).set(emoji.name, emoji);
  });
  heard.set('emoji_deleted', frame => {
    const rest = new Map(list.value);
    rest.delete(frame.name as string);
    list.value = rest;
  });
  const stop = effect(() => {
    if (asked !== mine) stop();
    else if (mine.connection.phase.value === 'live')
      mine.api.call<List<OwnEmoji>>('GET', '/emoji', { query: { limit: 1000 } }).then(
        ({ items }) => {
          if (asked === mine) list.value = new Map(items.map(e => [e.name, e]));
        },
        () => {}, // asked again with the next connection
      );
  });
}
