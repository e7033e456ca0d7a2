import { expect, test } from 'vitest';
import { Store } from '../src/core/store.ts';
import { Thread } from '../src/core/thread.ts';
import type { Frame } from '../src/core/types.ts';
import { frame, message, posted } from './world.ts';

function world() {
  const missing: [number, number][] = [];
  const stored: string[] = [];
  const unknown: number[] = [];
  let able = true;
  let time = 0;
  const store = new Store(9, {
    missing: (c, p) => {
      if (able) missing.push([c, p]);
      return able;
    },
    stored: id => stored.push(id),
    unknown: id => unknown.push(id),
    arrived: () => {},
    now: () => time,
  });
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
  const set = (what: { able?: boolean; time?: number }) => {
    able = what.able ?? able;
    time = what.time ?? time;
  };
  return { store, c, missing, stored, unknown, set, get: (id: number) => c.timeline.entries.get(id)?.message.value };
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
  w.unknown.length = 0;
  w.store.apply(frame({ type: 'gap', channel_id: 1, from: 11, to: 3000 }));
  expect(w.c.stale.value).toBe(true);
  expect(w.c.timeline.applied).toBe(3001);
  // What the gap swallowed was never counted: the server is asked, and its word holds for what is in it already.
  expect(w.unknown).toEqual([1]);
  const told = {
    id: 1,
    name: 'general',
    type: 'public',
    topic: '',
    description: '',
    is_archived: false,
    member_count: 2,
  };
  const answer = { ...told, is_member: true, read_seq: 8, unread_count: 2993, mention_count: 4 } as const;
  w.store.learn({ ...answer, type: 'public', head_seq: 3002 });
  w.store.apply(posted(51, 3002));
  expect([w.c.unread.value, w.c.mentions.value]).toEqual([2993, 4]);
  w.store.apply(posted(52, 3003));
  expect(w.c.unread.value).toBe(2994);
});

test('counts that are older than what has come are asked for again', () => {
  const w = world();
  w.unknown.length = 0;
  w.store.apply(posted(3, 11));
  const told = {
    id: 1,
    name: 'general',
    type: 'public',
    topic: '',
    description: '',
    is_archived: false,
    member_count: 2,
  } as const;
  w.store.learn({ ...told, is_member: true, read_seq: 8, unread_count: 2, mention_count: 0, head_seq: 10 });
  expect(w.c.unread.value).toBe(3);
});

test('after a reconnect hello has the counts, and what is resumed does not count twice', () => {
  const w = world();
  w.store.disconnected();
  const one = { channel_id: 1, name: 'general', type: 'public', read_seq: 8, mention_count: 1 };
  w.store.apply(frame({ type: 'hello', channels: [{ ...one, head_seq: 12, unread_count: 4 }] }));
  expect(w.store.positions()).toEqual({ 1: 10 });
  for (const e of [posted(3, 11), posted(4, 12)]) w.store.apply(e);
  expect(w.c.unread.value).toBe(4);
  w.store.apply(posted(5, 13));
  expect(w.c.unread.value).toBe(5);
});

test('what could not be asked for, or was not answered, is asked for again', () => {
  const w = world();
  w.set({ able: false });
  w.store.apply(posted(5, 13));
  expect(w.missing).toEqual([]);
  w.set({ able: true });
  w.store.apply(frame({ type: 'resumed' }));
  expect(w.missing).toEqual([[1, 10]]);
  w.store.apply(frame({ type: 'pong', heads: {} }));
  expect(w.missing).toHaveLength(1);
  w.set({ time: 5000 });
  w.store.apply(frame({ type: 'pong', heads: {} }));
  expect(w.missing).toEqual([
    [1, 10],
    [1, 10],
  ]);
});

test('what came while a page was under way is not lost by it', () => {
  const w = world();
  w.store.apply(posted(3, 11));
  w.c.timeline.merge(
    { items: [message(1, 9), message(2, 10)], has_before: false, has_after: false, head_seq: 10 },
    'replace',
  );
  expect(ids(w)).toEqual([1, 2, 3]);
});

