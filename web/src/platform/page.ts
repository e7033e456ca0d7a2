// What the window tells: is it in front, is anybody there.
import { signal } from '@preact/signals';

const isAwake = () => document.visibilityState === 'visible' && document.hasFocus();
/** Visible and in front. */
export const awake = signal(isAwake());
const narrow = matchMedia('(max-width: 760px)');
/** As narrow as a phone. */
export const phone = signal(narrow.matches);
narrow.addEventListener('change', () => {
  phone.value = narrow.matches;
});
const IDLE_MS = 5 * 60_000;
let touched = Date.now();

export const idle = () => Date.now() - touched > IDLE_MS;

export function watch(parts: { nudge: () => void; hidden: () => void; leaving: () => void }): void {
  const look = () => {
    awake.value = isAwake();
  };
  addEventListener('focus', look);
  addEventListener('blur', look);
  document.addEventListener('visibilitychange', () => {
    look();
    if (document.visibilityState === 'visible') parts.nudge();
    else parts.hidden(); // of a telephone's page the last that is heard
  });
  addEventListener('online', () => parts.nudge());
  addEventListener('pagehide', () => parts.leaving());
  for (const kind of ['pointerdown', 'keydown', 'scroll', 'pointermove'])
    addEventListener(
      kind,
      () => {
        touched = Date.now();
      },
      { passive: true, capture: true },
    );
}
