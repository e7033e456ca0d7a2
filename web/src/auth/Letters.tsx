// What e-mail makes possible before one is signed in: a new password for one that was forgotten, and an address that is confirmed.
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type Api, Problem } from '../core/api.ts';
import { type Key, type Lang, t } from '../core/i18n.ts';
import { Field, Frame, textOf } from './Door.tsx';

type Page = 'forgot' | 'reset' | 'verify';

/** Whether the installation sends e-mail; nothing until that is known. */
function useEmail(api: Api): boolean | null {
  const there = useSignal<boolean | null>(null);
  useEffect(() => {
    api.call<{ email: boolean }>('GET', '/auth/options').then(
      told => (there.value = told.email),
      () => {}, // offered when the server can be reached
    );
  }, [api, there]);
  return there.value;
}

/** On the page for signing in. */
export const Forgot = ({ api }: { api: Api }) => (useEmail(api) ? <a href="/forgot">{t('forgot')}</a> : <>&nbsp;</>);

export function Lettered({ page, api, onLang }: { page: Page; api: Api; onLang: (lang: Lang) => void }) {
  // Neither the address bar nor the history keeps it.
  const token = useRef(location.hash.slice(1)).current;
  useEffect(() => {
    if (token) history.replaceState(null, '', location.pathname);
    const again = () => location.reload(); // another link in the same tab
    addEventListener('hashchange', again);
    return () => removeEventListener('hashchange', again);
  }, [token]);
  return (
    <Frame onLang={onLang}>
      {page === 'forgot' ? (
        <Ask api={api} />
      ) : page === 'reset' ? (
        <Act
          title="resetTitle"
          button="resetDo"
          done="resetDone"
          run={form => api.call('PUT', '/auth/password/reset', { body: { token, password: form.get('password') } })}
        >
          <Field name="password" label="resetNew" type="password" complete="new-password" />
        </Act>
      ) : (
        <Act
          title="verifyTitle"
          button="verifyDo"
          done="verifyDone"
          run={() => api.call('PUT', '/auth/email/verification', { body: { token } })}
        >
          <p class="sub">{t('verifyWhy')}</p>
        </Act>
      )}
    </Frame>
  );
}

function Ask({ api }: { api: Api }) {
  const email = useEmail(api);
  if (email === false)
    return (
      <form>
        <h1>{t('forgot')}</h1>
        <p class="sub">{t('mail.off')}</p>
        <Back />
      </form>
    );
  return (
    <Act
      title="forgot"
      button="forgotDo"
      done="forgotDone"
      run={form => api.call('POST', '/auth/password/reset', { body: { email: String(form.get('email')).trim() } })}
    >
      <p class="sub">{t('forgotWhy')}</p>
      <Field name="email" label="emailYours" type="email" complete="email" />
    </Act>
  );
}

const Back = () => (
  <p class="ft">
    <a href="/login">{t('signIn')}</a>
  </p>
);

/** One form with one thing to do. When it is done that is said in its place, and the focus goes there. */
function Act(p: {
  title: Key;
  button: Key;
  done: Key;
  run: (form: FormData) => Promise<unknown>;
  children: ComponentChildren;
}) {
  const busy = useSignal(false);
  const done = useSignal(false);
  const error = useSignal('');
  const said = useRef<HTMLParagraphElement>(null);
  const over = done.value;
  useEffect(() => {
    if (over) said.current?.focus();
  }, [over]);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy.peek()) return;
    busy.value = true;
    error.value = '';
    try {
      await p.run(new FormData(event.currentTarget as HTMLFormElement));
      done.value = true;
    } catch (wrong) {
      error.value = wrong instanceof Problem ? textOf(wrong) : t('unreachable');
    } finally {
      busy.value = false;
    }
  };
  return (
    <form onSubmit={submit}>
      <h1>{t(p.title)}</h1>
      {over ? (
        <p class="sub" role="status" tabIndex={-1} ref={said}>
          {t(p.done)}
        </p>
      ) : (
        <>
          {p.children}
          <p class="wrong" role="alert">
            {error}
          </p>
          <button class="btn p big" type="submit">
            {t(p.button)}
          </button>
        </>
      )}
      <Back />
    </form>
  );
}
