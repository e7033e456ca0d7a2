// Links that let others register in this organisation: new ones, and those that still work.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { dateOf } from '../../core/format.ts';
import { t } from '../../core/i18n.ts';
import type { List, User } from '../../core/types.ts';
import { Icon } from '../../ui/Icon.tsx';
import { copy } from '../actions.ts';
import { failed, nameOf, session } from '../state.ts';
import { Outcome, textsOf, useAct } from './act.tsx';

interface Invitation {
  id: number;
  email: string | null;
  role: User['role'];
  max_uses: number;
  uses: number;
  created_by: number;
  expires_at: string;
}

const ROLES: User['role'][] = ['member', 'moderator', 'admin'];
const USES = [1, 10, 100, 1000];
const DAYS = [1, 7, 30, 90];
const DAY_S = 24 * 3600;

const valid = () =>
  session.api.call<List<Invitation>>('GET', '/invitations', { query: { limit: 200 } }).then(page => page.items);

export function Invitations() {
  const act = useAct();
  const list = useSignal<Invitation[]>([]);
  const made = useSignal('');
  const mail = useSignal(false);
  useEffect(() => {
    valid().then(items => {
      list.value = items;
    }, failed);
    session.api.call<{ email: boolean }>('GET', '/auth/options').then(told => (mail.value = told.email), failed);
  }, [list, mail]);
  const submit = (event: SubmitEvent) => {
    const text = textsOf(event);
    const body = {
      role: text('role'),
      max_uses: Number(text('max_uses')),
      expires_in: Number(text('days')) * DAY_S,
      ...(text('email') ? { email: text('email'), send_email: true } : {}),
    };
    void act.run(
      async () => {
        const { token } = await session.api.call<{ token: string }>('POST', '/invitations', { body });
        made.value = `${location.origin}/register?invitation=${encodeURIComponent(token)}`;
        list.value = await valid();
      },
      body.send_email ? 'inviteSent' : 'inviteMade',
    );
  };
  const withdraw = (one: Invitation) =>
    act.run(async () => {
      await session.api.call('DELETE', `/invitations/${one.id}`);
      made.value = '';
      list.value = await valid();
    }, 'removed');
  return (
    <section>
      <h3>{t('inviteOthers')}</h3>
      <form class="form three" onSubmit={submit}>
        <Pick
          name="role"
          label={t('inviteAs')}
          values={ROLES.slice(0, ROLES.indexOf(session.me.value.role) + 1)}
          text={t}
        />
        <Pick name="max_uses" label={t('inviteUses')} values={USES} text={n => t('peopleN', { n })} at={100} />
        <Pick name="days" label={t('inviteDays')} values={DAYS} text={n => t('daysN', { n })} at={7} />
        {mail.value && (
          <label class="all">
            {t('inviteEmail')}
            <input name="email" type="email" maxLength={254} autocomplete="off" />
          </label>
        )}
        <p class="do">
          <button type="submit" class="btn">
            <Icon name="link" size="s" />
            {t('inviteMake')}
          </button>
          <Outcome of={act} />
        </p>
      </form>
      {made.value && (
        <div class="find">
          <input
            readOnly
            aria-label={t('inviteLink')}
            value={made.value}
            onFocus={event => event.currentTarget.select()}
          />
          <button type="button" class="btn sm" onClick={() => copy(made.value)}>
            <Icon name="copy" size="s" />
            {t('copyLink')}
          </button>
        </div>
      )}
      <ul class="pick">
        {list.value.map(one => (
          <li key={one.id}>
            <span class="nm">
              {one.email ?? t('inviteAnyone')} · {t(one.role)}
              <small>
                {t('inviteState', {
                  n: one.uses,
                  of: one.max_uses,
                  when: dateOf(one.expires_at),
                  who: nameOf(one.created_by),
                })}
              </small>
            </span>
            <button type="button" class="btn sm" onClick={() => void withdraw(one)}>
              {t('inviteEnd')}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Pick<T extends string | number>(p: {
  name: string;
  label: string;
  values: T[];
  text: (value: T) => string;
  at?: T;
}) {
  return (
    <label>
      {p.label}
      <select name={p.name}>
        {p.values.map(value => (
          <option key={value} value={value} selected={value === (p.at ?? p.values[0])}>
            {p.text(value)}
          </option>
        ))}
      </select>
    </label>
  );
}
