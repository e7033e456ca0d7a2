import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { type Key, t } from '../core/i18n.ts';

/** One of several pages at a time. One Tab stop: the arrows go from one to the next. */
export function Tabs<T extends Key>(p: {
  label: string;
  tabs: readonly T[];
  at: T;
  onGo: (tab: T) => void;
  children: ComponentChildren;
}) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const walk = (event: KeyboardEvent) => {
    const here = p.tabs.indexOf(p.at);
    const there = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: p.tabs.length - 1 }[event.key];
    const tab = there === undefined ? undefined : p.tabs[(there + p.tabs.length) % p.tabs.length];
    if (!tab) return;
    event.preventDefault();
    p.onGo(tab);
    list.current?.querySelector<HTMLElement>(`[data-tab="${tab}"]`)?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={p.label} ref={list} onKeyDown={walk}>
        {p.tabs.map(tab => (
          <button
            key={tab}
            type="button"
            role="tab"
            id={`${id}-${tab}`}
            data-tab={tab}
            aria-selected={tab === p.at}
            aria-controls={`${id}-page`}
            tabIndex={tab === p.at ? 0 : -1}
            onClick={() => p.onGo(tab)}
          >
            {t(tab)}
          </button>
        ))}
      </div>
      <div class="page" role="tabpanel" id={`${id}-page`} aria-labelledby={`${id}-${p.at}`}>
        {p.children}
      </div>
    </>
  );
}
