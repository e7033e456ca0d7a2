// What interrupts somebody, and when nothing may: what he has chosen, everywhere and for one channel. Pure.
import type { ChannelNotices, Level, NoticePreferences, Told } from './types.ts';

export const NOTHING_CHOSEN: NoticePreferences = { level: 'all', keywords: [], quiet_hours: null, dnd_until: null };

const ahead = (iso: string | null, now: number) => iso !== null && Date.parse(iso) > now;

export const mutedAt = (own: ChannelNotices, now: number) =>
  own.muted && (own.muted_until === null || ahead(own.muted_until, now));

/** Without a rest that is over. */
export const withoutPast = (general: NoticePreferences, now: number): NoticePreferences =>
  general.dnd_until && !ahead(general.dnd_until, now) ? { ...general, dnd_until: null } : general;

/** By the clock of the zone, which may be another than that of the browser. */
export function quietAt({ dnd_until, quiet_hours: hours }: NoticePreferences, now: number): boolean {
  if (ahead(dnd_until, now)) return true;
  if (!hours) return false;
  const { from, to, time_zone } = hours;
  const clock = clockIn(time_zone, now);
  return from < to ? clock >= from && clock < to : clock >= from || clock < to;
}

/** "22:05". Of a zone that this browser does not know: by its own. */
function clockIn(timeZone: string, now: number): string {
  const options = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  try {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone }).format(now);
  } catch {
    return new Intl.DateTimeFormat('en-GB', options).format(now);
  }
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** In how many ms something of it may end by itself, or begin; null: nothing does. */
export function changesIn(general: NoticePreferences, chosen: Iterable<ChannelNotices>, now: number): number | null {
  const ends = [general.dnd_until, ...[...chosen].map(own => own.muted_until)]
    .filter(iso => ahead(iso, now))
    .map(iso => Date.parse(iso ?? '') - now);
  if (general.quiet_hours) ends.push(MINUTE - (now % MINUTE));
  return ends.length ? Math.min(DAY, ...ends) : null;
}

/** Everything that is said does so only where one has chosen that for the channel itself. */
export function interrupts(
  general: Level,
  own: Level | null | undefined,
  { mentioned, direct }: { mentioned: boolean; direct: boolean },
): boolean {
  if (own) return own === 'all' || (own === 'mentions' && mentioned);
  return general !== 'nothing' && (mentioned || direct);
}

const ALWAYS_TOLD = ['invitation', 'moderation'];

/** Not told of, as the server sees it: what goes to all of a channel comes nevertheless. */
export const silences = (general: Level, own: Level | null | undefined, { kind }: Told): boolean =>
  (own ?? general) === 'nothing' && !ALWAYS_TOLD.includes(kind);
