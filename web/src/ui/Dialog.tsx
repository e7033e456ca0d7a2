import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../core/i18n.ts';
import { keepFocus } from './focus.ts';
import { Icon } from './Icon.tsx';

/** A native dialog: it traps the focus, closes by Esc and gives the focus back. */
export function Dialog(p: {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  class?: string;
  bare?: boolean;
}) {
  const node = useRef<HTMLDialogElement>(null);
  // The closing that comes with its end is told later, when another may be open.
  const there = useRef(true);
  useEffect(() => {
    const box = node.current;
    const giveBack = keepFocus();
    if (box && !box.open) box.showModal();
    return () => {
      there.current = false;
      box?.close();
      queueMicrotask(giveBack);
    };
  }, []);
  return (
    <dialog
      ref={node}
      class={`dlg ${p.class ?? ''}`}
      aria-label={p.title}
      // At once: what is opened next is not closed by what the end of this one tells later.
      // Who chooses no file after all cancels that, and not the dialog around it.
      onCancel={event => event.target === node.current && p.onClose()}
      onClose={() => there.current && p.onClose()}
      onClick={event => event.target === node.current && p.onClose()}
      onKeyDown={event => event.key === 'Escape' && event.stopPropagation()}
    >
      <div class="in-dlg">
        {!p.bare && (
          <header>
            <h2>{p.title}</h2>
            <button type="button" class="ib" aria-label={t('close')} onClick={p.onClose}>
              <Icon name="x" />
            </button>
          </header>
        )}
        {p.children}
      </div>
    </dialog>
  );
}
