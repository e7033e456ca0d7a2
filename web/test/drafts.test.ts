import { expect, test } from 'vitest';
import { Api } from '../src/core/api.ts';
import { Drafts } from '../src/core/drafts.ts';
import type { KeptDraft } from '../src/core/types.ts';
import { Clock, disk } from './world.ts';

/** Until all that is under way is done: bodies are read in turns of the event loop. */
const settle = async () => {
  for (let i = 0; i < 5; i++) await new Promise(done => setTimeout(done));
};

/** A server that keeps drafts, and devices of one user. */
function world() {
  const clock = new Clock();
  clock.now = 1_000_000;
  const server = new Map<string, KeptDraft>();
  const asked: string[] = [];
  let devices: Drafts[] = [];
  let broken = false;
  let late: (() => void)[] | null = null;
  const tell = (what: (d: Drafts) => void) => {
    const all = () => devices.forEach(what);
    if (late) late.push(all);
    else all();
  };
  const fetch = async (url: string | URL | Request, init: RequestInit = {}) => {
    const { pathname, searchParams } = new URL(String(url), 'http://x');
    if (broken) throw new TypeError('network');
    asked.push(`${init.method} ${pathname}`);
    if (init.method === 'GET') return new Response(JSON.stringify({ items: [...server.values()], next_cursor: null }));
    const channel_id = Number(pathname.split('/').at(-1));
    const body = JSON.parse(String(init.body ?? '{}'));
    const thread_id: number | null = body.thread_id ?? (Number(searchParams.get('thread_id')) || null);
    const key = `${channel_id}:${thread_id}`;
    if (init.method === 'DELETE') {
      server.delete(key);
      tell(d => d.follow({ channel_id, thread_id }, null));
      return new Response(null, { status: 204 });
    }
    const draft = { channel_id, thread_id, reply_to_id: body.reply_to_id, content: body.content, updated_at: '' };
    server.set(key, draft);
    tell(d => d.follow(draft, draft));
    return new Response(JSON.stringify(draft));
  };
  const api = new Api({
    attempt: () => 'attempt',
    fetch,
    uuid: () => 'u',
    alone: what => what(),
    newer: () => null,
    renewed: () => {},
    denied: () => {},
  });
  const device = (storage = disk()) => {
    const made = new Drafts(7, {
      disk: storage,
      api,
      now: () => clock.now,
      later: (ms, what) => void clock.later(ms, what),
    });
    devices.push(made);
    made.setLive(true);
    return made;
  };
  const pass = async (ms: number) => {
    for (let gone = 0; gone < ms; gone += 500) {
      clock.pass(500);
      await settle();
    }
  };
  return {
    server,
    asked,
    device,
    pass,
    away: (d: Drafts) => {
      devices = devices.filter(one => one !== d);
      d.setLive(false);
    },
    back: (d: Drafts) => {
      devices.push(d);
      d.setLive(true);
    },
    breaks: (is: boolean) => {
      broken = is;
    },
    /** What is told from now on comes when this is called again. */
    hold: () => {
      late = [];
    },
    release: () => {
      const all = late ?? [];
      late = null;
      for (const one of all) one();
    },
  };
}
const write = (content: string, reply = 0) => ({ content, reply });

test('what is typed is kept at once, told a moment later and not at each key', async () => {
  const w = world();
  const a = w.device();
  await settle();
  for (const text of ['h', 'ho', 'hol', 'hola']) a.put(1, write(text));
  expect(a.get(1).content).toBe('hola');
  expect(w.server.size).toBe(0);
  await w.pass(2000);
  expect([...w.server.values()].map(d => d.content)).toEqual(['hola']);
  expect(w.asked).toEqual(['GET /drafts', 'PUT /drafts/1']);
});

test('another device goes on with it, its thread and what it answers', async () => {
  const w = world();
  const a = w.device();
  const b = w.device();
  a.put(1, write('hola', 5), 9);
  await w.pass(2000);
  expect(b.get(1, 9)).toMatchObject({ content: 'hola', reply: 5 });
  expect(b.changed.value).toBe(1);
  a.put(1, write(''), 9);
  await w.pass(500);
  expect(b.get(1, 9).content).toBe('');
  expect(w.server.size).toBe(0);
});

test('a list that is older than what one hears meanwhile changes nothing', async () => {
  const w = world();
  const a = w.device();
  a.put(1, write('hola'));
  const b = w.device(); // asks, and is told before the answer is read
  const draft = { channel_id: 1, thread_id: null, reply_to_id: null, content: 'hola', updated_at: '' };
  b.follow(draft, draft);
  await settle();
  expect(b.get(1).content).toBe('hola');
});

