// Choosing people: to talk to, or to add to a channel.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type Key, t } from '../../core/i18n.ts';
import type { List, User } from '../../core/types.ts';
import { Avatar, Dot } from '../../ui/Avatar.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { closeDialog, current, failed, nameOf, session } from '../state.ts';
import { talkTo } from '../talk.ts';

function usePeople() {
  const words = useSignal('');
  const list = useSignal<User[]>([]);
  useEffect(() => {
    const wanted = words.value.trim();
    const timer = setTimeout(
      () => {
        session.api
          .call<List<User>>('GET', '/users', { query: { query: wanted || undefined, limit: 50 } })
          .then(page => {
            session.store.meet(
              page.items.map(u => ({ ...u, status: session.store.users.get(u.id)?.peek().status ?? u.status })),
            );
            list.value = page.items;
          }, failed);
      },
      wanted ? 150 : 0,
    );
    return () => clearTimeout(timer);
  }, [words.value, list]);
  return { words, list };
}

function PeopleList(p: { words: string; list: User[]; chosen: number[]; onToggle: (user: User) => void }) {
  return (
    <ul class="pick">
      {p.list
        .filter(u => u.id !== session.store.me)
        .map(u => (
          <li key={u.id}>
            <label>
              <input type="checkbox" checked={p.chosen.includes(u.id)} onChange={() => p.onToggle(u)} />
              <span class="who">
                <Avatar id={u.id} name={u.display_name || u.username} size="md" />
                <Dot status={session.store.users.get(u.id)?.value.status ?? 'offline'} />
              </span>
              <span class="nm">
                {u.display_name || u.username}
                <small>@{u.username}</small>
              </span>
            </label>
          </li>
        ))}
    </ul>
  );
}

const DIRECT_MAX = 8;

export function People() {
  return (
    <Choose
      title="newMessage"
      act="startTalk"
      run={async ids => {
        closeDialog();
        await talkTo(ids.slice(0, DIRECT_MAX));
      }}
    />
  );
}

export function Invite() {
  const c = current.value;
  if (!c) return null;
  return (
    <Choose
      title="addPeople"
      act="add"
      run={async ids => {
        try {
          for (const user_id of ids) await session.api.call('POST', `/channels/${c.id}/members`, { body: { user_id } });
          closeDialog();
        } catch (wrong) {
          failed(wrong);
        }
      }}
    />
  );
}

function Choose({ title, act, run }: { title: Key; act: Key; run: (ids: number[]) => Promise<void> }) {
  const { words, list } = usePeople();
  const chosen = useSignal<number[]>([]);
  const toggle = (user: User) => {
    const has = chosen.value.includes(user.id);
    chosen.value = has ? chosen.value.filter(id => id !== user.id) : [...chosen.value, user.id];
  };
  return (
    <Dialog title={t(title)} onClose={closeDialog} class="small">
      <form
        onSubmit={event => {
          event.preventDefault();
          const first = list.value.find(u => u.id !== session.store.me);
          const ids = chosen.value.length ? chosen.value : words.value && first ? [first.id] : [];
          if (ids.length) void run(ids);
        }}
      >
        <div class="find">
          <Icon name="search" size="s" />
          <input
            type="search"
            aria-label={t('findPeople')}
            placeholder={t('findPeople')}
            onInput={event => (words.value = event.currentTarget.value)}
          />
        </div>
        {chosen.value.length > 0 && <p class="chosen">{chosen.value.map(id => nameOf(id)).join(', ')}</p>}
        <PeopleList words={words.value} list={list.value} chosen={chosen.value} onToggle={toggle} />
        <p class="end">
          <button type="submit" class="btn p">
            {t(act)}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
