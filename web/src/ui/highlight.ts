// Colours for code: highlight.js' grammars as a tree, never as HTML. Fetched when the first block of code is shown.
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import go from 'highlight.js/lib/languages/go';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import python from 'highlight.js/lib/languages/python';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { createLowlight } from 'lowlight';

const known = { bash, c, cpp, css, diff, go, java, javascript, json, python, rust, sql, typescript, xml, yaml };
const lowlight = createLowlight(known);
/** The few kinds that have a colour of their own. */
const KINDS: [RegExp, string][] = [
  [/comment|quote|meta/, 'c'],
  [/string|regexp|addition|attr|link/, 's'],
  [/number|literal|symbol|deletion|built_in|type/, 'n'],
  [/keyword|selector|name|tag|section|title/, 'k'],
];

/** A piece of text and the class of its colour. */
export type Piece = [text: string, kind: string];

interface Node {
  type: string;
  value?: string;
  children?: Node[];
  properties?: { className?: string[] };
}

/** Null: the language is not known. */
export function highlight(text: string, lang: string): Piece[] | null {
  if (!lowlight.registered(lang)) return null;
  const pieces: Piece[] = [];
  walk(lowlight.highlight(lang, text) as Node, '', pieces);
  return pieces;
}

function walk(node: Node, kind: string, pieces: Piece[]): void {
  if (node.type === 'text') {
    pieces.push([node.value ?? '', kind]);
    return;
  }
  const names = node.properties?.className?.join(' ') ?? '';
  const mine = (names && KINDS.find(([test]) => test.test(names))?.[1]) || kind;
  for (const child of node.children ?? []) walk(child, mine, pieces);
}
