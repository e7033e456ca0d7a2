import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type Api, Problem, type Token } from '../core/api.ts';
import { deviceOf } from '../core/device.ts';
import { type Key, type Lang, lang, problemText, t } from '../core/i18n.ts';
import { mouse } from '../platform/look.ts';
import { due } from '../platform/token.ts';
import { lazy } from '../ui/lazy.tsx';
import { instead, leave } from './leaving.ts';

interface Props {
  api: Api;
  register: boolean;
  invitation?: string | undefined;
  /** Why one is here again. */
  notice?: Key | undefined;
  onEnter: (answer: Token) => void;
  onLang: (lang: Lang) => void;
}

const Forgot = lazy(
  () => import('./Letters.tsx').then(m => m.Forgot),
  () => <>&nbsp;</>, // its line is there from the beginning: nothing moves when it comes
);

const EYE = 'M2.062 12.348a1 1 0 0 1 0-.696 10.75 10.75 0 0 1 19.876 0 1 1 0 0 1 0 .696 10.75 10.75 0 0 1-19.876 0';

/** Sign-in and registration. */
export const Door = (props: Props) => (
  <Frame onLang={props.onLang}>
    <DoorForm {...props} />
  </Frame>
);

/** What stands around every form that is there before the chat. */
export function Frame({ onLang, children }: { onLang: Props['onLang']; children: ComponentChildren }) {
  return (
    <div class="lgn">
      <main>
        <div class="bx">
          <header class="hd">
            <b>Palique</b>
            <fieldset class="seg" aria-label={t('language')}>
              {(['en', 'es'] as const).map(code => (
                <button
                  key={code}
                  type="button"
                  lang={code}
                  aria-pressed={lang.value === code}
                  onClick={() => onLang(code)}
                >
                  {code.toUpperCase()}
                </button>
              ))}
            </fieldset>
          </header>
          {children}
          <p class="low">
            {location.host} · {t('yours')}
          </p>
        </div>
      </main>
      <div class="art" aria-hidden="true">
        {Array.from({ length: 63 }, (_, i) => (
          <span key={i} class={`av f${(i * 7 + (i >> 2)) % 6}`} style={{ '--h': 186 + ((i * 13) % 36) }} />
        ))}
      </div>
    </div>
  );
}

function DoorForm({ api, register, invitation, notice, onEnter }: Props) {
  const error = useSignal(notice ? t(notice) : '');
  const wrongs = useSignal<string[]>([]);
  const busy = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (mouse()) form.current?.querySelector('input')?.focus();
  }, []);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    error.value = '';
    wrongs.value = [];
    try {
      const body = bodyOf(new FormData(event.target as HTMLFormElement), register, invitation);
      const ask = (what: object) =>
        api.call<Token>('POST', register ? '/auth/register' : '/auth/login', { body: what });
      const answer = await instead(() =>
        ask({ ...body, device: deviceOf(navigator.userAgent) }).catch(wrong => {
          // While the servers change one after the other, one of before may answer: it does not know of devices.
          if (wrong instanceof Problem && fieldsOf(wrong).includes('device')) return ask(body);
          throw wrong;
        }),
      );
      onEnter(answer);
    } catch (wrong) {
      if (!(wrong instanceof Problem)) error.value = t('unreachable');
      else {
        const named = !!new FormData(event.target as HTMLFormElement).get('organization');
        error.value =
          wrong.code === 'registration.closed' && !named && !invitation
            ? t('closedHere')
            : textOf(wrong, register ? LABELS : ENTRY);
        // Who signs in gives either in the same field.
        wrongs.value = fieldsOf(wrong).map(name => (name === 'email' && !register ? 'username' : name));
        form.current?.querySelector<HTMLElement>(wrongs.value.map(name => `#${name}`).join() || 'none')?.focus();
      }
    } finally {
      busy.value = false;
    }
  };
  const bad = wrongs.value;
  return (
    <form ref={form} onSubmit={submit}>
      <h1>{t(register ? 'createAccount' : 'signIn')}</h1>
      <Leaving busy={busy} />
      {register && <Field name="email" label="email" type="email" complete="email" bad={bad} />}
      <Field
        name="username"
        label={register ? 'username' : 'nameOrEmail'}
        complete="username"
        bad={bad}
        {...(register ? { hint: 'usernameHint' } : {})}
      />
      <Field
        bad={bad}
        {...(register ? { hint: 'passwordHint' } : {})}
        name="password"
        label="password"
        type="password"
        complete={register ? 'new-password' : 'current-password'}
      />
      {register && !invitation && <Field name="organization" label="organization" complete="organization" optional />}
      <p class="wrong" role="alert">
        {error}
      </p>
      <button class="btn p big" type="submit" aria-busy={busy.value}>
        {t(register ? 'create' : 'signIn')}
      </button>
      <p class="ft">
        {t(register ? 'haveAccount' : 'noAccount')}{' '}
        <a href={register ? '/' : '/register'}>{t(register ? 'signIn' : 'create')}</a>
      </p>
      {!register && (
        <p class="ft">
          <Forgot api={api} />
        </p>
      )}
    </form>
  );
}

