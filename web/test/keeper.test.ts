import { expect, test } from 'vitest';
import { CHANNELS_MAX, Keeper, MESSAGES_MAX, type Shelf } from '../src/core/keeper.ts';
import { Store } from '../src/core/store.ts';
import type { ChannelAnswer, User } from '../src/core/types.ts';
import { frame, message, posted } from './world.ts';

const me = { id: 9, username: 'ana', display_name: 'Ana' } as User;

/** Storage in memory, with what it was told last. */
function shelf() {
  const map = new Map<string, unknown>();
  let last: string[] = [];
  const made: Shelf = {
    read: async () => structuredClone(map),
    write(put, gone) {
      last = [...put.keys()];
      for (const [key, value] of put) map.set(key, structuredClone(value));
      for (const key of gone) map.delete(key);
    },
  };
  return { ...made, map, last: () => last };
}

function visit(kept: Shelf) {
  const arrived: number[] = [];
  const store = new Store(9, {
    missing: () => true,
    stored: () => {},
    unknown: () => {},
    arrived: (_, { message: m }) => arrived.push(m.id),
    now: () => 0,
  });
  return { store, keeper: new Keeper(store, kept), arrived };
}

const answer = (id: number, head_seq: number, more: Partial<ChannelAnswer> = {}): ChannelAnswer =>
  ({
    id,
    name: `c${id}`,
    type: 'public',
    member_count: 2,
    head_seq,
    read_seq: head_seq,
    is_member: true,
    ...more,
  }) as ChannelAnswer;
const page = (from: number, to: number) => ({
  items: Array.from({ length: to - from + 1 }, (_, i) => message(from + i, from + i)),
  has_before: false,
  has_after: false,
  head_seq: to,
});
const always = () => true;

/** A visit that has opened channel 1 with `n` messages. */
function seen(kept: Shelf, n: number) {
  const w = visit(kept);
  w.store.learn(answer(1, n));
  w.store.channel(1).timeline.merge(page(1, n), 'replace');
  w.keeper.opened(1);
  w.keeper.save(me, 'Acme');
  return w;
}

test('the next visit begins with what was seen, and follows the log from there', async () => {
  const kept = shelf();
  seen(kept, 3);
  const { store, keeper, arrived } = visit(kept);
  const world = await keeper.restore(always);
  expect(world?.place).toBe('Acme');
  for (const c of world?.channels ?? []) store.learn(c, true);
  const c = store.channel(1);
  expect(c.timeline.order.value).toEqual([1, 2, 3]);
  expect([c.meta.value.name, c.member.value, c.timeline.hasBefore]).toEqual(['c1', true, false]);
  expect(store.positions()).toEqual({ 1: 3 });
  store.learn(answer(1, 5, { read_seq: 3, unread_count: 2, member_count: 3 }));
  expect(store.positions()).toEqual({ 1: 3 });
  store.apply(
    frame({ type: 'user_joined', channel_id: 1, seq: 4, user_id: 7, user: { id: 7, username: 'x', display_name: '' } }),
  );
  store.apply(posted(4, 5));
  store.apply(posted(5, 6));
  expect(c.timeline.order.value).toEqual([1, 2, 3, 4, 5]);
  expect(c.unread.value).toBe(3);
  expect(c.meta.value.member_count).toBe(3);
  expect(arrived).toEqual([5]);
});

test('of a channel that was not opened nothing is asked for but what is new', async () => {
  const kept = shelf();
  const before = seen(kept, 3);
  before.store.learn(answer(2, 40));
  before.keeper.save(me, '');
  const { store, keeper } = visit(kept);
  for (const c of (await keeper.restore(always))?.channels ?? []) store.learn(c, true);
  expect(store.positions()).toEqual({ 1: 3 });
  store.learn(answer(2, 90));
  expect(store.positions()).toEqual({ 1: 3, 2: 90 });
});

test('it stays small: the newest messages of the channels that were opened last', async () => {
  const kept = shelf();
  const w = visit(kept);
  for (let id = 1; id <= CHANNELS_MAX + 5; id++) {
    w.store.learn(answer(id, 80));
    w.store.channel(id).timeline.merge(page(1, 80), 'replace');
    w.keeper.opened(id);
    w.keeper.save(me, '');
  }
  expect([...kept.map.keys()].filter(key => key.startsWith('channel:'))).toHaveLength(CHANNELS_MAX);
  expect(kept.map.has('channel:5')).toBe(false);
  const { store, keeper } = visit(kept);
  await keeper.restore(always);
  const { timeline } = store.channel(6);
  expect(timeline.order.value).toEqual(Array.from({ length: MESSAGES_MAX }, (_, i) => 80 - MESSAGES_MAX + 1 + i));
  expect(timeline.hasBefore).toBe(true);
});

test('only what has changed is written again', () => {
  const kept = shelf();
  const { store, keeper } = seen(kept, 3);
  keeper.save(me, '');
  expect(kept.last()).toEqual(['world']);
  store.apply(posted(4, 4));
  keeper.save(me, '');
  expect(kept.last()).toEqual(['channel:1', 'world']);
});

test('a page from far above the end is not kept as if it were the end', () => {
  const kept = shelf();
  const { store, keeper } = seen(kept, 3);
  store.channel(1).timeline.merge({ ...page(1, 2), has_after: true, head_seq: 3 }, 'replace');
  keeper.save(me, '');
  expect(kept.last()).toEqual(['world']);
});

test('nothing is kept of a channel that one has left', () => {
  const kept = shelf();
  const { store, keeper } = seen(kept, 3);
  expect(kept.map.has('channel:1')).toBe(true);
  store.apply(frame({ type: 'user_left', channel_id: 1, seq: 4, user_id: 9, username: 'ana', removed_by: 2 }));
  keeper.save(me, '');
  expect(kept.map.has('channel:1')).toBe(false);
});

test('what was kept comes too late when the server has answered', async () => {
  const kept = shelf();
  seen(kept, 3);
  const { store, keeper } = visit(kept);
  expect(await keeper.restore(() => false)).toBeNull();
  expect(store.channels.value.size).toBe(0);
});
