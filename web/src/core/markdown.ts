// A text as marked's tokens, in a time and a depth that no text can stretch: what would is left as it was written.
import { Lexer, type Token } from 'marked';

/** Quotes and lists in each other: marked, and whoever draws, calls itself for each. */
const DEPTH_MAX = 12;
/** Marks of one paragraph: marked looks through the rest of it for each. */
const MARKS_MAX = 400;
/** Neither a bracket without a link nor `_` inside a short word is one: logs and names of variables are full of them. */
const MARK = /[*~`<!]|\]\(|\b_|_(?!\S{1,39}\s)| {9}/;

const BREAK: Token = { type: 'br', raw: '\n' };
const plain = (raw: string): Token => ({ type: 'text', raw, text: raw });

class Bounded extends Lexer {
  private depth = 0;

  // biome-ignore lint/suspicious/noExplicitAny: marked overloads it
  override blockTokens(src: string, tokens: any = [], clipped?: boolean): any {
    if (this.depth > DEPTH_MAX) this.inlineTokens(src, tokens);
    else {
      this.depth++;
      super.blockTokens(src, tokens, clipped);
      this.depth--;
    }
    return tokens;
  }

  override inlineTokens(src: string, tokens: Token[] = []): Token[] {
    if (src.split(MARK, MARKS_MAX).length < MARKS_MAX) return super.inlineTokens(src, tokens);
    const lines = src.split('\n');
    // Line by line what there is too much of may well be marked.
    if (lines[1] === undefined) tokens.push(plain(src));
    else
      lines.forEach((line, i) => {
        if (i) tokens.push(BREAK);
        this.inlineTokens(line, tokens);
      });
    return tokens;
  }
}

export function lex(text: string): Token[] {
  try {
    return new Bounded({ gfm: true, breaks: true }).lex(text);
  } catch {
    return text.split('\n').flatMap(line => [plain(line), BREAK]);
  }
}
