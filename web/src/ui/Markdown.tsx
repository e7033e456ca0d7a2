// Markdown to nodes by marked's lexer; there is no way from a text to HTML.
import { Lexer, type Token, type Tokens } from 'marked';
import type { ComponentChild } from 'preact';

export function Markdown({ text }: { text: string }) {
  return <div class="txt">{nodes(new Lexer({ gfm: true, breaks: true }).lex(text))}</div>;
}

const nodes = (list: Token[] | undefined): ComponentChild[] => (list ?? []).map(node);

function node(token: Token): ComponentChild {
  switch (token.type) {
    case 'paragraph':
    case 'heading':
      return <p>{nodes(token.tokens)}</p>;
    case 'strong':
      return <strong>{nodes(token.tokens)}</strong>;
    case 'em':
      return <em>{nodes(token.tokens)}</em>;
    case 'del':
      return <del>{nodes(token.tokens)}</del>;
    case 'codespan':
      return <code>{token.text}</code>;
    case 'code':
      return <pre class="code">{token.text}</pre>;
    case 'blockquote':
      return <blockquote>{nodes(token.tokens)}</blockquote>;
    case 'list':
      return list(token as Tokens.List);
    case 'link':
      return link(token as Tokens.Link);
    case 'br':
      return <br />;
    case 'space':
      return null;
    case 'text':
    case 'escape':
      return 'tokens' in token && token.tokens ? nodes(token.tokens) : unescaped(token.raw, token.type);
    default:
      return token.raw; // HTML, pictures, tables, rules: as they were written
  }
}

const unescaped = (raw: string, type: string) => (type === 'escape' ? raw.slice(1) : raw);

function list(token: Tokens.List) {
  const items = token.items.map(item => <li key={item.raw}>{nodes(item.tokens)}</li>);
  return token.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
}

function link(token: Tokens.Link): ComponentChild {
  if (!/^(https?:|mailto:)/i.test(token.href)) return nodes(token.tokens);
  return (
    <a href={token.href} target="_blank" rel="noopener noreferrer">
      {nodes(token.tokens)}
    </a>
  );
}
