// Dates, times and sizes by Intl. Making a formatter costs 50 µs: they are kept.
import { lang } from './i18n.ts';

/** As the browser's user writes it, where that is of the language in use: 24 hours or 12, day or month first. */
const locale = () =>
  (typeof navigator === 'undefined' ? [] : navigator.languages).find(l => l.startsWith(lang.value)) ?? lang.value;

const made = new Map<string, Intl.DateTimeFormat>();
function formatter(kind: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale()} ${kind}`;
  let found = made.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale(), options);
    made.set(key, found);
  }
  return found;
}

export const timeOf = (iso: string) => formatter('time', { hour: '2-digit', minute: '2-digit' }).format(new Date(iso));
export const fullOf = (iso: string) =>
  formatter('full', { dateStyle: 'full', timeStyle: 'short' }).format(new Date(iso));
export const dateOf = (iso: string) =>
  formatter('date', { day: 'numeric', month: 'long', year: 'numeric' }).format(new Date(iso));
export const whenOf = (iso: string) => (dayOf(iso) === dayOf(new Date().toISOString()) ? timeOf(iso) : shortOf(iso));
const shortOf = (iso: string) => formatter('short', { day: 'numeric', month: 'short' }).format(new Date(iso));

/** "Mon, 3 Feb, 09:00", of a time to come. */
export const soonOf = (iso: string) =>
  formatter('soon', { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(
    new Date(iso),
  );

/** The day in the user's time, for comparing. */
export function dayOf(iso: string): string {
  const d = new Date(iso);
  return `${d.getFullYear()}-${d.getMonth()}-${d.getDate()}`;
}

/** "Today, 20 November". */
export function dayName(iso: string): string {
  const date = new Date(iso);
  const today = new Date();
  const days = Math.round((midnight(today) - midnight(date)) / 86_400_000);
  const sameYear = date.getFullYear() === today.getFullYear();
  const name = formatter(sameYear ? 'day' : 'dayYear', {
    day: 'numeric',
    month: 'long',
    ...(days > 1 ? { weekday: 'long' } : {}),
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(date);
  if (days > 1 || days < 0) return capital(formatter(`w${sameYear}`, weekday(sameYear)).format(date));
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(-days, 'day');
  return `${capital(relative)}, ${name}`;
}
const weekday = (sameYear: boolean): Intl.DateTimeFormatOptions => ({
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  ...(sameYear ? {} : { year: 'numeric' }),
});
const midnight = (d: Date) => new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
const capital = (s: string) => s.charAt(0).toLocaleUpperCase(lang.value) + s.slice(1);

export function sizeOf(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let n = bytes;
  let u = 0;
  while (n >= 1000 && u < units.length - 1) {
    n /= 1000;
    u++;
  }
  return `${new Intl.NumberFormat(locale(), { maximumFractionDigits: u && n < 100 ? 1 : 0 }).format(n)} ${units[u]}`;
}

export const listOf = (words: string[]) => new Intl.ListFormat(locale()).format(words);
