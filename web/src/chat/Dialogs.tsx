// What opens over everything. Fetched when the first of them is opened.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type Key, t } from '../core/i18n.ts';
import type { Channel } from '../core/store.ts';
import type { ChannelAnswer, List, User } from '../core/types.ts';
import { fit } from '../core/words.ts';
import { Avatar, Dot } from '../ui/Avatar.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/Icon.tsx';
import { talkTo } from './actions.ts';
import { Settings } from './Settings.tsx';
import {
  current,
  dialog,
  failed,
  follow,
  go,
  nameOf,
  others,
  panel,
  query,
  session,
  titleOf,
  visited,
} from './state.ts';

const close = () => {
  dialog.value = null;
};

export function Dialogs() {
  switch (dialog.value) {
    case 'switcher':
      return <Switcher />;
    case 'browse':
      return <Browse />;
    case 'create':
      return <Create />;
    case 'people':
      return <People />;
    case 'invite':
      return <Invite />;
    case 'settings':
      return <Settings />;
    case 'keys':
      return <Keys />;
    default:
      return null;
  }
}

// ---- Ctrl+K ----

interface Goal {
  key: string;
  name: string;
  sub: string;
  rank: number;
  channel?: Channel;
  user?: User;
}
const GOALS_MAX = 12;

function goals(words: string): Goal[] {
  const { store } = session;
  const talked = new Set<number>();
  const found: Goal[] = [];
  const recent = (id: number) => {
    const at = visited.value.indexOf(id);
    return at < 0 ? 0 : 0.5 - at * 0.02;
  };
  for (const c of store.channels.value.values()) {
    if (!c.member.value || c.meta.value.is_archived) continue;
    const who = others(c);
    if (c.meta.value.type === 'direct' && who.length === 1 && who[0]) talked.add(who[0].id);
    const name = titleOf(c);
    const usernames = c.meta.value.type === 'direct' ? who.map(u => u.username).join(' ') : '';
    const rank = Math.max(fit(words, name), usernames ? fit(words, usernames) : 0);
    if (!rank) continue;
    const here = !words && c === current.value ? -2 : 0;
    const waiting = c.mentions.value ? 0.9 : c.unread.value ? 0.7 : 0;
    found.push({ key: `c${c.id}`, name, sub: '', rank: rank + recent(c.id) + waiting + here, channel: c });
  }
  for (const user of store.users.values()) {
    const u = user.value;
    if (u.id === store.me || talked.has(u.id)) continue;
    const rank = Math.max(fit(words, u.display_name), fit(words, u.username));
    if (rank)
      found.push({
        key: `u${u.id}`,
        name: u.display_name || u.username,
        sub: `@${u.username}`,
        rank: rank - 0.1,
        user: u,
      });
  }
  return found.sort((a, b) => b.rank - a.rank || a.name.localeCompare(b.name)).slice(0, GOALS_MAX);
}

function Switcher() {
  const words = useSignal('');
  const at = useSignal(0);
  const list = goals(words.value);
  const take = (goal: Goal | undefined) => {
    if (!goal) return;
    close();
    if (goal.channel) go(`/c/${goal.channel.id}`);
    else if (goal.user) void talkTo([goal.user.id]);
  };
  return (
    <Dialog title={t('jumpTo')} onClose={close} class="switch" bare>
      <div class="find">
        <Icon name="search" size="s" />
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls="goals"
          aria-label={t('jumpTo')}
          placeholder={t('jumpPlaceholder')}
          {...(list[at.value] ? { 'aria-activedescendant': `goal-${list[at.value]?.key}` } : {})}
          onInput={event => {
            words.value = event.currentTarget.value;
            at.value = 0;
          }}
          onKeyDown={event => {
            const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
            if (step && list.length) at.value = (at.value + step + list.length) % list.length;
            else if (event.key === 'Enter') take(list[at.value]);
            else return;
            event.preventDefault();
          }}
        />
      </div>
      <ul id="goals" role="listbox" aria-label={t('jumpTo')} class="goals">
        {list.map((goal, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the text box
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the text box
          <li
            key={goal.key}
            id={`goal-${goal.key}`}
            role="option"
            aria-selected={i === at.value}
            onClick={() => take(goal)}
          >
            <GoalSign goal={goal} />
            <b>{goal.name}</b>
            <small>{goal.sub}</small>
            {goal.channel && goal.channel.unread.value > 0 && <span class="num">{goal.channel.unread.value}</span>}
          </li>
        ))}
      </ul>
      {list.length === 0 && <p class="empty">{t('nothingFound')}</p>}
      {words.value.trim() && (
        <button
          type="button"
          class="row more"
          onClick={() => {
            query.value = words.value;
            panel.value = { kind: 'search' };
            close();
          }}
        >
          <Icon name="search" size="s" />
          {t('searchMessages', { what: words.value })}
        </button>
      )}
    </Dialog>
  );
}

function GoalSign({ goal }: { goal: Goal }) {
  const user = goal.user ?? (goal.channel?.meta.value.type === 'direct' ? others(goal.channel)[0] : undefined);
  if (goal.channel && goal.channel.meta.value.type !== 'direct')
    return <Icon name={goal.channel.meta.value.type === 'private' ? 'lock' : 'hash'} size="s" />;
  const id = user?.id ?? session.store.me;
  return (
    <span class="who">
      <Avatar id={id} name={goal.name} size="xs" />
      <Dot status={session.store.users.get(id)?.value.status ?? 'offline'} />
    </span>
  );
}