const LEAVE_AGAIN_MS = 5000;

/** Says that the server does not know of the signing out yet, and tells it until it does. */
function Leaving({ busy }: { busy: Signal<boolean> }) {
  const shown = useSignal(due());
  useEffect(() => {
    let timer = 0;
    let there = true;
    const again = async () => {
      if (!busy.value) shown.value = !(await leave());
      if (there && due()) timer = setTimeout(again, LEAVE_AGAIN_MS);
    };
    if (shown.value) void again();
    return () => {
      there = false;
      clearTimeout(timer);
    };
  }, [busy, shown]);
  return shown.value ? (
    <p class="wrong" role="alert">
      {t('leaving')}
    </p>
  ) : null;
}

export function Field(p: {
  name: string;
  label: Key;
  type?: 'email' | 'password';
  complete: string;
  optional?: boolean;
  hint?: Key;
  /** The names of those that were refused. */
  bad?: string[];
}) {
  const shown = useSignal(false);
  const same = {
    id: p.name,
    name: p.name,
    autocomplete: p.complete,
    required: !p.optional,
    ...(p.bad?.includes(p.name) ? { 'aria-invalid': true } : {}),
    ...(p.hint ? { 'aria-describedby': `${p.name}-hint` } : {}),
    // A name or an address is no word to be corrected.
    autocapitalize: p.optional ? ('words' as const) : ('none' as const),
    spellcheck: false,
  };
  return (
    <div class="f">
      <label for={p.name}>{t(p.label)}</label>
      <div class="in">
        {p.type === 'password' && !shown.value ? (
          <input type="password" {...same} />
        ) : p.type === 'email' ? (
          <input type="email" {...same} />
        ) : (
          <input type="text" {...same} />
        )}
        {p.type === 'password' && (
          <button
            type="button"
            class="ib"
            aria-pressed={shown.value}
            aria-label={t('showPassword')}
            title={t('showPassword')}
            onClick={() => (shown.value = !shown.value)}
          >
            <svg class="i" viewBox="0 0 24 24" aria-hidden="true">
              <path d={EYE} />
              <circle cx="12" cy="12" r="3" />
            </svg>
          </button>
        )}
      </div>
      {p.hint && (
        <small class="by" id={`${p.name}-hint`}>
          {t(p.hint)}
        </small>
      )}
    </div>
  );
}

function bodyOf(form: FormData, register: boolean, invitation?: string): Record<string, string> {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const name = text('username');
  const password = String(form.get('password') ?? '');
  if (!register) return { [name.includes('@') ? 'email' : 'username']: name, password };
  const body: Record<string, string> = {
    email: text('email'),
    username: name,
    password,
    language: lang.value,
  };
  if (text('organization')) body.organization = text('organization');
  if (invitation) body.invitation = invitation;
  return body;
}

const LABELS: Record<string, Key> = { email: 'email', username: 'username', password: 'password' };
const ENTRY: typeof LABELS = { ...LABELS, email: 'nameOrEmail', username: 'nameOrEmail' };
const fieldsOf = (p: Problem) => p.fields.map(f => f.pointer.slice(1));
export const textOf = (p: Problem, labels = LABELS) =>
  problemText(
    p.code,
    fieldsOf(p)
      .map(name => (labels[name] ? t(labels[name]) : name))
      .join(', '),
  );
