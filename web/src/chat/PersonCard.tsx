// Who somebody is, beside his name: picture, names, whether he is there; and the way to a conversation with him.
import { type Key, t } from '../core/i18n.ts';
import { Avatar, Dot } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Popover } from '../ui/Popover.tsx';
import { type Card, card, dialog, nameOf, session } from './state.ts';
import { talkTo } from './talk.ts';
import '../styles/writing.css';

export function PersonCard({ at, id }: Card) {
  const user = session.store.users.get(id)?.value;
  const name = nameOf(id);
  const close = () => {
    card.value = null;
  };
  const me = id === session.store.me;
  return (
    <Popover at={at} label={name} onClose={close} class="person">
      <Avatar id={id} name={name} size="lg" />
      <div>
        <b>{name}</b>
        {user && (
          <>
            <small>@{user.username}</small>
            <p>
              <Dot status={user.status} /> {user.status_text || t(user.status as Key)}
              {user.role !== 'member' && <span class="tag">{t(user.role === 'admin' ? 'admin' : 'moderator')}</span>}
            </p>
          </>
        )}
        <button
          type="button"
          class="btn sm p"
          onClick={() => {
            close();
            if (me) dialog.value = 'settings';
            else void talkTo([id]);
          }}
        >
          <Icon name={me ? 'settings' : 'send-horizontal'} size="s" />
          {me ? t('settings') : t('messageTo', { where: name })}
        </button>
      </div>
    </Popover>
  );
}
