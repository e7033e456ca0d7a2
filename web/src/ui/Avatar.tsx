import { type Key, t } from '../core/i18n.ts';
import type { Presence } from '../core/types.ts';

/** A small signal flag drawn from the number of the user: no picture is fetched. */
export function Avatar({ id, name, size = '' }: { id: number; name: string; size?: 'xs' | 'sm' | 'md' | 'lg' | '' }) {
  return (
    <span class={`av f${id % 6} ${size}`} style={{ '--h': (id * 47 + 190) % 360 }} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  const first = [...(words[0] ?? '?')];
  const second = [...(words.length > 1 ? (words.at(-1) ?? '') : '')];
  return ((first[0] ?? '') + (second[0] ?? first[1] ?? '')).toUpperCase();
}

const CLASS: Record<Presence, string> = { online: 'on', away: 'away', busy: 'dnd', offline: 'off' };

export function Dot({ status }: { status: Presence }) {
  return (
    <span class={`pr ${CLASS[status]}`} title={t(status as Key)}>
      <span class="vh">{t(status as Key)}</span>
    </span>
  );
}
