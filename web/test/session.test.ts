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
  const person = (id: number, status: Presence) => ({ id, status }) as User;
  const pages = [
    { items: [person(1, 'busy')], next_cursor: '1' },
    { items: [person(2, 'online')], next_cursor: null },
  ];
  const fetched = vi.fn(async (path: string) =>
    Response.json(path.startsWith('/users/online') ? pages.shift() : { items: [], next_cursor: null }),
  );
  const never = () => new Promise<never>(() => {});
  const api = new Api({
    fetch: fetched as unknown as typeof fetch,
    uuid: () => '',
    alone: never,
    attempt: () => '',
    newer: () => null,
    renewed: () => {},
    denied: () => {},
  });
  const { session } = world(api);
  session.store.meet([person(2, 'away'), person(3, 'online')]);
  session.connection.phase.value = 'live';
  const seen = () => [1, 2, 3].map(id => session.store.users.get(id)?.value.status);
  await vi.waitFor(() => expect(seen()).toEqual(['busy', 'online', 'offline']));
  const asked = fetched.mock.calls.map(([path]) => path).filter(path => path.startsWith('/users/online'));
  expect(asked).toEqual(['/users/online', '/users/online?cursor=1']);
});
