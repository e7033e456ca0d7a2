// What the keyboard does.
import { type Key, t } from '../../core/i18n.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { closeDialog } from '../state.ts';

const KEYS: [string, Key][] = [
  ['Ctrl K', 'keySwitch'],
  ['Alt ↑ / ↓', 'keyNext'],
  ['Alt Shift ↑ / ↓', 'keyUnread'],
  ['Ctrl F', 'searchHere'],
  ['Ctrl Shift F', 'keySearch'],
  ['Ctrl .', 'details'],
  ['Ctrl /', 'keyKeys'],
  ['↑', 'keyEdit'],
  ['Ctrl B / I', 'keyStyle'],
  ['Ctrl U', 'attach'],
  ['Shift Enter', 'newLine'],
  ['End', 'jumpLatest'],
  ['Esc', 'keyEsc'],
];

export function Keys() {
  return (
    <Dialog title={t('shortcuts')} onClose={closeDialog} class="small">
      <dl class="keys">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>{t(what)}</dt>
            <dd>
              <kbd>{key}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
