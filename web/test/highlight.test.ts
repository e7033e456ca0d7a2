import { expect, test } from 'vitest';
import { highlight } from '../src/ui/highlight.ts';

test('the pieces are the text, some with a colour', () => {
  const code = '/* <b> */\nif (o->n >= 8) return "x";';
  const pieces = highlight(code, 'c') ?? [];
  expect(pieces.map(([text]) => text).join('')).toBe(code);
  expect(pieces.find(([text]) => text.includes('<b>'))?.[1]).toBe('c');
  expect(pieces.find(([text]) => text === 'if')?.[1]).toBe('k');
  expect(pieces.find(([text]) => text.includes('x'))?.[1]).toBe('s');
});

test('a language that nobody knows has none', () => {
  expect(highlight('x', 'klingon')).toBeNull();
  expect(highlight('x', 'constructor')).toBeNull();
});
