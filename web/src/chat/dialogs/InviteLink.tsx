import { useSignal } from '@preact/signals';
import { t } from '../../core/i18n.ts';
import { Icon } from '../../ui/Icon.tsx';
import { copy } from '../actions.ts';
import { failed, session } from '../state.ts';

const WEEK_S = 7 * 24 * 3600;

/** A link that lets others register in this organisation. */
export function InviteLink() {
  const link = useSignal('');
  const make = () => {
    session.api
      .call<{ token: string }>('POST', '/invitations', { body: { max_uses: 100, expires_in: WEEK_S } })
      .then(({ token }) => {
        link.value = `${location.origin}/register?invitation=${encodeURIComponent(token)}`;
      }, failed);
  };
  return (
    <section>
      <h3>{t('inviteOthers')}</h3>
      {link.value ? (
        <div class="find">
          <input
            readOnly
            aria-label={t('inviteLink')}
            value={link.value}
            onFocus={event => event.currentTarget.select()}
          />
          <button type="button" class="btn sm" onClick={() => copy(link.value)}>
            <Icon name="copy" size="s" />
            {t('copyLink')}
          </button>
        </div>
      ) : (
        <p class="do">
          <button type="button" class="btn sm" onClick={make}>
            <Icon name="link" size="s" />
            {t('inviteMake')}
          </button>
          <small>{t('inviteMore')}</small>
        </p>
      )}
    </section>
  );
}
