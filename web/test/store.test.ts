import { expect, test } from 'vitest';
import { Store } from '../src/core/store.ts';
import type { Frame } from '../src/core/types.ts';
import { frame, message, posted } from './world.ts';

function world() {
  const missing: [number, number][] = [];
  const stored: string[] = [];
  const store = new Store(9, { missing: (c, p) => missing.push([c, p]), stored: id => stored.push(id), now: () => 0 });
  store.apply(
    frame({
      type: 'hello',
      channels: [
        {
          channel_id: 1,
          name: 'general',
          type: 'public',
          head_seq: 10,
          read_seq: 8,
          unread_count: 2,
          mention_count: 1,
        },
      ],
    }),
  );
  const c = store.channel(1);
  c.timeline.merge(
    { items: [message(1, 9), message(2, 10)], has_before: true, has_after: false, head_seq: 10 },
    'replace',
  );
  return { store, c, missing, stored, get: (id: number) => c.timeline.entries.get(id)?.message.value };
}
const ids = (w: ReturnType<typeof world>) => w.c.timeline.order.value;

test('events in order are applied once', () => {
  const w = world();
  w.store.apply(posted(3, 11));
  w.store.apply(posted(3, 11));
  expect(ids(w)).toEqual([1, 2, 3]);
  expect(w.c.unread.value).toBe(3);
  expect(w.missing).toEqual([]);
});

test('what comes too early is held, the range is asked for once, then all is in order', () => {
  const w = world();
  w.store.apply(posted(5, 13));
  w.store.apply(posted(4, 12));
  expect(ids(w)).toEqual([1, 2]);
  expect(w.missing).toEqual([[1, 10]]);
  for (const e of [posted(3, 11), posted(4, 12), posted(5, 13)]) w.store.apply(e);
  expect(ids(w)).toEqual([1, 2, 3, 4, 5]);
  expect(w.c.unread.value).toBe(5);
  expect(w.store.positions()).toEqual({ 1: 13 });
});

test('every order of arrival, with repeats, ends the same', () => {
  const log: Frame[] = [
    posted(3, 11),
    frame({ type: 'reaction_added', channel_id: 1, seq: 12, message_id: 3, user_id: 2, username: 'a', emoji: '👍' }),
    frame({ type: 'message_edited', channel_id: 1, seq: 13, message: message(3, 11, { content: 'new' }) }),
    frame({ type: 'message_deleted', channel_id: 1, seq: 14, message_id: 1, deleted_by: 2 }),
    posted(4, 15),
  ];
  let chance = 7;
  const random = (n: number) => {
    chance = (chance * 1103515245 + 12345) % 2147483648;
    return chance % n;
  };
  for (let round = 0; round < 200; round++) {
    const w = world();
    const sent = [...log, ...log, ...log].map(e => [random(1000), e] as const).sort((a, b) => a[0] - b[0]);
    for (const [, e] of sent) w.store.apply(e);
    expect(ids(w)).toEqual([1, 2, 3, 4]);
    expect(w.get(3)?.content).toBe('new');
    expect(w.get(1)?.is_deleted).toBe(true);
    expect(w.c.timeline.applied).toBe(15);
    expect(w.c.unread.value).toBe(4);
  }
});

test('a page that is ahead of the log is not told twice', () => {
  const w = world();
  const m = message(2, 10, { reactions: [{ emoji: '👍', count: 1, user_ids: [2] }] });
  w.c.timeline.merge({ items: [message(1, 9), m], has_before: true, has_after: false, head_seq: 11 }, 'replace');
  w.store.apply(frame({ type: 'reaction_added', channel_id: 1, seq: 11, message_id: 2, user_id: 2, emoji: '👍' }));
  w.store.apply(frame({ type: 'reaction_added', channel_id: 1, seq: 12, message_id: 2, user_id: 3, emoji: '👍' }));
  expect(w.get(2)?.reactions).toEqual([{ emoji: '👍', count: 2, user_ids: [2, 3] }]);
});

test('a gap is skipped, marks the channel, and what comes after it counts', () => {
  const w = world();
  w.store.apply(posted(50, 3001));
  w.store.apply(frame({ type: 'gap', channel_id: 1, from: 11, to: 3000 }));
  expect(w.c.stale.value).toBe(true);
  expect(w.c.timeline.applied).toBe(3001);
});

test('a lost last event is noticed by pong', () => {
  const w = world();
  w.store.apply(frame({ type: 'pong', heads: { 1: 10 } }));
  expect(w.missing).toEqual([]);
  w.store.apply(frame({ type: 'pong', heads: { 1: 11 } }));
  expect(w.missing).toEqual([[1, 10]]);
});

test('my own message confirms the outbox and reads the channel', () => {
  const w = world();
  w.store.apply(posted(3, 11, { user_id: 9, client_id: 'x' }));
  expect(w.stored).toEqual(['x']);
  expect([w.c.unread.value, w.c.mentions.value]).toEqual([0, 0]);
});

test('pins, leaving, renaming, deleting', () => {
  const w = world();
  w.store.apply(frame({ type: 'message_pinned', channel_id: 1, seq: 11, message_id: 2, user_id: 3 }));
  expect(w.get(2)?.pin).toEqual({ user_id: 3 });
  w.store.apply(frame({ type: 'message_unpinned', channel_id: 1, seq: 12, message_id: 2, user_id: 3 }));
  expect(w.get(2)?.pin).toBeUndefined();
  w.store.apply(frame({ type: 'channel_updated', channel_id: 1, seq: 13, channel: { id: 1, name: 'news' } }));
  expect(w.c.meta.value.name).toBe('news');
  w.store.apply(frame({ type: 'user_left', channel_id: 1, seq: 14, user_id: 9 }));
  expect(w.store.positions()).toEqual({});
  w.store.apply(frame({ type: 'channel_deleted', channel_id: 1, seq: 15, deleted_by: 2 }));
  expect(w.store.channels.value.size).toBe(0);
});

test('unknown frames change nothing', () => {
  const w = world();
  w.store.apply(frame({ type: 'of_the_future', channel_id: 1, seq: 11 }));
  expect(w.c.timeline.applied).toBe(10);
});
