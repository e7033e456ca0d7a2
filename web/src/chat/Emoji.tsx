// The emoji to choose from: the organisation's own first. Those used last stand above all.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { lang, t } from '../core/i18n.ts';
import { plain } from '../core/words.ts';
import { disk, keep } from '../platform/storage.ts';
import { Icon } from '../ui/Icon.tsx';
import { Popover } from '../ui/Popover.tsx';
import type { Sign } from './emojis.ts';
import { OwnSign } from './OwnSign.tsx';
import { ownEmoji } from './own.ts';
import { dialog } from './state.ts';
import '../styles/writing.css';

const NAMES = ['emoji0', 'emoji1', 'emoji2', 'emoji3', 'emoji4', 'emoji5', 'emoji6', 'emoji7', 'emoji8'] as const;
const RECENT = 'emoji.recent';
const RECENT_MAX = 16;

const recent = () => (disk.getItem(RECENT) ?? '').split(' ').filter(Boolean);

interface Props {
  at: Element;
  label: string;
  onPick: (emoji: string) => void;
  onClose: () => void;
}

export function EmojiPop({ at, label, onPick, onClose }: Props) {
  const pick = (emoji: string) => {
    keep(RECENT, [emoji, ...recent().filter(one => one !== emoji)].slice(0, RECENT_MAX).join(' '));
    onPick(emoji);
  };
  return (
    <Popover at={at} label={label} onClose={onClose}>
      <Emoji onPick={pick} onManage={onClose} />
    </Popover>
  );
}

function Emoji({ onPick, onManage }: { onPick: (emoji: string) => void; onManage: () => void }) {
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
  const own = [...ownEmoji().values()].filter(e => e.name.includes(wanted));
  const used = wanted ? [] : recent().filter(one => !one.startsWith(':') || ownEmoji().has(one.slice(1, -1)));
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
          const first = own[0] ? `:${own[0].name}:` : groups.value.flat().find(s => s.words.includes(wanted))?.emoji;
          if (first && wanted) onPick(first);
        }}
      />
      <div class="grid">
        {used.length > 0 && (
          <section>
            <h3>{t('emojiRecent')}</h3>
            <div>
              {used.map(one => (
                <button key={one} type="button" aria-label={one} onClick={() => onPick(one)}>
                  {one.startsWith(':') ? <OwnSign name={one.slice(1, -1)} /> : one}
                </button>
              ))}
            </div>
          </section>
        )}
        {own.length > 0 && (
          <section>
            <h3>{t('emojiOwn')}</h3>
            <div>
              {own.map(e => (
                <button key={e.name} type="button" aria-label={`:${e.name}:`} onClick={() => onPick(`:${e.name}:`)}>
                  <OwnSign name={e.name} />
                </button>
              ))}
            </div>
          </section>
        )}
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
      <button
        type="button"
        class="row more"
        onClick={() => {
          onManage();
          dialog.value = 'emoji';
        }}
      >
        <Icon name="plus" size="s" />
        {t('emojiAdd')}
      </button>
    </div>
  );
}
