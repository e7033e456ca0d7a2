// A text as marked's tokens, in a time and a depth that no text can stretch: what would is left as it was written.
import { Lexer, type Token } from 'marked';

/** Quotes and lists in each other: marked, and whoever draws, calls itself for each. */
const DEPTH_MAX = 12;
/** Marks of one paragraph: marked looks through the rest of it for each. */
const MARKS_MAX = 400;

const plain = (raw: string): Token => ({ type: 'text', raw, text: raw });

class Bounded extends Lexer {
  private depth = 0;

  // biome-ignore lint/suspicious/noExplicitAny: marked overloads it
  override blockTokens(src: string, tokens: any = [], clipped?: boolean): any {
    if (this.depth > DEPTH_MAX) tokens.push(plain(src));
    else {
      this.depth++;
      super.blockTokens(src, tokens, clipped);
      this.depth--;
    }
    return tokens;
  }

  override inlineTokens(src: string, tokens: Token[] = []): Token[] {
    if (src.split(/[*_~`[<!]| {9}/, MARKS_MAX).length < MARKS_MAX) return super.inlineTokens(src, tokens);
    tokens.push(plain(src));
    return tokens;
  }
}

export function lex(text: string): Token[] {
  try {
    return new Bounded({ gfm: true, breaks: true }).lex(text);
  } catch {
    return [plain(text)];
  }
}
