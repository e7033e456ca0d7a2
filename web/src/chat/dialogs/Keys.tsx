// All keys, as they are.
import { type Key, t } from '../../core/i18n.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { COMMANDS } from '../commands.ts';
import { setSingle, single } from '../shortcuts.ts';
import { closeDialog, current } from '../state.ts';

const EVERYWHERE: [string, Key][] = [
  ['Ctrl K', 'keySwitch'],
  ['Alt ↑ / ↓', 'keyNext'],
  ['Alt Shift ↑ / ↓', 'keyUnread'],
  ['Ctrl F', 'searchHere'],
  ['Ctrl Shift F', 'keySearch'],
  ['Ctrl Shift M', 'activity'],
  ['Ctrl .', 'details'],
  ['F6 / Shift F6', 'keyRegion'],
  ['Ctrl /', 'keyKeys'],
  ['Esc', 'keyEsc'],
];
const WRITING: [string, Key][] = [
  ['Enter', 'send'],
  ['Shift Enter', 'newLine'],
  ['↑', 'keyEdit'],
  ['Shift ↑', 'keyReplyLast'],
  ['Ctrl Shift \\', 'keyReactLast'],
  ['Ctrl B / I', 'keyStyle'],
  ['Ctrl Shift X / C', 'keyStyleMore'],
  ['Ctrl Shift E', 'emoji'],
  ['Ctrl U', 'attach'],
  ['@ # : /', 'keyOffer'],
];
const IN_LIST: [string, Key][] = [
  ['↑ / ↓', 'keyWalk'],
  ['End', 'jumpLatest'],
  ['Enter', 'keyInto'],
  ['Esc', 'keyOut'],
];
const SINGLE: [string, Key][] = [
  ['R', 'replyInThread'],
  ['Q', 'quote'],
  ['E', 'edit'],
  ['+', 'addReaction'],
  ['S', 'save_'],
  ['C', 'copyLink'],
];

function Table({ title, keys }: { title: Key; keys: [string, Key][] }) {
  return (
    <section>
      <h3>{t(title)}</h3>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <div key={what}>
            <dt>{t(what)}</dt>
            <dd>
              <kbd>{key}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function Keys() {
  const c = current.value;
  return (
    <Dialog title={t('shortcuts')} onClose={closeDialog} class="wide">
      <div class="sheet-keys">
        <Table title="keysEverywhere" keys={EVERYWHERE} />
        <Table title="keysWriting" keys={WRITING} />
        <Table title="keysList" keys={single.value ? [...IN_LIST, ...SINGLE] : IN_LIST} />
        <section>
          <h3>{t('keysCommands')}</h3>
          <dl class="keys">
            {COMMANDS.filter(one => c && one.fits(c)).map(one => (
              <div key={one.name}>
                <dt>{t(one.what)}</dt>
                <dd>
                  <kbd>
                    /{one.name} {one.usage && t(one.usage)}
                  </kbd>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
      <label class="also">
        <input type="checkbox" checked={single.value} onChange={event => setSingle(event.currentTarget.checked)} />
        {t('keysSingle')}
      </label>
    </Dialog>
  );
}
