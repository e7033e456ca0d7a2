import { beforeEach, expect, test, vi } from 'vitest';
import type { Token } from '../src/core/api.ts';
import { disk } from './world.ts';

const world = async (storage = disk()) => {
  const cookies: string[] = [];
  vi.resetModules();
  vi.stubGlobal('window', { localStorage: storage, sessionStorage: disk() });
  vi.stubGlobal('location', { protocol: 'https:' });
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('document', {
    set cookie(text: string) {
      cookies.push(text);
    },
  });
  return { storage, cookies, ...(await import('../src/platform/token.ts')) };
};
/** What is in it already can be read; nothing more is taken. */
const full = () => {
  const storage = disk();
  const put = storage.setItem;
  storage.setItem = (key, value) => {
    if (key !== 'probe') throw new DOMException('full', 'QuotaExceededError');
    put(key, value);
  };
  return storage;
};
const answer = (expires_in: number) => ({ access_token: 'a', expires_in, user: { id: 1 } }) as Token;

beforeEach(() => vi.unstubAllGlobals());

test('the cookie lives as long as the token', async () => {
  const w = await world();
  w.put(answer(60));
  expect(w.cookies.length).toBeGreaterThan(0);
  for (const cookie of w.cookies) expect(cookie).toMatch(/^palique_token=a; .*Max-Age=60; Secure$/);
});

test('a refresh is known by the same key until an answer came, in the next visit too', async () => {
  const w = await world();
  const key = w.attempt();
  expect(w.attempt()).toBe(key);
  const next = await world(w.storage);
  expect(next.attempt()).toBe(key);
  next.put(answer(60));
  const other = next.attempt();
  expect(other).not.toBe(key);
  next.drop();
  expect(next.attempt()).not.toBe(other);
});

test('with a full storage a refresh has one key until an answer came too', async () => {
  const w = await world(full());
  const key = w.attempt();
  expect(w.attempt()).toBe(key);
  w.put(answer(60));
  const other = w.attempt();
  expect(other).not.toBe(key);
  w.drop();
  expect(w.attempt()).not.toBe(other);
});

test('without locks one is at it at a time; where nothing can be kept nobody waits', async () => {
  const w = await world();
  let inside = 0;
  const most: number[] = [];
  const turn = () =>
    w.alone(async () => {
      most.push(++inside);
      await new Promise(done => setTimeout(done));
      inside--;
    });
  await Promise.all([turn(), turn()]);
  expect(most).toEqual([1, 1]);
  expect(await (await world(full())).alone(async () => 'done')).toBe('done');
});
