// The room beside the channel: for a thread, its details, a search, a list.
import type { ComponentChildren } from 'preact';
import { t } from '../core/i18n.ts';
import { Icon } from '../ui/Icon.tsx';
import { lazy } from '../ui/lazy.tsx';
import { closePanel, panel } from './state.ts';

const Side = lazy(() => import('./Side.tsx').then(m => m.Side));

export function Panel() {
  const what = panel.value;
  return (
    <aside class="panel" id="infoPanel" hidden={!what} aria-label={what ? t(what.kind) : t('details')}>
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
