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

/** The address of which one does not want to hear. */
const PUT_OFF = 'email.putoff';

export function Unconfirmed() {
  const address = useSignal<string | false>(false);
  const here = awake.value;
  const { email } = session.me.value;
  // The link may have been followed in another window.
  useEffect(() => {
    if (!here || disk.getItem(PUT_OFF) === email) return;
    unconfirmed().then(
      found => {
        address.value = found;
      },
      () => {},
    );
  }, [here, email, address]);
  if (!address.value) return null;
  const ask = () => {
    askLink().then(() => {
      toast(t('verifySent'));
      address.value = false;
    }, failed);
  };
  const putOff = () => {
    keep(PUT_OFF, address.value || '');
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
      <button type="button" class="btn sm" onClick={ask}>
        {t('verifySend')}
      </button>
    </section>
  );
}
