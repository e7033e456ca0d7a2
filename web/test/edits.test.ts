import { expect, test } from 'vitest';
import { Edits } from '../src/core/edits.ts';
import { disk, message } from './world.ts';

test('a half written change is gone on with, by whom it is of', () => {
  const storage = disk();
  const m = message(5, 1, { content: 'as it is' });
  new Edits(7, storage).put(m, 'half of');
  expect(new Edits(7, storage).get(m)).toBe('half of');
  expect(new Edits(8, storage).get(m)).toBe('as it is');
  expect([new Edits(7, storage).count(), new Edits(8, storage).count()]).toEqual([1, 0]);
});

test('what was made of an older text does not replace a newer one', () => {
  const storage = disk();
  const edits = new Edits(7, storage);
  edits.put(message(5, 1, { content: 'first' }), 'first, half of');
  const newer = message(5, 1, { content: 'second', edited_at: '2026-01-02T03:05:00.000Z' });
  expect(edits.get(newer)).toBe('second');
  expect(storage.keys()).toEqual([]);
});

test('what is as it was, or given up, is not kept; what cannot be read is nothing', () => {
  const storage = disk();
  const edits = new Edits(7, storage);
  const m = message(5, 1, { content: 'as it is' });
  edits.put(m, 'half of');
  edits.put(m, 'as it is');
  expect(edits.count()).toBe(0);
  edits.put(m, 'half of');
  edits.drop(5);
  expect(edits.count()).toBe(0);
  storage.setItem('edit:7:5', 'half of');
  expect(edits.get(m)).toBe('as it is');
});

test('a full disk is no error', () => {
  const full = disk();
  full.setItem = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  expect(() => new Edits(7, full).put(message(5, 1), 'half of')).not.toThrow();
});
