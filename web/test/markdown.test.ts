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
  ['brackets around a letter', '[[a]'.repeat(4000)],
  ['brackets and a link', `${'[[a] '.repeat(3000)}](b)`],
  ['words of underscores', 'a_'.repeat(8000)],
  ['underscores in words and dots', 'a_b.'.repeat(4000)],
  ['doubled underscores', 'a__'.repeat(5333)],
  ['lines of emphasis', '**a_\n'.repeat(3000)],
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

test('lines of a log stay lines, and what is a link in them stays one', () => {
  const line = '[12:00:01] [INFO] <foo> my_var_name=1 `a` https://a.example/';
  for (const many of [100, 160]) {
    const [paragraph] = lex(`${line}\n`.repeat(many));
    const inside = (paragraph && 'tokens' in paragraph && paragraph.tokens) || [];
    const count = (type: string) => inside.filter(t => t.type === type).length;
    expect([count('br'), count('link'), count('codespan')]).toEqual([many - 1, many, many]);
  }
});

test('one line of too many marks stays a line', () => {
  const [paragraph] = lex(`a\n${'*a '.repeat(400)}\nb`);
  expect(paragraph && 'tokens' in paragraph && paragraph.tokens?.map(t => t.type)).toEqual([
    'text',
    'br',
    'text',
    'br',
    'text',
  ]);
});

test('names of variables and brackets are no marks', () => {
  const [paragraph] = lex(`${'[a_b] '.repeat(1000)}**c**`);
  expect(paragraph && 'tokens' in paragraph && paragraph.tokens?.at(-1)?.type).toBe('strong');
});

test('in quotes too deep lines stay lines', () => {
  const text = Array.from({ length: 3 }, () => `${'>'.repeat(40)} a`).join('\n');
  const breaks = (list: Token[] = []): number =>
    list.reduce((n, t) => n + (t.type === 'br' ? 1 : breaks('tokens' in t ? t.tokens : [])), 0);
  expect(breaks(lex(text))).toBe(2);
});
