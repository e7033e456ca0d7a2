// What others see of one: picture, name, and whether one is to be disturbed.
import { useRef } from 'preact/hooks';
import { Problem } from '../../core/api.ts';
import { type Key, t } from '../../core/i18n.ts';
import type { Presence, User } from '../../core/types.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { session } from '../state.ts';
import { Outcome, Save, textsOf, useAct } from './act.tsx';
import { squareOf } from './picture.ts';

const STATUSES: Presence[] = ['online', 'away', 'busy'];

/** What the server answers about oneself. */
export function learnMe(told: User): void {
  const status = session.store.users.get(told.id)?.peek().status ?? told.status;
  session.me.value = { ...session.me.peek(), ...told };
  session.store.meet([{ ...told, status }]);
}

export function Profile() {
  const me = session.me.value;
  const act = useAct();
  const submit = (event: SubmitEvent) => {
    const text = textsOf(event);
    void act.run(async () => {
      const body = { display_name: text('display_name') || me.username, status_text: text('status_text') };
      learnMe(await session.api.call<User>('PUT', `/users/${me.id}`, { body }));
      const status = text('status') as Presence;
      if (status === me.status) return;
      await session.api.call('POST', `/users/${me.id}/status`, { body: { status, status_text: body.status_text } });
      session.me.value = { ...session.me.peek(), status };
    });
  };
  const status = STATUSES.includes(me.status) ? me.status : 'online';
  return (
    <>
      <Picture />
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
        <Save of={act} />
      </form>
    </>
  );
}

function Picture() {
  const me = session.me.value;
  const act = useAct();
  const chosen = useRef<HTMLInputElement>(null);
  const choose = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    const file = input.files?.[0];
    input.value = '';
    if (!file) return;
    void act.run(async () => {
      const bytes = await squareOf(file).catch(() => {
        throw new Problem(415, 'avatar.unsupported');
      });
      learnMe(await session.api.call<User>('PUT', `/users/${me.id}/avatar`, { bytes }));
    });
  };
  const remove = async () =>
    learnMe(await session.api.call<User>('PUT', `/users/${me.id}`, { body: { profile_picture: null } }));
  return (
    <div class="picture">
      <Avatar id={me.id} name={me.display_name || me.username} size="lg" />
      <div>
        <b>{me.display_name || me.username}</b> <small>@{me.username}</small>
        <p class="do">
          <button type="button" class="btn sm" onClick={() => chosen.current?.click()}>
            {t('pictureChoose')}
          </button>
          {me.profile_picture && (
            <button type="button" class="btn sm" onClick={() => void act.run(remove)}>
              {t('pictureRemove')}
            </button>
          )}
          <Outcome of={act} />
        </p>
      </div>
      <input
        type="file"
        hidden
        ref={chosen}
        aria-label={t('pictureChoose')}
        accept="image/png,image/jpeg,image/webp,image/gif"
        onChange={choose}
      />
    </div>
  );
}
