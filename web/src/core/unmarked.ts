// Markdown where there is room for a line only: the words without their signs.

const PAIR = /(\*\*|~~|`+)(?=\S)([\s\S]*?\S)\1/g;
const FENCE = /^```.*$/gm;
const LINE = /^(?:#{1,6} |> ?|[-*+] )/gm;
const LINK = /!?\[([^\]]*)\]\([^)\s]*\)/g;

export function unmarked(text: string): string {
  return text.replace(FENCE, '').replace(LINE, '').replace(LINK, '$1').replace(PAIR, '$2').trim();
}

export interface Part {
  text: string;
  match: boolean;
}

// Controls are refused in every text, so these stand in none.
const [BEGIN, END] = ['\u0001', '\u0002'];

/** The same for a text in parts: what is marked may begin in one and end in another. */
export function unmarkedParts(parts: Part[]): Part[] {
  const whole = unmarked(parts.map(p => (p.match ? BEGIN + p.text + END : p.text)).join(''));
  return whole.split(BEGIN).flatMap((piece, n) => {
    const [match = '', rest] = n === 0 ? ['', piece] : piece.split(END);
    return [...(match ? [{ text: match, match: true }] : []), ...(rest ? [{ text: rest, match: false }] : [])];
  });
}
