import { useSignal } from '@preact/signals';
import type { ComponentChild, ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { allWords } from '../core/i18n.ts';
import { allIcons } from './Icon.tsx';
import { idly } from './seen.ts';

/** Code that is fetched when it is wanted first, with the words that it says and the icons that it shows. */
export const later = <T,>(load: () => Promise<T>): Promise<T> =>
  Promise.all([load(), allWords(), allIcons()]).then(([loaded]) => loaded);

const waiting: (() => Promise<unknown>)[] = [];

let fetching = false;

/**
 * Fetches what was not wanted yet, one after the other while nothing else happens: without a network all can be opened too.
 * It ends with what cannot be fetched, which comes last when it is called again.
 */
export const ahead = (): void => {
  const load = fetching ? undefined : waiting.shift();
  if (!load) return;
  fetching = true;
  idly(async () => {
    const there = await later(load).then(
      () => true,
      () => false,
    );
    fetching = false;
    if (there) ahead();
    else waiting.push(load);
  });
};

/** A component whose code is fetched when it is shown first; `meanwhile` stands in its place. */
export function lazy<P extends object>(
  load: () => Promise<ComponentType<P>>,
  meanwhile: (props: P) => ComponentChild = () => null,
): ComponentType<P> {
  let loaded: ComponentType<P> | null = null;
  waiting.push(load);
  return function Lazy(props: P) {
    const there = useSignal(loaded !== null);
    const fetched = there.value;
    useEffect(() => {
      if (!fetched)
        later(load).then(
          component => {
            loaded = component;
            there.value = true;
          },
          () => {}, // the network is away: opening it again tries again
        );
    }, [fetched, there]);
    const Loaded = loaded;
    return fetched && Loaded ? <Loaded {...props} /> : meanwhile(props);
  };
}
