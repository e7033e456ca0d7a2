// What was chosen, as the screen follows it: the page that it needs is as good as empty.
import { signal } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Session } from '../src/core/session.ts';
import { Store } from '../src/core/store.ts';
import { frame, settle } from './world.ts';

const nobody = { addEventListener: () => {} };
vi.stubGlobal('window', globalThis);
vi.stubGlobal('addEventListener', () => {});
vi.stubGlobal('location', { pathname: '/', search: '' });
vi.stubGlobal('matchMedia', () => ({ ...nobody, matches: false }));
vi.stubGlobal('document', {
  ...nobody,
  documentElement: { dataset: {} },
  visibilityState: 'visible',
  hasFocus: () => true,
});
const { enter } = await import('../src/chat/state.ts');
const { follow, preferences } = await import('../src/chat/notices.ts');

const hooks = { missing: () => true, stored: () => {}, unknown: () => {}, arrived: () => {}, now: () => 0 };
type Answer = () => Promise<object>;

/** Somebody signs in; the server answers each request by the next of these, and by the last one from then on. */
function signIn(id: number, ...answers: Answer[]): Store {
  const store = new Store(id, hooks);
  const call = () => (answers.length > 1 ? answers.shift() : answers[0])?.();
  enter({ store, api: { call }, connection: { phase: signal('live') } } as unknown as Session);
  follow();
  return store;
}
const chosen =
  (more: object, channels: object[] = []): Answer =>
  async () => ({ preferences: { level: 'all', keywords: [], quiet_hours: null, dnd_until: null, ...more }, channels });
const mention = (channel_id: number, kind = 'mention') =>
  frame({ type: 'notification', notification: { kind, priority: 'high', text: '', channel_id, message_id: 1 } });

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-02T10:00:00Z') }));
afterEach(() => void vi.useRealTimers());

test('of what one wants to be told nothing, nothing is counted', async () => {
  const own = { channel_id: 1, level: 'all', muted: false, muted_until: null };
  const store = signIn(1, chosen({ level: 'nothing' }, [own]));
  await settle();
  store.apply(mention(2));
  expect([store.notices.value, store.noticed.value]).toEqual([0, 0]);
  store.apply(mention(1));
  store.apply(mention(2, 'invitation'));
  expect([store.notices.value, store.noticed.value]).toEqual([2, 2]);
  store.apply(frame({ type: 'notification_preferences', channel: { ...own, level: 'nothing' } }));
  store.apply(mention(1));
  expect(store.notices.value).toBe(2);
});

test('a rest that is over is none', async () => {
  const store = signIn(2, chosen({ dnd_until: '2026-01-02T10:30:00Z' }));
  await settle();
  expect([store.rest.value, preferences.value.dnd_until]).toEqual([true, '2026-01-02T10:30:00Z']);
  vi.advanceTimersByTime(30 * 60_000);
  expect([store.rest.value, preferences.value.dnd_until]).toEqual([false, null]);
});

test("what could not be asked for is asked for again, and is nobody else's", async () => {
  signIn(3, chosen({ level: 'mentions' }));
  await settle();
  expect(preferences.value.level).toBe('mentions');
  const fails: Answer = () => Promise.reject(new Error());
  signIn(4, fails, chosen({ level: 'nothing' }));
  await settle();
  expect(preferences.value.level).toBe('all');
  vi.advanceTimersByTime(5000);
  await settle();
  expect(preferences.value.level).toBe('nothing');
});