// ---- channels ----

function Browse() {
  const list = useSignal<ChannelAnswer[] | null>(null);
  const words = useSignal('');
  const stamp = session.store.listed.value;
  useEffect(() => {
    const all = async () => {
      const found: ChannelAnswer[] = [];
      let cursor: string | undefined;
      do {
        const page: List<ChannelAnswer> = await session.api.call('GET', '/channels', { query: { limit: 200, cursor } });
        found.push(...page.items.filter(c => c.type !== 'direct'));
        cursor = page.next_cursor ?? undefined;
      } while (cursor && found.length < 2000);
      list.value = found;
    };
    all().catch(failed);
  }, [stamp, list]);
  const join = (c: ChannelAnswer) => {
    session.api.call<ChannelAnswer>('POST', `/channels/${c.id}/join`).then(told => {
      session.store.learn({ ...told, is_member: true });
      close();
      go(`/c/${c.id}`);
    }, failed);
  };
  const look = (c: ChannelAnswer) =>
    follow(`/c/${c.id}`, () => {
      session.store.learn(c);
      close();
    });
  const fits = (list.value ?? []).filter(c => fit(words.value, c.name) > 0 || fit(words.value, c.topic) > 1);
  return (
    <Dialog title={t('channels')} onClose={close}>
      <div class="find">
        <Icon name="search" size="s" />
        <input
          type="search"
          aria-label={t('findChannel')}
          placeholder={t('findChannel')}
          onInput={event => (words.value = event.currentTarget.value)}
        />
        <button type="button" class="btn p sm" onClick={() => (dialog.value = 'create')}>
          <Icon name="plus" size="s" />
          {t('createChannel')}
        </button>
      </div>
      {list.value && fits.length === 0 && <p class="empty">{t('nothingFound')}</p>}
      <ul class="pick">
        {fits.map(c => {
          const member = session.store.channels.value.get(c.id)?.member.value ?? c.is_member;
          return (
            <li key={c.id}>
              <a href={`/c/${c.id}`} onClick={look(c)}>
                <Icon name={c.type === 'private' ? 'lock' : 'hash'} size="s" />
                <span class="nm">
                  {c.name}
                  <small>
                    {[t('members', { n: c.member_count }), c.topic || c.description].filter(Boolean).join(' · ')}
                  </small>
                </span>
              </a>
              {member ? (
                <span class="tag">{t('joined')}</span>
              ) : (
                <button type="button" class="btn sm" onClick={() => join(c)}>
                  {t('join')}
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}

function Create() {
  const busy = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string) => String(form.get(name) ?? '').trim();
    const body = { name: text('name'), topic: text('topic'), type: form.get('private') ? 'private' : 'public' };
    try {
      const made = await session.api.call<ChannelAnswer>('POST', '/channels', { body });
      session.store.learn({ ...made, is_member: true });
      close();
      go(`/c/${made.id}`);
    } catch (wrong) {
      failed(wrong);
    } finally {
      busy.value = false;
    }
  };
  return (
    <Dialog title={t('createChannel')} onClose={close} class="small">
      <form class="form" onSubmit={submit}>
        <label>
          {t('name')}
          <input name="name" required maxLength={80} autocomplete="off" />
        </label>
        <label>
          {t('topic')}
          <input name="topic" maxLength={250} autocomplete="off" />
        </label>
        <label class="also">
          <input type="checkbox" name="private" />
          <span>
            {t('private')}
            <small>{t('privateMore')}</small>
          </span>
        </label>
        <p>
          <button type="submit" class="btn p">
            {t('createChannel')}
          </button>
        </p>
      </form>
    </Dialog>
  );
}

// ---- people ----

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

function People() {
  return (
    <Choose
      title="newMessage"
      act="startTalk"
      run={async ids => {
        close();
        await talkTo(ids.slice(0, DIRECT_MAX));
      }}
    />
  );
}

function Invite() {
  const c = current.value;
  if (!c) return null;
  return (
    <Choose
      title="addPeople"
      act="add"
      run={async ids => {
        try {
          for (const user_id of ids) await session.api.call('POST', `/channels/${c.id}/members`, { body: { user_id } });
          close();
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
    <Dialog title={t(title)} onClose={close} class="small">
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

// ---- shortcuts ----

const KEYS: [string, Key][] = [
  ['Ctrl K', 'keySwitch'],
  ['Alt ↑ / ↓', 'keyNext'],
  ['Alt Shift ↑ / ↓', 'keyUnread'],
  ['Ctrl F', 'searchHere'],
  ['Ctrl Shift F', 'keySearch'],
  ['Ctrl .', 'details'],
  ['Ctrl /', 'keyKeys'],
  ['↑', 'keyEdit'],
  ['Ctrl B / I', 'keyStyle'],
  ['Ctrl U', 'attach'],
  ['Shift Enter', 'newLine'],
  ['End', 'jumpLatest'],
  ['Esc', 'keyEsc'],
];

function Keys() {
  const box = useRef<HTMLDListElement>(null);
  return (
    <Dialog title={t('shortcuts')} onClose={close} class="small">
      <dl class="keys" ref={box}>
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>{t(what)}</dt>
            <dd>
              <kbd>{key}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