test('a channel that one is added to is asked about', () => {
  const w = world();
  w.unknown.length = 0;
  w.store.apply(
    frame({
      type: 'user_joined',
      channel_id: 7,
      seq: 4,
      user_id: 9,
      user: { id: 9, username: 'me', display_name: 'Me' },
    }),
  );
  expect(w.unknown).toContain(7);
  expect(w.store.channel(7).member.value).toBe(true);
  expect(w.store.positions()).toEqual({ 1: 10, 7: 4 });
});

test('one thread beside its channel', () => {
  const w = world();
  const thread = new Thread(1, 2);
  w.store.thread.value = thread;
  const state = { message_id: 2, channel_id: 1, following: true, read_seq: 0, unread_count: 0, mention_count: 0 };
  thread.merge(
    { root: message(2, 10), items: [], has_before: false, has_after: false, head_seq: 10, state },
    'replace',
  );
  w.store.apply(posted(3, 11, { thread_id: 2, in_channel: false }));
  w.store.apply(posted(4, 12));
  expect(thread.timeline.order.value).toEqual([2, 3]);
  expect(ids(w)).toEqual([1, 2, 4]);
  w.store.apply(frame({ type: 'message_deleted', channel_id: 1, seq: 13, message_id: 3, deleted_by: 2, thread_id: 2 }));
  expect(thread.timeline.entries.get(3)?.message.value.is_deleted).toBe(true);
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
  w.store.apply(frame({ type: 'user_left', channel_id: 1, seq: 14, user_id: 9, username: 'me' }));
  expect(w.store.positions()).toEqual({});
  w.store.apply(frame({ type: 'channel_deleted', channel_id: 1, seq: 15, deleted_by: 2 }));
  expect(w.store.channels.value.size).toBe(0);
});

test('what one can do in a channel is asked for when it may have changed, and only then', () => {
  const w = world();
  const channel = { id: 1, name: 'general', type: 'public', is_archived: false, permissions: { post: 'member' } };
  w.store.learn({ ...w.c.meta.value, ...channel, type: 'public', permissions: { post: 'member' }, head_seq: 10 });
  w.unknown.length = 0;
  w.store.apply(frame({ type: 'channel_updated', channel_id: 1, seq: 11, channel: { ...channel, name: 'news' } }));
  expect(w.unknown).toEqual([]);
  const permissions = { post: 'moderator' };
  w.store.apply(frame({ type: 'channel_updated', channel_id: 1, seq: 12, channel: { ...channel, permissions } }));
  expect(w.unknown).toEqual([1]);
  w.store.apply(frame({ type: 'member_updated', channel_id: 1, seq: 13, user_id: 2, role: 'moderator' }));
  expect([w.unknown, w.c.people.value]).toEqual([[1], 1]);
  w.store.apply(frame({ type: 'member_updated', channel_id: 1, seq: 14, user_id: 9, role: 'moderator' }));
  expect([w.unknown, w.c.people.value]).toEqual([[1, 1], 2]);
});

test('pictures are those of this site', () => {
  const w = world();
  const ana = { id: 2, username: 'ana', display_name: 'Ana', role: 'member', status_text: '', language: 'en' };
  const told = (picture: string | null) => {
    w.store.apply(frame({ type: 'user_updated', ...ana, profile_picture: picture }));
    return w.store.pictures.value.get(2);
  };
  expect(told('/users/2/avatar?v=1')).toBe('/users/2/avatar?v=1');
  expect(told('https://elsewhere.example/1.png')).toBeUndefined();
  expect(told('//elsewhere.example/1.png')).toBeUndefined();
  expect(told('/users/2/avatar?v=2')).toBe('/users/2/avatar?v=2');
  expect(told(null)).toBeUndefined();
  expect(w.store.users.get(2)?.value.status).toBe('offline');
});

test('unknown frames change nothing', () => {
  const w = world();
  w.store.apply(frame({ type: 'of_the_future', channel_id: 1, seq: 11 }));
  expect(w.c.timeline.applied).toBe(10);
});
