import { expect, test, vi } from 'vitest';
import { Api, Problem, type Token } from '../src/core/api.ts';
import type { User } from '../src/core/types.ts';

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(status === 204 ? null : JSON.stringify(body), { status, headers });

function world(answers: (path: string, init: RequestInit) => Response | Promise<Response>) {
  const asked: { path: string; init: RequestInit }[] = [];
  let denied = 0;
  let other: string | null = null;
  const renewed: string[] = [];
  const api = new Api({
    attempt: () => 'attempt',
    fetch: (async (path: string, init: RequestInit) => {
      asked.push({ path, init });
      return answers(path, init);
    }) as typeof fetch,
    uuid: () => 'key',
    alone: what => what(),
    newer: than => (other !== than ? other : null),
    renewed: (token: Token) => void renewed.push(token.access_token),
    denied: () => {
      denied++;
    },
  });
  api.signedIn('old');
  return {
    api,
    asked,
    renewed,
    denied: () => denied,
    set: (token: string) => {
      other = token;
    },
  };
}
const token = { access_token: 'new', expires_in: 900, user: {} as User };
const isNew = (init: RequestInit) => (init.headers as Record<string, string>).Authorization === 'Bearer new';

test('many refused requests refresh once, and are sent again', async () => {
  const w = world((path, init) =>
    path === '/auth/refresh' ? json(200, token) : json(isNew(init) ? 200 : 401, { n: 1 }),
  );
  const got = await Promise.all([w.api.call('GET', '/a'), w.api.call('GET', '/b'), w.api.call('GET', '/c')]);
  expect(got).toEqual([{ n: 1 }, { n: 1 }, { n: 1 }]);
  expect(w.asked.filter(a => a.path === '/auth/refresh')).toHaveLength(1);
  expect(w.renewed).toEqual(['new']);
});

test('a refresh carries the key that it is known by', async () => {
  const w = world((path, init) =>
    path === '/auth/refresh' ? json(200, token) : json(isNew(init) ? 200 : 401, { n: 1 }),
  );
  await w.api.call('GET', '/a');
  const keys = w.asked.map(({ init }) => (init.headers as Record<string, string>)['Idempotency-Key']);
  expect(keys).toEqual([undefined, 'attempt', undefined]);
});

test('a refresh that nobody answers comes to an end', async () => {
  const ended = new AbortController();
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(ended.signal);
  const w = world(
    (_, { signal }) => new Promise((_, fail) => signal?.addEventListener('abort', () => fail(signal.reason))),
  );
  const asked = w.api.refresh();
  ended.abort();
  expect(await asked).toBe('later');
  expect(timeout).toHaveBeenCalledWith(20_000);
  timeout.mockRestore();
});

test('signed out is who the server has let go, or does not know', async () => {
  for (const [status, told] of [
    [204, true],
    [401, true],
    [429, false],
    [503, false],
  ] as const)
    expect([status, await world(() => json(status, {})).api.leave()]).toEqual([status, told]);
  const away = world(() => Promise.reject(new TypeError('away')));
  expect(await away.api.leave()).toBe(false);
});

test('what another tab has got already is taken', async () => {
  const w = world((_, init) => json(isNew(init) ? 200 : 401, {}));
  w.set('new');
  await w.api.call('GET', '/a');
  expect(w.asked.map(a => a.path)).toEqual(['/a', '/a']);
});

test('a refused refresh ends the session; a server that is away does not', async () => {
  const gone = world(path => json(path === '/auth/refresh' ? 401 : 401, { code: 'token.invalid' }));
  await expect(gone.api.call('GET', '/a')).rejects.toMatchObject({ status: 401 });
  expect(gone.denied()).toBe(1);
  const away = world(path => json(path === '/auth/refresh' ? 503 : 401, {}));
  await expect(away.api.call('GET', '/a')).rejects.toMatchObject({ status: 503 });
  expect(away.denied()).toBe(0);
});

test('a repeat has the same key, a problem its code', async () => {
  const w = world(() => json(422, { code: 'channel.muted' }, { 'Retry-After': '3' }));
  const wrong = await w.api.call('POST', '/a', { body: {}, key: 'mine' }).catch((e: unknown) => e);
  expect(wrong).toBeInstanceOf(Problem);
  expect(wrong).toMatchObject({ status: 422, code: 'channel.muted', retryAfterS: 3 });
  expect(w.asked[0]?.init.headers).toMatchObject({ 'Idempotency-Key': 'mine' });
});
