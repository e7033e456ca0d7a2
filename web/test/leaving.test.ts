import { beforeEach, expect, test, vi } from 'vitest';
import { disk } from './world.ts';

beforeEach(() => vi.unstubAllGlobals());

/** Tabs of one browser: each has the module for itself, all have the storage, the locks and the server. */
function browser() {
  const storage = disk();
  const asked: string[] = [];
  const held: (() => void)[] = [];
  let last: Promise<unknown> = Promise.resolve();
  const request = (_: string, what: () => Promise<unknown>) => {
    const mine = last.then(what);
    last = mine.catch(() => {});
    return mine;
  };
  const fetched = async (path: string) => {
    asked.push(path);
    if (path === '/auth/logout') await new Promise<void>(done => held.push(done));
    return Response.json({ access_token: 'old', expires_in: 60, user: {} });
  };
  const tab = async () => {
    vi.resetModules();
    vi.stubGlobal('window', { localStorage: storage, sessionStorage: disk() });
    vi.stubGlobal('navigator', {
      locks: {
        request: (name: string, what: never) => (name === 'leaving' ? request(name, what) : (what as () => unknown)()),
      },
    });
    vi.stubGlobal('fetch', fetched);
    return { ...(await import('../src/auth/leaving.ts')), ...(await import('../src/platform/token.ts')) };
  };
  return { tab, asked, held };
}

test('a tab that tells the server of a signing out does not end the session that another begins', async () => {
  const { tab, asked, held } = browser();
  const [a, b] = [await tab(), await tab()];
  a.setDue(true);
  const left = a.leave();
  await vi.waitFor(() => expect(held).toHaveLength(1));
  const login = vi.fn(async () => 'in');
  const entered = b.instead(login);
  const again = b.leave();
  expect(login).not.toHaveBeenCalled();
  held[0]?.();
  expect([await left, await entered, await again]).toEqual([true, 'in', true]);
  expect([a.due(), asked]).toEqual([false, ['/auth/refresh', '/auth/logout']]);
  // Of the session that is over nothing is left to tell by.
  a.setDue(true);
  const next = a.leave();
  await vi.waitFor(() => expect(held).toHaveLength(2));
  held[1]?.();
  expect([await next, asked.slice(2)]).toEqual([true, ['/auth/refresh', '/auth/logout']]);
});
