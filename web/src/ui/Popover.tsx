import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { keepFocus } from './focus.ts';

/** A box beside what opened it, inside the window; goes away by Esc and by a click elsewhere, and gives the focus back. */
export function Popover(p: {
  at: Element;
  onClose: () => void;
  children: ComponentChildren;
  class?: string;
  label: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  const close = useRef(p.onClose);
  close.current = p.onClose;
  useLayoutEffect(() => {
    const node = box.current;
    if (!node) return;
    const from = p.at.getBoundingClientRect();
    const { width, height } = node.getBoundingClientRect();
    const below = from.bottom + 6 + height < innerHeight;
    // Towards the middle of the window.
    const left = from.left < innerWidth / 2 ? from.left : from.right - width;
    node.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
    node.style.top = `${Math.max(8, below ? from.bottom + 6 : from.top - height - 6)}px`;
    const first = node.querySelector<HTMLElement>('[data-first], input, button');
    first?.focus();
  }, [p.at]);
  // Before anybody can press a key in it.
  useLayoutEffect(() => {
    const back = p.at as HTMLElement;
    const giveBack = keepFocus(back);
    const away = (event: Event) => {
      if (!box.current?.contains(event.target as Node) && !back.contains(event.target as Node)) close.current();
    };
    const key = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      close.current();
      back.focus();
    };
    document.addEventListener('pointerdown', away, true);
    document.addEventListener('keydown', key, true);
    return () => {
      queueMicrotask(giveBack); // what it hangs on may go with it
      document.removeEventListener('pointerdown', away, true);
      document.removeEventListener('keydown', key, true);
    };
  }, [p.at]);
  return (
    <div ref={box} class={`pop ${p.class ?? ''}`} role="dialog" aria-label={p.label}>
      {p.children}
    </div>
  );
}
