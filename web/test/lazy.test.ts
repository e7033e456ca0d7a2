import { expect, test, vi } from 'vitest';
import { ahead, lazy } from '../src/ui/lazy.tsx';

const PATIENCE = { timeout: 10_000 };

test('what could not be fetched ahead is fetched when it goes on, after the rest', async () => {
  const calls: string[] = [];
  let network = false;
  for (const name of ['first', 'second', 'third'])
    lazy(async () => {
      calls.push(name);
      if (!network) throw new TypeError('no network');
      return () => null;
    });
  ahead();
  ahead();
  await vi.waitFor(() => expect(calls).toEqual(['first']), PATIENCE);
  network = true;
  await vi.waitFor(() => {
    ahead();
    expect(calls).toEqual(['first', 'second', 'third', 'first']);
  }, PATIENCE);
}, 30_000);
