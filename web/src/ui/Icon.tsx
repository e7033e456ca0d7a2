// Icons by name. Those that only parts show that are opened later come with these: lazy.tsx.

import type { later } from './strokes.later.ts';
import { first } from './strokes.ts';

export type IconName = keyof typeof first | keyof typeof later;
const strokes: Partial<Record<IconName, string[]>> = { ...first };

export async function allIcons(): Promise<void> {
  Object.assign(strokes, (await import('./strokes.later.ts')).later);
}

export function Icon({ name, size = '' }: { name: IconName; size?: 's' | 'l' | '' }) {
  return (
    <svg class={`i ${size}`} viewBox="0 0 24 24" aria-hidden="true">
      {strokes[name]?.map(d => (
        <path key={d} d={d} />
      ))}
    </svg>
  );
}
