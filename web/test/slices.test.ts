import { expect, test } from 'vitest';
import { sliceOf } from '../src/chat/slices.ts';

const keys = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => String(from + i));
const shown = (all: string[], before: [number, number] | null, wanted: number | null, height = 280) => {
  const [from, to] = sliceOf(all, before && { first: String(before[0]), last: String(before[1]) }, wanted, height);
  return [all[from], all[to - 1]].map(Number);
};

test('a channel opens with its end, and more above it comes until it is all', () => {
  const all = keys(0, 60);
  let [first = -1, last = -1] = shown(all, null, 59);
  expect(last).toBe(59);
  expect(first).toBeGreaterThan(30);
  let frames = 0;
  for (; first > 0; frames++) {
    const before = first;
    [first = -1, last = -1] = shown(all, [first, last], null);
    expect(last).toBe(59);
    expect(first).toBeLessThan(before);
    expect(before - first).toBeLessThanOrEqual(15);
  }
  expect(frames).toBeGreaterThan(1);
});

test('what one wants to see is there with a screen of rows at both sides, wherever it was before', () => {
  for (const before of [null, [90, 99]] as ([number, number] | null)[]) {
    const [first = -1, last = -1] = shown(keys(0, 100), before, 40);
    expect(first).toBeLessThanOrEqual(30);
    expect(last).toBeGreaterThanOrEqual(49);
    expect(last - first).toBeLessThan(30);
  }
  // It is there already: nothing goes, nothing jumps.
  expect(shown(keys(0, 100), [20, 60], 40)).toEqual([8, 72]);
});

test('a page that comes is drawn a few rows at a time, a message that comes at once', () => {
  expect(shown(keys(0, 460), [60, 459], null)).toEqual([48, 459]);
  expect(shown(keys(0, 460), [0, 399], null)).toEqual([0, 411]);
  expect(shown(keys(0, 61), [0, 59], null)).toEqual([0, 60]);
});

test('an end that was cut off is where the rows end now; when nothing is left it begins afresh', () => {
  expect(shown(keys(0, 400), [60, 459], null)).toEqual([48, 399]);
  expect(shown(keys(100, 500), [60, 459], null)).toEqual([100, 471]);
  expect(shown(keys(500, 560), [0, 59], null)[1]).toBe(559);
  expect(sliceOf([], null, -1, 280)).toEqual([0, 0]);
});
