import type { Token } from 'marked';
import { expect, test } from 'vitest';
import { lex } from '../src/core/markdown.ts';

/** How often tokens stand in each other. */
const depth = (list: Token[] = []): number =>
  list.reduce((most, token) => {
    const inside = token.type === 'list' ? token.items : 'tokens' in token ? token.tokens : [];
    return Math.max(most, 1 + depth(inside));
  }, 0);
const written = (list: Token[]) =>
  list
    .map(token => token.raw)
    .join('')
    .trim();
const kinds = (text: string) => lex(text).map(token => token.type);

test.each([
  ['quotes', '>'.repeat(2000)],
  ['quotes with a space', '> '.repeat(8000)],
  ['lists', '+ '.repeat(8000)],
  ['numbered lists', '1. '.repeat(5000)],
  ['both', '> 1. '.repeat(3000)],
  ['stars around a letter', `${'*'.repeat(8000)}a${'*'.repeat(7990)}`],
  ['brackets', '['.repeat(16_000)],
  ['open emphasis', '**a_'.repeat(4000)],
  ['emphasis', '_a_'.repeat(5333)],
  ['spaces', `a${' '.repeat(15_998)}b`],
])('%s without end are text in a few levels, and nothing of them is lost', (_, text) => {
  const found = lex(text);
  expect(depth(found)).toBeLessThan(40);
  expect(written(found) === text.trim(), 'all of it is there').toBe(true);
});

test('what people write is marked as ever', () => {
  expect(kinds('a **b**\n\n> c\n\n- d\n\n```\ne\n```')).toEqual([
    'paragraph',
    'space',
    'blockquote',
    'space',
    'list',
    'space',
    'code',
  ]);
  const [list] = lex('- a\n  - b\n    - c\n      - d\n        - **e**');
  expect(depth(list ? [list] : [])).toBe(13);
  const [paragraph] = lex('**a** `b` '.repeat(40));
  expect(paragraph && 'tokens' in paragraph && paragraph.tokens?.filter(t => t.type === 'strong')).toHaveLength(40);
});

test('a paragraph of too many marks leaves the others as they are', () => {
  const [much, , other] = lex(`${'_a_ '.repeat(400)}\n\n**b**`);
  expect([depth(much && [much]), depth(other && [other])]).toEqual([2, 3]);
});
