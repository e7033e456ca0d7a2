// Markdown to nodes by marked's lexer; there is no way from a text to HTML.
import { useSignal } from '@preact/signals';
import type { Token, Tokens } from 'marked';
import { type ComponentChild, createContext } from 'preact';
import { useContext, useEffect, useMemo, useRef } from 'preact/hooks';
import { lex } from '../core/markdown.ts';
import type { Piece } from './highlight.ts';
import { idly, whenSeen } from './seen.ts';

/** What `@word`, `#word` and `:word:` stand for; null: nothing. */
export interface Names {
  sign(word: string): ComponentChild;
  person(word: string): 'me' | 'other' | null;
  channel(word: string): string | null;
  open(path: string): (event: MouseEvent) => void;
}
export const NamesContext = createContext<Names | null>(null);

/** The first text costs what no other does: the lexer's expressions are compiled. */
export const warmUp = () => void lex('- a **b** `c`\n\n> _d_ [e](https://f.example)\n\ng\n\n```\nh\n```');

export function Markdown({ text }: { text: string }) {
  const names = useContext(NamesContext);
  const tokens = useMemo(() => lex(text), [text]);
  return <div class="txt">{nodes(tokens, names)}</div>;
}

type In = Names | null;
const nodes = (list: Token[] | undefined, names: In): ComponentChild[] => (list ?? []).map(token => node(token, names));

function node(token: Token, names: In): ComponentChild {
  switch (token.type) {
    case 'paragraph':
      return <p>{nodes(token.tokens, names)}</p>;
    case 'heading':
      return (
        <p>
          <strong>{nodes(token.tokens, names)}</strong>
        </p>
      );
    case 'strong':
      return <strong>{nodes(token.tokens, names)}</strong>;
    case 'em':
      return <em>{nodes(token.tokens, names)}</em>;
    case 'del':
      return <del>{nodes(token.tokens, names)}</del>;
    case 'codespan':
      return <code>{token.text}</code>;
    case 'code':
      return <Code text={token.text} lang={token.lang ?? ''} />;
    case 'blockquote':
      return <blockquote class="quote">{nodes(token.tokens, names)}</blockquote>;
    case 'list':
      return list(token as Tokens.List, names);
    case 'link':
      return link(token as Tokens.Link);
    case 'br':
      return <br />;
    case 'space':
      return null;
    case 'escape':
      return token.raw.slice(1);
    case 'text':
      return 'tokens' in token && token.tokens ? nodes(token.tokens, names) : named(token.raw, names);
    default:
      return token.raw; // HTML, pictures, tables, rules: as they were written
  }
}

/** Longer code stays plain: colouring it would be felt. */
const COLOURED_MAX = 8000;

function Code({ text, lang }: { text: string; lang: string }) {
  const box = useRef<HTMLPreElement>(null);
  const pieces = useSignal<Piece[] | null>(null);
  const name = lang.split(/\s/)[0]?.toLowerCase() ?? '';
  useEffect(() => {
    pieces.value = null;
    if (!box.current || !name || text.length > COLOURED_MAX) return;
    let there = true;
    const colour = () =>
      import('./highlight.ts').then(
        ({ highlight }) =>
          idly(() => {
            if (there) pieces.value = highlight(text, name);
          }),
        () => {},
      );
    const stop = whenSeen(box.current, colour);
    return () => {
      there = false;
      stop();
    };
  }, [text, name, pieces]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <pre ref={box} class="code" tabIndex={0}>
      {name && <span class="lang">{name}</span>}
      {pieces.value
        ? pieces.value.map(([piece, kind], i) =>
            kind ? (
              <span key={i} class={kind}>
                {piece}
              </span>
            ) : (
              piece
            ),
          )
        : text}
    </pre>
  );
}

function list(token: Tokens.List, names: In) {
  const items = token.items.map((item, i) => <li key={i}>{nodes(item.tokens, names)}</li>);
  return token.ordered ? <ol start={Number(token.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

function link(token: Tokens.Link): ComponentChild {
  if (!/^(https?:|mailto:)/i.test(token.href)) return nodes(token.tokens, null);
  return (
    <a href={token.href} target="_blank" rel="noopener noreferrer">
      {nodes(token.tokens, null)}
    </a>
  );
}

const WORD = /([@#])([\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}_])?)|:([a-z0-9_+-]{1,64}):/gu;

/** The text with its mentions, channels and emoji marked. */
function named(text: string, names: In): ComponentChild {
  if (!names || !/[@#:]/.test(text)) return text;
  const found: ComponentChild[] = [];
  let from = 0;
  for (const match of text.matchAll(WORD)) {
    const at = match.index;
    if (at > 0 && /[\p{L}\p{N}]/u.test(text[at - 1] ?? '')) continue;
    const made = match[3] ? names.sign(match[3]) : mark(match[1] ?? '', match[2] ?? '', names);
    if (!made) continue;
    found.push(text.slice(from, at), made);
    from = at + match[0].length;
  }
  return from ? [...found, text.slice(from)] : text;
}

function mark(sign: string, word: string, names: Names): ComponentChild {
  if (sign === '@') {
    const who = names.person(word);
    return who && <span class={who === 'me' ? 'me' : 'at'}>@{word}</span>;
  }
  const path = names.channel(word);
  return (
    path && (
      <a class="ch" href={path} onClick={names.open(path)}>
        #{word}
      </a>
    )
  );
}
