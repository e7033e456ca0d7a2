// What several parts show, fetched when one of them does first.
import { lazy } from '../ui/lazy.tsx';

export const EmojiPop = lazy(() => import('./Emoji.tsx').then(m => m.EmojiPop));
export const OwnSign = lazy(
  () => import('./OwnSign.tsx').then(m => m.OwnSign),
  ({ name }) => `:${name}:`,
);
