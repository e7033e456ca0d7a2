import { expect, test, vi } from 'vitest';
import { Api } from '../src/core/api.ts';
import { Session } from '../src/core/session.ts';
import type { Presence, User } from '../src/core/types.ts';
import { Clock, disk } from './world.ts';

function world(api: Partial<Api>) {
  const clock = new Clock();
  const session = new Session({ id: 9 } as User, {
    api: api as Api,
    disk: disk(),
    shelf: { read: async () => new Map(), write: () => {} },
    open: () => ({ send: () => {}, close: () => {} }),
    now: () => clock.now,
    later: clock.later,
    random: () => 0,
    uuid: () => '',
    idle: () => false,
    arrived: () => {},
    frames: run => run(),
    left: () => {},
  });
  return { clock, session };
}

const never = () => new Promise<never>(() => {});
const apiOf = (fetched: (path: string) => Promise<Response>) =>
  new Api({
    fetch: fetched as unknown as typeof fetch,
    uuid: () => '',
    alone: never,
    attempt: () => '',
    newer: () => null,
    renewed: () => {},
    denied: () => {},
  });
const person = (id: number, status: Presence) => ({ id, status }) as User;

test('people who are shown at about the same time are asked for together, and each once', () => {
  const call = vi.fn(() => new Promise(() => {}));
  const { clock, session } = world({ call } as Partial<Api>);
  for (const id of [1, 2, 1]) session.who(id);
  clock.pass(16);
  for (const id of [3, 2]) session.who(id);
  clock.pass(16);
  const people = (ids: string) => ['GET', '/users', { query: { ids } }];
  expect(call.mock.calls).toEqual([people('1,2'), people('3')]);
});

test('who is there is read to the last page before anybody is taken to be away', async () => {
  const pages = [
    { items: [person(1, 'busy')], next_cursor: '1' },
    { items: [person(2, 'online')], next_cursor: null },
  ];
  const fetched = vi.fn(async (path: string) =>
    Response.json(path.startsWith('/users/online') ? pages.shift() : { items: [], next_cursor: null }),
  );
  const { session } = world(apiOf(fetched));
  session.store.meet([person(2, 'away'), person(3, 'online')]);
  session.connection.phase.value = 'live';
  const seen = () => [1, 2, 3].map(id => session.store.users.get(id)?.value.status);
  await vi.waitFor(() => expect(seen()).toEqual(['busy', 'online', 'offline']));
  const asked = fetched.mock.calls.map(([path]) => path).filter(path => path.startsWith('/users/online'));
  expect(asked).toEqual(['/users/online', '/users/online?cursor=1']);
});

test('what is told of somebody while the list of those who are there is read is newer than the list', async () => {
  const pages: ((answer: Response) => void)[] = [];
  const fetched = (path: string) =>
    path.startsWith('/users/online')
      ? new Promise<Response>(done => pages.push(done))
      : Promise.resolve(Response.json({ items: [], next_cursor: null }));
  const { session } = world(apiOf(fetched));
  const { store } = session;
  store.meet([person(1, 'offline'), person(2, 'offline'), person(4, 'online')]);
  store.apply({ type: 'presence', user_id: 4, status: 'busy' });
  session.connection.phase.value = 'live';
  await vi.waitFor(() => expect(pages).toHaveLength(1));
  store.applyAll([
    { type: 'presence', user_id: 1, status: 'offline' },
    { type: 'presence_batch', online: [2], away: [3] },
  ]);
  const items = [person(1, 'online'), person(3, 'online'), person(4, 'away')];
  pages[0]?.(Response.json({ items, next_cursor: null }));
  const seen = () => [1, 2, 3, 4].map(id => store.users.get(id)?.value.status);
  await vi.waitFor(() => expect(seen()).toEqual(['offline', 'online', 'away', 'away']));
});
