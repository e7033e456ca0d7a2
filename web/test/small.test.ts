import { expect, test } from 'vitest';
import { uuidOf } from '../src/core/ids.ts';
import { routeOf } from '../src/core/route.ts';
import { unmarked, unmarkedParts } from '../src/core/unmarked.ts';
import { frameOf } from '../src/core/wire.ts';
import { fit, plain } from '../src/core/words.ts';
import { later as laterEn } from '../src/lang/en.later.ts';
import { en } from '../src/lang/en.ts';
import { later as laterEs } from '../src/lang/es.later.ts';
import { es } from '../src/lang/es.ts';
import { message } from './world.ts';

test('a UUID of given chance', () => {
  expect(uuidOf(new Uint8Array(16))).toBe('00000000-0000-4000-8000-000000000000');
  expect(uuidOf(new Uint8Array(16).fill(255))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
});

test('addresses lead where they say', () => {
  const at = (path: string, query = '') => routeOf(path, new URLSearchParams(query));
  expect(at('/c/7/12')).toEqual({ page: 'chat', channel: 7, message: 12 });
  expect(at('/register', 'invitation=abc')).toEqual({ page: 'register', invitation: 'abc' });
  for (const page of ['forgot', 'reset', 'verify']) expect(at(`/${page}`)).toEqual({ page });
  for (const other of ['/', '/login', '/resets', '/c/x']) expect(at(other)).toEqual({ page: 'sign-in' });
});

test('frames that are not as the contract says are dropped', () => {
  const good = { type: 'chat_message', channel_id: 1, seq: 2, message: message(1, 2) };
  expect(frameOf(JSON.stringify(good))?.type).toBe('chat_message');
  for (const wrong of [
    { ...good, seq: 'x' },
    { ...good, message: { ...message(1, 2), content: { toString: 'x' } } },
    { ...good, message: null },
    { ...good, channel_id: -1 },
    { type: 'pong', heads: { 1: 'x' } },
    { type: 3 },
    [],
    null,
  ])
    expect(frameOf(JSON.stringify(wrong))).toBeNull();
  expect(frameOf('{')).toBeNull();
  expect(frameOf('{"type":"constructor"}')?.type).toBe('constructor');
});

test('names are found by their beginnings, without accents', () => {
  expect(plain('Lucía ÑANDÚ')).toBe('lucia nandu');
  expect(fit('lucia', 'Lucía Ferrer')).toBeGreaterThan(fit('fer', 'Lucía Ferrer'));
  expect(fit('fer', 'Lucía Ferrer')).toBeGreaterThan(fit('err', 'Lucía Ferrer'));
  expect(fit('lfr', 'Lucía Ferrer')).toBe(1);
  expect(fit('xyz', 'Lucía Ferrer')).toBe(0);
});

test('both languages have the same places to fill, and the same numbers of forms', () => {
  const places = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
  const same = <K extends string>(one: Record<K, string>, other: Record<K, string>) => {
    for (const key of Object.keys(one) as K[]) {
      expect([key, places(other[key])]).toEqual([key, places(one[key])]);
      expect([key, other[key].includes(' || ')]).toEqual([key, one[key].includes(' || ')]);
    }
  };
  same(en, es);
  same(laterEn, laterEs);
  expect(Object.keys(laterEn).filter(key => key in en)).toEqual([]);
});

test('a line without the signs of Markdown', () => {
  expect(unmarked('On it: **roll back** with `svcctl stop`, see [the notes](https://example.org/x)')).toBe(
    'On it: roll back with svcctl stop, see the notes',
  );
  expect(unmarked('> said\n## Title\n- one\n```c\nint a;\n```')).toBe('said\nTitle\none\n\nint a;');
  expect(unmarked('2 ** 8 and a**b, snake_case, 5 * 3')).toBe('2 ** 8 and a**b, snake_case, 5 * 3');
});

test('the same where a match is marked inside', () => {
  const parts = (...list: string[]) => list.map((text, n) => ({ text, match: n % 2 === 1 }));
  expect(unmarkedParts(parts('see **', 'roll', ' back** now'))).toEqual(parts('see ', 'roll', ' back now'));
  expect(unmarkedParts([{ text: 'roll', match: true }])).toEqual([{ text: 'roll', match: true }]);
  expect(unmarkedParts(parts('no match at all'))).toEqual(parts('no match at all'));
});
