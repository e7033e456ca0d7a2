import { createContext } from 'preact';
import { useContext, useState } from 'preact/hooks';
import { type Key, t } from '../core/i18n.ts';
import type { Presence } from '../core/types.ts';

/** The address of a user's picture, if he has one. */
export const PicturesContext = createContext<(id: number) => string | undefined>(() => undefined);

/** The user's picture, or a small signal flag drawn from his number. */
export function Avatar({
  id,
  name,
  size = '',
  onClick,
}: {
  id: number;
  name: string;
  size?: 'xs' | 'sm' | 'md' | 'lg' | '';
  /** For the mouse alone: the name beside it does the same. */
  onClick?: (event: MouseEvent) => void;
}) {
  const picture = useContext(PicturesContext)(id);
  const [missing, setMissing] = useState('');
  return (
    <span
      class={`av f${id % 6} ${size}`}
      style={{ '--h': (id * 47 + 190) % 360 }}
      aria-hidden="true"
      {...(onClick ? { onClick } : {})}
    >
      {picture && picture !== missing ? (
        <img src={picture} alt="" loading="lazy" onError={() => setMissing(picture)} />
      ) : (
        initials(name)
      )}
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
