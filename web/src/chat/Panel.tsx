// The room beside the channel: for a thread, its details, a search, a list.
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../core/i18n.ts';
import { keepFocus } from '../ui/focus.ts';
import { Icon } from '../ui/Icon.tsx';
import { lazy } from '../ui/lazy.tsx';
import { closePanel, panel } from './state.ts';

const Side = lazy(() => import('./Side.tsx').then(m => m.Side));

export function Panel() {
  const what = panel.value;
  const open = !!what;
  const box = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    if (open) return keepFocus();
  }, [open]);
  // What has a box to write in takes the focus there.
  const shown = what?.kind === 'list' ? what.what : what?.kind;
  useEffect(() => {
    if (shown && !box.current?.contains(document.activeElement)) box.current?.focus();
  }, [shown]);
  return (
    <aside
      class="panel"
      id="infoPanel"
      ref={box}
      tabIndex={-1}
      hidden={!what}
      aria-label={what ? t(what.kind) : t('details')}
    >
      {what && <Side />}
    </aside>
  );
}

export function PanelHead({ title, sub, children }: { title: string; sub?: string; children?: ComponentChildren }) {
  return (
    <header>
      <div>
        <h2>{title}</h2>
        {sub && <p>{sub}</p>}
      </div>
      {children}
      <button type="button" class="ib" aria-label={t('close')} title={t('close')} onClick={closePanel}>
        <Icon name="x" />
      </button>
    </header>
  );
}
