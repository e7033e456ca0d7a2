/** Without case and accents. */
export const plain = (text: string) => text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');

/** How well the words of a query fit a name: 0 not at all, more is better. */
export function fit(query: string, name: string): number {
  const wanted = plain(query.trim());
  const given = plain(name);
  if (!wanted) return 1;
  if (given === wanted) return 5;
  if (given.startsWith(wanted)) return 4;
  if (new RegExp(`[^\\p{L}\\p{N}]${escaped(wanted)}`, 'u').test(given)) return 3;
  if (given.includes(wanted)) return 2;
  let at = -1;
  for (const letter of wanted) {
    at = given.indexOf(letter, at + 1);
    if (at < 0) return 0;
  }
  return 1;
}
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
