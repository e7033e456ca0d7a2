// For screen readers: what came, gathered for a second; never what one wrote oneself, nothing while the window is away.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../core/i18n.ts';
import type { Message } from '../core/types.ts';
import { nameOf } from './state.ts';

const GATHER_MS = 1000;
const heard: Message[] = [];
let wake: () => void = () => {};

export function announce(message: Message): void {
  if (document.hidden) return;
  heard.push(message);
  wake();
}

export function Announcer() {
  const words = useSignal('');
  useEffect(() => {
    let timer = 0;
    wake = () => {
      timer ||= window.setTimeout(() => {
        timer = 0;
        const [first] = heard;
        const n = heard.length;
        heard.length = 0;
        if (n === 1 && first) words.value = `${nameOf(first.user_id, first.username)}: ${first.content.slice(0, 300)}`;
        else if (n > 1) words.value = t('newN', { n });
      }, GATHER_MS);
    };
    return () => {
      wake = () => {};
      clearTimeout(timer);
    };
  }, [words]);
  return (
    <div class="vh" aria-live="polite">
      {words}
    </div>
  );
}
