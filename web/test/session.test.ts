import { expect, test, vi } from 'vitest';
import type { Api } from '../src/core/api.ts';
import { Session } from '../src/core/session.ts';
import type { User } from '../src/core/types.ts';
import { Clock, disk } from './world.ts';

test('people who are shown at about the same time are asked for together, and each once', () => {
  const clock = new Clock();
  const call = vi.fn(() => new Promise(() => {}));
  const session = new Session({ id: 9 } as User, {
    api: { call } as unknown as Api,
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
  for (const id of [1, 2, 1]) session.who(id);
  clock.pass(16);
  for (const id of [3, 2]) session.who(id);
  clock.pass(16);
  const people = (ids: string) => ['GET', '/users', { query: { ids } }];
  expect(call.mock.calls).toEqual([people('1,2'), people('3')]);
});
