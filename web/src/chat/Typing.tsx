// Who is writing in the channel; it is forgotten by itself.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../core/i18n.ts';
import type { Channel } from '../core/store.ts';
import { nameOf } from './state.ts';

export function Typing({ channel: c, draft }: { channel: Channel; draft: boolean }) {
  const beat = useSignal(0);
  const now = Date.now();
  const typing = [...c.typing.value].filter(([, until]) => until > now);
  void beat.value;
  useEffect(() => {
    if (!typing.length) return;
    const soonest = Math.min(...typing.map(([, until]) => until));
    const timer = setTimeout(() => beat.value++, soonest - now + 50);
    return () => clearTimeout(timer);
  });
  const names = typing.map(([id]) => nameOf(id, '…'));
  const words =
    names.length === 0
      ? ''
      : names.length === 1
        ? t('typing1', { a: names[0] ?? '' })
        : names.length === 2
          ? t('typing2', { a: names[0] ?? '', b: names[1] ?? '' })
          : t('typingMany');
  return (
    <div class="typing" id="typingIndicator">
      {names.length > 0 && (
        <span class="dots" aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
      )}
      <span>{words}</span>
      {draft && !words && <span class="right">{t('draftKept')}</span>}
    </div>
  );
}
