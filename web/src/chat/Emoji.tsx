// The emoji to choose from.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { lang, t } from '../core/i18n.ts';
import { plain } from '../core/words.ts';
import type { Sign } from './emojis.ts';

const NAMES = ['emoji0', 'emoji1', 'emoji2', 'emoji3', 'emoji4', 'emoji5', 'emoji6', 'emoji7', 'emoji8'] as const;

export function Emoji({ onPick }: { onPick: (emoji: string) => void }) {
  const groups = useSignal<Sign[][]>([]);
  const words = useSignal('');
  useEffect(() => {
    import('./emojis.ts')
      .then(m => m.emojis(lang.peek()))
      .then(
        found => {
          groups.value = found;
        },
        () => {},
      );
  }, [groups]);
  const wanted = plain(words.value.trim());
  return (
    <div class="emoji">
      <input
        type="search"
        data-first
        aria-label={t('searchEmoji')}
        placeholder={t('searchEmoji')}
        onInput={event => {
          words.value = event.currentTarget.value;
        }}
        onKeyDown={event => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          const first = groups.value.flat().find(s => s.words.includes(wanted));
          if (first && wanted) onPick(first.emoji);
        }}
      />
      <div class="grid">
        {groups.value.map((group, i) => {
          const fit = wanted ? group.filter(s => s.words.includes(wanted)) : group;
          const name = NAMES[i] ?? 'emoji0';
          return fit.length ? (
            <section key={name}>
              <h3>{t(name)}</h3>
              <div>
                {fit.map(s => (
                  <button key={s.emoji} type="button" title={s.name} onClick={() => onPick(s.emoji)}>
                    {s.emoji}
                  </button>
                ))}
              </div>
            </section>
          ) : null;
        })}
      </div>
    </div>
  );
}
