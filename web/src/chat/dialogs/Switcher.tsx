// Ctrl+K: a channel, a conversation, a person, or a search.
import { useSignal } from '@preact/signals';
import { t } from '../../core/i18n.ts';
import type { Channel } from '../../core/store.ts';
import type { User } from '../../core/types.ts';
import { fit } from '../../core/words.ts';
import { Avatar, Dot } from '../../ui/Avatar.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Icon } from '../../ui/Icon.tsx';
import {
  callsOf,
  closeDialog,
  current,
  go,
  others,
  panel,
  query,
  session,
  titleOf,
  unreadOf,
  visited,
} from '../state.ts';
import { talkTo } from '../talk.ts';

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
    const waiting = callsOf(c) ? 0.9 : unreadOf(c) ? 0.7 : 0;
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

export function Switcher() {
  const words = useSignal('');
  const at = useSignal(0);
  const list = goals(words.value);
  const take = (goal: Goal | undefined) => {
    if (!goal) return;
    closeDialog();
    if (goal.channel) go(`/c/${goal.channel.id}`);
    else if (goal.user) void talkTo([goal.user.id]);
  };
  return (
    <Dialog title={t('jumpTo')} onClose={closeDialog} class="switch" bare>
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
            {goal.channel && unreadOf(goal.channel) > 0 && <span class="num">{unreadOf(goal.channel)}</span>}
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
            closeDialog();
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
