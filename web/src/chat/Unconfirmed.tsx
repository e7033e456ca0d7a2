// At the foot of the sidebar: one's address is not confirmed, as long as one has not put that off.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../core/i18n.ts';
import { awake } from '../platform/page.ts';
import { disk, keep } from '../platform/storage.ts';
import { Icon } from '../ui/Icon.tsx';
import { askLink, unconfirmed } from './confirming.ts';
import { failed, session, toast } from './state.ts';
import '../styles/writing.css';

/** One does not want to hear of this address, which is not told to whoever uses the browser next. */
const putOffKey = (email = '') => `putoff:${session.me.peek().id}:${shortOf(email)}`;
const shortOf = (text: string) =>
  [...text].reduce((hash, sign) => (Math.imul(hash, 31) + (sign.codePointAt(0) ?? 0)) | 0, 0).toString(36);

/** The address of which there is nothing more to say on this page: it is confirmed, or a letter is on its way. */
let quiet: string | undefined;

export function Unconfirmed() {
  const address = useSignal<string | false>(false);
  const busy = useSignal(false);
  const here = awake.value;
  const { email } = session.me.value;
  // The link may have been followed in another window.
  useEffect(() => {
    if (!here || quiet === email || disk.getItem(putOffKey(email))) return;
    unconfirmed().then(
      found => {
        if (!found) quiet = email;
        address.value = quiet !== email && found;
      },
      () => {},
    );
  }, [here, email, address]);
  if (!address.value) return null;
  const ask = () => {
    if (busy.peek()) return;
    busy.value = true;
    askLink()
      .then(() => {
        toast(t('verifySent'));
        quiet = email;
        address.value = false;
      }, failed)
      .finally(() => {
        busy.value = false;
      });
  };
  const putOff = () => {
    keep(putOffKey(email), '1');
    quiet = email;
    address.value = false;
  };
  return (
    <section class="unconfirmed" aria-label={t('verifyAsk')}>
      <p>
        {t('verifyAsk')} <small>{address.value}</small>
      </p>
      <button type="button" class="ib" aria-label={t('close')} title={t('close')} onClick={putOff}>
        <Icon name="x" size="s" />
      </button>
      <button type="button" class="btn sm" aria-disabled={busy.value} onClick={ask}>
        {t('verifySend')}
      </button>
    </section>
  );
}
