// One's profile, and how this browser shows things.
import { useSignal } from '@preact/signals';
import { type Key, type Lang, lang, t } from '../../core/i18n.ts';
import type { Presence, User } from '../../core/types.ts';
import { density, setDensity, setTheme, speak, theme } from '../../platform/look.ts';
import { allowed, askLeave, wanted } from '../../platform/notify.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { copy } from '../actions.ts';
import { closeDialog, dialog, failed, session, toast } from '../state.ts';

export function Settings() {
  return (
    <Dialog title={t('settings')} onClose={closeDialog}>
      <div class="set">
        <Profile />
        <section>
          <h3>{t('appearance')}</h3>
          <Choice name="theme" values={['system', 'light', 'dark']} value={theme.value} onChange={setTheme} />
          <Choice name="density" values={['normal', 'compact']} value={density.value} onChange={setDensity} />
          <Choice
            name="language"
            values={['en', 'es']}
            value={lang.value}
            onChange={(code: Lang) => {
              speak(code);
              session.api.call('PUT', `/users/${session.store.me}`, { body: { language: code } }).catch(failed);
            }}
          />
        </section>
        <Notices />
        {session.me.value.role !== 'member' && <InviteLink />}
        <section>
          <p>
            <button type="button" class="btn" onClick={() => (dialog.value = 'keys')}>
              {t('shortcuts')}
            </button>{' '}
            <button type="button" class="btn d" onClick={() => session.signOut()}>
              <Icon name="log-out" size="s" />
              {t('signOut')}
            </button>
          </p>
        </section>
      </div>
    </Dialog>
  );
}

function Choice<T extends string>(p: { name: Key; values: T[]; value: T; onChange: (value: T) => void }) {
  return (
    <fieldset class="choice">
      <legend>{t(p.name)}</legend>
      {p.values.map(value => (
        <label key={value}>
          <input
            type="radio"
            name={p.name}
            value={value}
            checked={p.value === value}
            onChange={() => p.onChange(value)}
          />
          <span>{t(`${p.name}.${value}` as Key)}</span>
        </label>
      ))}
    </fieldset>
  );
}

const STATUSES: Presence[] = ['online', 'away', 'busy'];

function Profile() {
  const me = session.me.value;
  const busy = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string) => String(form.get(name) ?? '').trim();
    try {
      const body = { display_name: text('display_name') || me.username, status_text: text('status_text') };
      const told = await session.api.call<User>('PUT', `/users/${me.id}`, { body });
      const status = text('status');
      if (status !== me.status)
        await session.api.call('POST', `/users/${me.id}/status`, { body: { status, status_text: body.status_text } });
      session.me.value = { ...me, ...told, status: status as Presence };
      session.store.meet([session.me.value]);
      toast(t('kept'), undefined, 2500);
    } catch (wrong) {
      failed(wrong);
    } finally {
      busy.value = false;
    }
  };
  const status = STATUSES.includes(me.status) ? me.status : 'online';
  return (
    <section>
      <h3>{t('profile')}</h3>
      <form class="form" onSubmit={submit}>
        <label>
          {t('displayName')}
          <input name="display_name" maxLength={80} defaultValue={me.display_name} autocomplete="name" />
        </label>
        <label>
          {t('statusText')}
          <input name="status_text" maxLength={140} defaultValue={me.status_text} autocomplete="off" />
        </label>
        <label>
          {t('status')}
          <select name="status" defaultValue={status}>
            {STATUSES.map(s => (
              <option key={s} value={s} selected={s === status}>
                {t(s as Key)}
              </option>
            ))}
          </select>
        </label>
        <p>
          <button type="submit" class="btn p sm">
            {t('save')}
          </button>{' '}
          <small>@{me.username}</small>
        </p>
      </form>
    </section>
  );
}

function Notices() {
  const state = allowed.value;
  if (state === 'missing') return null;
  return (
    <section>
      <h3>{t('notices')}</h3>
      {state === 'denied' ? (
        <p class="by">{t('noticesDenied')}</p>
      ) : (
        <label class="also">
          <input
            type="checkbox"
            checked={wanted.value && state === 'granted'}
            onChange={event => void askLeave(event.currentTarget.checked)}
          />
          {t('noticesOn')}
        </label>
      )}
    </section>
  );
}

const WEEK_S = 7 * 24 * 3600;

/** A link that lets others register in this organisation. */
function InviteLink() {
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
        <p>
          <button type="button" class="btn sm" onClick={make}>
            <Icon name="link" size="s" />
            {t('inviteMake')}
          </button>{' '}
          <small class="by">{t('inviteMore')}</small>
        </p>
      )}
    </section>
  );
}
