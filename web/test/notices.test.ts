import { expect, test } from 'vitest';
import { changesIn, interrupts, mutedAt, NOTHING_CHOSEN, quietAt, silences } from '../src/core/notices.ts';
import { endOf } from '../src/core/rests.ts';
import type { Level } from '../src/core/types.ts';

const at = (iso: string) => Date.parse(iso);
const own = (what: object) => ({ channel_id: 1, level: null, muted: true, muted_until: null, ...what });

test('a mute ends at its time, or never by itself', () => {
  const now = at('2026-01-02T10:00:00Z');
  expect(mutedAt(own({}), now)).toBe(true);
  expect(mutedAt(own({ muted: false }), now)).toBe(false);
  expect(mutedAt(own({ muted_until: '2026-01-02T10:00:01Z' }), now)).toBe(true);
  expect(mutedAt(own({ muted_until: '2026-01-02T10:00:00Z' }), now)).toBe(false);
});

test('quiet hours are those of their zone, also over midnight', () => {
  const night = { ...NOTHING_CHOSEN, quiet_hours: { from: '22:00', to: '08:00', time_zone: 'Asia/Tokyo' } };
  expect(quietAt(night, at('2026-01-02T12:59:00Z'))).toBe(false);
  expect(quietAt(night, at('2026-01-02T13:00:00Z'))).toBe(true);
  expect(quietAt(night, at('2026-01-02T22:59:00Z'))).toBe(true);
  expect(quietAt(night, at('2026-01-02T23:00:00Z'))).toBe(false);
  const noon = { ...NOTHING_CHOSEN, quiet_hours: { from: '12:00', to: '13:00', time_zone: 'UTC' } };
  expect([11, 12, 13].map(h => quietAt(noon, at(`2026-01-02T${h}:30:00Z`)))).toEqual([false, true, false]);
  expect(quietAt({ ...NOTHING_CHOSEN, dnd_until: '2026-01-02T12:00:00Z' }, at('2026-01-02T11:59:59Z'))).toBe(true);
});

test('it is judged again when something ends by itself', () => {
  const now = at('2026-01-02T10:00:20Z');
  expect(changesIn(NOTHING_CHOSEN, [own({})], now)).toBeNull();
  expect(changesIn(NOTHING_CHOSEN, [own({ muted_until: '2026-01-02T10:05:20Z' })], now)).toBe(300_000);
  const hours = { from: '22:00', to: '08:00', time_zone: 'UTC' };
  expect(changesIn({ ...NOTHING_CHOSEN, quiet_hours: hours }, [], now)).toBe(40_000);
});

test('what interrupts', () => {
  const plain = { mentioned: false, direct: false };
  const mention = { mentioned: true, direct: false };
  const direct = { mentioned: false, direct: true };
  const all = (general: 'all' | 'mentions' | 'nothing', level?: 'all' | 'mentions' | 'nothing') =>
    [plain, mention, direct].map(m => interrupts(general, level, m));
  expect(all('all')).toEqual([false, true, true]);
  expect(all('mentions')).toEqual([false, true, true]);
  expect(all('nothing')).toEqual([false, false, false]);
  expect(all('nothing', 'all')).toEqual([true, true, true]);
  expect(all('all', 'mentions')).toEqual([false, true, false]);
  expect(all('all', 'nothing')).toEqual([false, false, false]);
});

test('until tomorrow is nine in the morning', () => {
  const now = new Date(2026, 0, 2, 23, 30);
  expect(endOf('halfHour', now)).toBe(new Date(2026, 0, 3, 0, 0).toISOString());
  expect(endOf('hour', now)).toBe(new Date(2026, 0, 3, 0, 30).toISOString());
  expect(endOf('tomorrow', now)).toBe(new Date(2026, 0, 3, 9, 0).toISOString());
});

test('what one wants to be told nothing of is not counted, by the choice for all and for one', () => {
  const told = (kind: string) => ({ kind, priority: 'high', text: '', channel_id: 1, message_id: null });
  const of = (general: Level, own?: Level | null) =>
    ['mention', 'keyword', 'invitation'].map(kind => silences(general, own, told(kind)));
  expect(of('all')).toEqual([false, false, false]);
  expect(of('all', 'nothing')).toEqual([true, true, false]);
  expect(of('nothing')).toEqual([true, true, false]);
  expect(of('nothing', null)).toEqual([true, true, false]);
  expect(of('nothing', 'mentions')).toEqual([false, false, false]);
});
