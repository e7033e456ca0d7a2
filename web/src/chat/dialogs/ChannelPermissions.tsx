// The least role for each thing that can be done in a channel. Only owners and administrators change it; all may know it.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type Key, t } from '../../core/i18n.ts';
import type { Channel } from '../../core/store.ts';
import type { Role } from '../../core/types.ts';
import { failed, session } from '../state.ts';
import { Save, useAct } from './act.tsx';
import { mayOwn } from './rights.ts';

const ACTIONS = [
  'post',
  'post_in_threads',
  'react',
  'pin',
  'mention_all',
  'invite',
  'manage',
  'moderate',
  'export',
] as const;
const ROLES: Role[] = ['member', 'moderator', 'owner'];
type Permissions = Record<(typeof ACTIONS)[number], Role>;

export function ChannelPermissions({ channel: c }: { channel: Channel }) {
  const act = useAct();
  const stored = useSignal<Permissions | null>(null);
  const wanted = useSignal<Partial<Permissions>>({});
  const told = c.meta.value.permissions;
  useEffect(() => {
    session.api.call<{ permissions: Permissions }>('GET', `/channels/${c.id}/permissions`).then(answer => {
      stored.value = answer.permissions;
    }, failed);
  }, [c.id, told, stored]);
  const now = stored.value;
  if (!now) return null;
  const role = (action: keyof Permissions) => wanted.value[action] ?? now[action];
  const choose = (change: Partial<Permissions>) => {
    wanted.value = { ...wanted.value, ...change };
  };
  if (!mayOwn(c))
    return (
      <dl class="may">
        {ACTIONS.map(action => (
          <div key={action}>
            <dt>{t(`may.${action}`)}</dt>
            <dd>{t(`least.${now[action]}`)}</dd>
          </div>
        ))}
      </dl>
    );
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const body = wanted.peek();
    void act.run(async () => {
      const answer = await session.api.call<{ permissions: Permissions }>('PUT', `/channels/${c.id}/permissions`, {
        body,
      });
      stored.value = answer.permissions;
      wanted.value = {};
    });
  };
  return (
    <form class="form" onSubmit={submit}>
      <label class="also">
        <input
          type="checkbox"
          checked={role('post') !== 'member'}
          onChange={event =>
            choose({ post: event.currentTarget.checked ? 'moderator' : 'member', post_in_threads: 'member' })
          }
        />
        <span>
          {t('announcement')}
          <small>{t('announcementMore')}</small>
        </span>
      </label>
      <ul class="may">
        {ACTIONS.map(action => (
          <li key={action}>
            <label>
              <span>{t(`may.${action}`)}</span>
              <select
                name={action}
                value={role(action)}
                onChange={event => choose({ [action]: event.currentTarget.value as Role })}
              >
                {ROLES.map(least => (
                  <option key={least} value={least} selected={least === role(action)}>
                    {t(`least.${least}` as Key)}
                  </option>
                ))}
              </select>
            </label>
          </li>
        ))}
      </ul>
      <Save of={act} />
    </form>
  );
}