test('an echo that is late does not bring back what one has changed meanwhile', async () => {
  const w = world();
  const a = w.device();
  await settle();
  a.put(1, write('hello'));
  w.hold();
  await w.pass(2000);
  a.put(1, write('hell'));
  await w.pass(2000);
  w.release();
  expect(a.get(1).content).toBe('hell');
  await w.pass(10_000);
  expect(a.get(1).content).toBe('hell');
  expect([...w.server.values()].map(d => d.content)).toEqual(['hell']);
});

test('written on two devices, of which one was away, both texts stay', async () => {
  const w = world();
  const a = w.device();
  const b = w.device();
  await settle();
  w.away(a);
  a.put(1, write('from the train'));
  b.put(1, write('from the desk'));
  await w.pass(10_000);
  w.back(a);
  await w.pass(10_000);
  expect(a.get(1).content).toBe('from the train\n\nfrom the desk');
  expect(b.get(1).content).toBe(a.get(1).content);
});

test('sent on one device it is gone on one that comes back later', async () => {
  const w = world();
  const a = w.device();
  const b = w.device();
  a.put(1, write('hola'));
  await w.pass(10_000);
  w.away(b);
  a.put(1, write(''));
  await w.pass(1000);
  w.back(b);
  await w.pass(1000);
  expect(b.get(1).content).toBe('');
});

test('what could not be told is told after the next start', async () => {
  const w = world();
  const storage = disk();
  const a = w.device(storage);
  await settle();
  w.breaks(true);
  a.put(1, write('hola'));
  await w.pass(5000);
  w.away(a);
  expect(w.server.size).toBe(0);
  w.breaks(false);
  const again = w.device(storage);
  await w.pass(1000);
  expect(again.get(1).content).toBe('hola');
  expect([...w.server.values()].map(d => d.content)).toEqual(['hola']);
});

test('who leaves tells what waits, once', async () => {
  const w = world();
  const a = w.device();
  await settle();
  a.put(1, write('hola'));
  a.put(2, write('   '));
  await a.flush(true);
  await a.flush(true);
  expect(w.asked.filter(one => !one.startsWith('GET'))).toEqual(['PUT /drafts/1']);
});

test('who leaves while something is under way tells what was typed since', async () => {
  const w = world();
  const a = w.device();
  await settle();
  a.put(1, write('hola'));
  const first = a.flush(true);
  a.put(1, write('hola, ¿qué tal?'));
  await Promise.all([first, a.flush(true), a.flush(true)]);
  expect([...w.server.values()].map(d => d.content)).toEqual(['hola, ¿qué tal?']);
  expect(w.asked.filter(one => !one.startsWith('GET'))).toHaveLength(2);
});

test('all of them, the last one written first', async () => {
  const w = world();
  const a = w.device();
  await settle();
  a.put(1, write('one'));
  await w.pass(500);
  a.put(2, write('two'), 3);
  expect(a.all().map(d => [d.channel, d.thread, d.content])).toEqual([
    [2, 3, 'two'],
    [1, 0, 'one'],
  ]);
});

test('what was refused comes back above what is written by now', () => {
  const { device } = world();
  const mine = device();
  mine.put(1, { content: 'by now', reply: 0 });
  mine.restore(1, { content: 'refused', reply: 5 });
  expect(mine.get(1)).toMatchObject({ content: 'refused\n\nby now', reply: 5 });
  mine.restore(2, { content: 'alone', reply: 0 });
  expect(mine.get(2).content).toBe('alone');
  expect(mine.changed.value).toBe(2);
});

test('what comes back and finds no room is told, and what is there stays', () => {
  const storage = disk();
  const { device } = world();
  const d = device(storage);
  expect(d.restore(1, { content: 'refused', reply: 0 })).toBe(true);
  expect(d.get(1).content).toBe('refused');
  storage.setItem = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  const before = d.changed.value;
  expect(d.restore(1, { content: 'another', reply: 0 })).toBe(false);
  expect(d.get(1).content).toBe('refused');
  expect(d.changed.value).toBe(before);
});

test('how many are in this browser only', async () => {
  const w = world();
  const d = w.device();
  d.put(1, { content: 'sent soon', reply: 0 });
  expect(d.unsent()).toBe(1);
  await w.pass(3000);
  expect(d.unsent()).toBe(0);
  w.breaks(true);
  d.put(2, { content: 'nowhere to go', reply: 0 });
  d.put(1, { content: '', reply: 0 });
  await w.pass(3000);
  expect(d.unsent()).toBe(1);
});
