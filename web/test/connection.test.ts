import { expect, test } from 'vitest';
import { Connection, type WireEvents } from '../src/core/connection.ts';
import type { Frame } from '../src/core/types.ts';
import { Clock, settle } from './world.ts';

function world(answer: 'ok' | 'denied' | 'later' = 'ok') {
  const clock = new Clock();
  const sockets: { events: WireEvents; sent: Frame[]; closed: boolean }[] = [];
  const frames: Frame[] = [];
  let refreshed = 0;
  const c = new Connection({
    open: events => {
      const socket = { events, sent: [] as Frame[], closed: false };
      sockets.push(socket);
      return {
        send: text => void socket.sent.push(JSON.parse(text)),
        close: () => {
          socket.closed = true;
        },
      };
    },
    refresh: async () => {
      refreshed++;
      return answer;
    },
    positions: () => ({ 1: 41 }),
    frame: f => void frames.push(f),
    later: clock.later,
    random: () => 0.5,
    idle: () => false,
  });
  const last = () => sockets[sockets.length - 1] as (typeof sockets)[number];
  const say = (f: object) => last().events.message(JSON.stringify(f));
  const live = () => {
    say({ type: 'hello', channels: [], reconnect: { min_ms: 100, max_ms: 300 } });
    say({ type: 'resumed' });
  };
  return { c, clock, sockets, frames, last, say, live, refreshed: () => refreshed };
}

test('hello, resume as the first frame, live', () => {
  const w = world();
  w.c.start();
  expect(w.c.phase.value).toBe('connecting');
  w.say({ type: 'hello', channels: [], reconnect: { min_ms: 100, max_ms: 300 } });
  expect(w.c.phase.value).toBe('resuming');
  expect(w.last().sent).toEqual([{ type: 'resume', positions: { 1: 41 } }]);
  expect(w.c.send({ type: 'typing' })).toBe(false);
  w.say({ type: 'resumed' });
  expect(w.c.phase.value).toBe('live');
});

test('lost: back within the window that hello told; late words of the old socket are ignored', () => {
  const w = world();
  w.c.start();
  w.live();
  const old = w.last();
  old.events.closed(1006, '');
  expect(w.c.phase.value).toBe('waiting');
  w.clock.pass(199);
  expect(w.sockets).toHaveLength(1);
  w.clock.pass(1);
  expect(w.sockets).toHaveLength(2);
  const n = w.frames.length;
  old.events.message('{"type":"chat_message"}');
  old.events.closed(4403, '');
  expect(w.frames).toHaveLength(n);
  expect(w.c.phase.value).toBe('connecting');
});

test('a restart tells its own window', () => {
  const w = world();
  w.c.start();
  w.live();
  w.last().events.closed(1012, 'restart: reconnect in 1000 to 3000 ms, resume');
  w.clock.pass(1999);
  expect(w.sockets).toHaveLength(1);
  w.clock.pass(1);
  expect(w.sockets).toHaveLength(2);
});

test('waits grow, and a nudge ends one', async () => {
  const w = world('later');
  w.c.start();
  const waits: number[] = [];
  for (let i = 0; i < 8; i++) {
    w.last().events.closed(1006, '');
    await settle();
    const from = w.clock.now;
    const n = w.sockets.length;
    while (w.sockets.length === n) w.clock.pass(50);
    waits.push(w.clock.now - from);
  }
  expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 15000, 15000]);
  w.last().events.closed(1006, '');
  await settle();
  const n = w.sockets.length;
  w.c.nudge();
  expect(w.sockets).toHaveLength(n + 1);
});

test('an expired token is renewed at once; when that is refused one signs in', async () => {
  const w = world();
  w.c.start();
  w.live();
  w.last().events.closed(4401, '');
  await settle();
  w.clock.pass(0);
  expect([w.refreshed(), w.sockets.length]).toEqual([1, 2]);
  const d = world('denied');
  d.c.start();
  d.live();
  d.last().events.closed(4401, '');
  await settle();
  expect([d.c.phase.value, d.c.stopped.value]).toEqual(['stopped', 'auth']);
});

test('banned stops for good', () => {
  const w = world();
  w.c.start();
  w.live();
  w.last().events.closed(4403, '');
  w.clock.pass(100_000);
  expect([w.c.phase.value, w.c.stopped.value, w.sockets.length]).toEqual(['stopped', 'banned', 1]);
});

test('no hello, and no pong, are a lost connection', () => {
  const w = world();
  w.c.start();
  w.clock.pass(10_000);
  expect([w.c.phase.value, w.last().closed]).toEqual(['waiting', true]);
  w.c.nudge();
  w.live();
  w.clock.pass(20_000);
  w.say({ type: 'pong', heads: {} });
  w.clock.pass(59_999);
  expect(w.last().closed).toBe(false);
  w.clock.pass(1);
  expect(w.last().closed).toBe(true);
});

test('after sleep a probe with a short limit', () => {
  const w = world();
  w.c.start();
  w.live();
  w.c.nudge();
  expect(w.last().sent.at(-1)?.type).toBe('ping');
  w.clock.pass(3999);
  expect(w.c.phase.value).toBe('live');
  w.clock.pass(1);
  expect(w.c.phase.value).toBe('waiting');
});

test('nonsense is ignored, stop is quiet', () => {
  const w = world();
  w.c.start();
  w.last().events.message('{');
  w.last().events.message('[]');
  expect(w.frames).toEqual([]);
  w.c.stop();
  w.clock.pass(100_000);
  expect([w.c.phase.value, w.sockets.length]).toEqual(['idle', 1]);
});
