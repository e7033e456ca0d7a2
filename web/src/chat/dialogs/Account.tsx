// How one signs in: name, address, password. Address and password ask for the password that there is.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../../core/i18n.ts';
import type { User } from '../../core/types.ts';
import { askLink, unconfirmed } from '../confirming.ts';
import { failed, session } from '../state.ts';
import { Outcome, Save, textsOf, useAct } from './act.tsx';
import { learnMe } from './Profile.tsx';
import { Sessions } from './Sessions.tsx';

const change = (body: object) =>
  session.api.call<User>('PUT', `/users/${session.store.me}`, { body }).then(told => learnMe(told));

export function Account() {
  return (
    <>
      <Names />
      <Password />
      <Sessions />
      <Erase />
    </>
  );
}

function Names() {
  const me = session.me.value;
  const act = useAct();
  const email = useSignal(me.email ?? '');
  const moves = email.value.trim() !== (me.email ?? '');
  const submit = (event: SubmitEvent) => {
    const text = textsOf(event);
    const current_password = new FormData(event.currentTarget as HTMLFormElement).get('current_password');
    void act.run(() =>
      change({
        ...(text('username') !== me.username ? { username: text('username') } : {}),
        ...(moves ? { email: text('email'), current_password } : {}),
      }),
    );
  };
  return (
    <section>
      <form class="form" onSubmit={submit}>
        <label>
          {t('username')}
          <input
            name="username"
            required
            minLength={2}
            maxLength={32}
            defaultValue={me.username}
            autocomplete="username"
          />
        </label>
        <label>
          {t('emailYours')}
          <input
            name="email"
            type="email"
            required
            maxLength={254}
            value={email.value}
            autocomplete="email"
            onInput={event => (email.value = event.currentTarget.value)}
          />
        </label>
        {!moves && <Confirmed />}
        {moves && <Secret name="current_password" label={t('passwordNow')} complete="current-password" />}
        <Save of={act} />
      </form>
    </section>
  );
}

/** Whether the address is known to be one's own; where e-mail is sent, with a way to show it. */
function Confirmed() {
  const asked = useSignal(false);
  const act = useAct();
  useEffect(() => {
    unconfirmed().then(found => (asked.value = found !== false), failed);
  }, [asked]);
  if (!asked.value) return null;
  return (
    <p class="do" id="unconfirmed">
      {t('verifyAsk')}{' '}
      <button type="button" class="btn sm" onClick={() => void act.run(askLink, 'verifySent')}>
        {t('verifySend')}
      </button>
      <Outcome of={act} />
    </p>
  );
}

function Password() {
  const act = useAct();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const given = new FormData(form);
    const body = { current_password: given.get('current_password'), new_password: given.get('new_password') };
    void act.run(() => change(body).then(() => form.reset()), 'passwordChanged');
  };
  return (
    <section>
      <h3>{t('passwordChange')}</h3>
      <form class="form" onSubmit={submit}>
        <Secret name="current_password" label={t('passwordNow')} complete="current-password" />
        <Secret name="new_password" label={t('passwordNew')} complete="new-password" least={8} />
        <p class="by">{t('passwordMore')}</p>
        <Save of={act} />
      </form>
    </section>
  );
}

/** The account and all that says whose it was; what was written too, if one wants. */
function Erase() {
  const act = useAct();
  const asking = useSignal(false);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const body = { password: given.get('password'), remove_content: given.has('remove_content') };
    void act.run(async () => {
      await session.api.call('POST', `/users/${session.store.me}/erase`, { body });
      await session.signOut();
    });
  };
  return (
    <section>
      <h3>{t('erase')}</h3>
      <p>{t('eraseMore')}</p>
      {asking.value ? (
        <form class="form sure" onSubmit={submit}>
          <Secret name="password" label={t('passwordNow')} complete="current-password" />
          <label class="also">
            <input type="checkbox" name="remove_content" />
            {t('eraseContent')}
          </label>
          <p class="do">
            <button type="button" class="btn sm" onClick={() => (asking.value = false)}>
              {t('cancel')}
            </button>
            <button type="submit" class="btn sm d">
              {t('eraseSure')}
            </button>
            <Outcome of={act} />
          </p>
        </form>
      ) : (
        <p class="do">
          <button type="button" class="btn sm d" onClick={() => (asking.value = true)}>
            {t('erase')}
          </button>
        </p>
      )}
    </section>
  );
}

function Secret(p: { name: string; label: string; complete: string; least?: number }) {
  return (
    <label>
      {p.label}
      <input
        name={p.name}
        type="password"
        required
        minLength={p.least ?? 1}
        maxLength={1024}
        autocomplete={p.complete}
      />
    </label>
  );
}
