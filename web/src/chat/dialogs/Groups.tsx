// Groups of people that can be mentioned at once: all see them, moderators make and change them.
import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../../core/i18n.ts';
import type { Group, List, User } from '../../core/types.ts';
import { fit } from '../../core/words.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { closeDialog, nameOf, session } from '../state.ts';
import { Outcome, Sure, textsOf, useAct } from './act.tsx';

const NEW: Group = { id: 0, name: '', handle: '', description: '', user_ids: [] };

export function Groups() {
  const open = useSignal<Group | null>(null);
  const may = session.me.value.role !== 'member';
  const all = [...session.store.groups.value.values()].sort((a, b) => a.name.localeCompare(b.name));
  if (open.value)
    return (
      <Dialog title={open.value.id ? open.value.name : t('groupNew')} onClose={closeDialog}>
        <One key={open.value.id} group={open.value} may={may} open={open} />
      </Dialog>
    );
  return (
    <Dialog title={t('groups')} onClose={closeDialog}>
      <p class="by">{t('groupsMore')}</p>
      {all.length === 0 && <p class="empty">{t('groupsNone')}</p>}
      <ul class="pick">
        {all.map(g => (
          <li key={g.id}>
            <button type="button" class="go" onClick={() => (open.value = g)}>
              <Icon name="users" size="s" />
              <span class="nm">
                {g.name}
                <small>
                  @{g.handle} · {t('members', { n: g.user_ids.length })}
                </small>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {may && (
        <p class="end">
          <button type="button" class="btn p" onClick={() => (open.value = NEW)}>
            <Icon name="plus" size="s" />
            {t('groupNew')}
          </button>
        </p>
      )}
    </Dialog>
  );
}

function One({ group, may, open }: { group: Group; may: boolean; open: Signal<Group | null> }) {
  const inside = useSignal<ReadonlySet<number>>(new Set(group.user_ids));
  const back = () => {
    open.value = null;
  };
  const act = useAct();
  const { api } = session;
  const save = (event: SubmitEvent) => {
    const text = textsOf(event);
    const body = { name: text('name'), handle: text('handle').replace(/^@/, ''), description: text('description') };
    void act.run(async () => {
      if (group.id) {
        const before = new Set(group.user_ids);
        const add = [...inside.value].filter(id => !before.has(id));
        const remove = group.user_ids.filter(id => !inside.value.has(id));
        await api.call('PUT', `/groups/${group.id}`, { body });
        if (add.length + remove.length) await api.call('PUT', `/groups/${group.id}/members`, { body: { add, remove } });
      } else await api.call('POST', '/groups', { body: { ...body, user_ids: [...inside.value] } });
      back();
    });
  };
  if (!may)
    return (
      <>
        <p class="by">
          @{group.handle}
          {group.description && ` · ${group.description}`}
        </p>
        <ul class="pick">
          {group.user_ids.map(id => (
            <li key={id}>
              <Avatar id={id} name={nameOf(id)} size="sm" />
              <span class="nm">{nameOf(id)}</span>
            </li>
          ))}
        </ul>
        <p class="end">
          <button type="button" class="btn" onClick={back}>
            {t('goBack')}
          </button>
        </p>
      </>
    );
  return (
    <form class="form" onSubmit={save}>
      <label>
        {t('name')}
        <input name="name" required maxLength={80} autocomplete="off" defaultValue={group.name} />
      </label>
      <label>
        {t('groupHandle')}
        <input name="handle" required maxLength={64} autocomplete="off" defaultValue={group.handle} />
      </label>
      <label>
        {t('description')}
        <input name="description" maxLength={1000} autocomplete="off" defaultValue={group.description} />
      </label>
      <Choice inside={inside} />
      <p class="end">
        <Outcome of={act} />{' '}
        <button type="button" class="btn" onClick={back}>
          {t('goBack')}
        </button>{' '}
        <button type="submit" class="btn p">
          {t('save')}
        </button>
      </p>
      {group.id > 0 && (
        <Sure
          label={t('groupDelete')}
          question={t('groupDeleteSure', { name: group.name })}
          act={act}
          run={() => api.call('DELETE', `/groups/${group.id}`).then(back)}
        />
      )}
    </form>
  );
}

/** Who is in it first, then who else there is. */
function Choice({ inside }: { inside: Signal<ReadonlySet<number>> }) {
  const words = useSignal('');
  const first = useSignal(inside.peek());
  useEffect(() => {
    const query = { query: words.value.trim() || undefined, limit: 50 };
    const timer = setTimeout(() => {
      session.api.call<List<User>>('GET', '/users', { query }).then(
        ({ items }) => {
          session.store.meet(items.filter(u => !session.store.users.has(u.id)));
        },
        () => {}, // those that are known are there
      );
    }, 150);
    return () => clearTimeout(timer);
  }, [words.value]);
  void session.store.known.value;
  const people = [...session.store.users.values()]
    .map(u => u.value)
    .filter(u => Math.max(fit(words.value, u.username), fit(words.value, u.display_name)) > 0)
    .sort(
      (a, b) =>
        Number(first.value.has(b.id)) - Number(first.value.has(a.id)) || a.display_name.localeCompare(b.display_name),
    );
  return (
    <fieldset class="who-in">
      <legend>{t('people')}</legend>
      <input
        type="search"
        aria-label={t('findPeople')}
        placeholder={t('findPeople')}
        onInput={event => (words.value = event.currentTarget.value)}
      />
      <ul class="pick">
        {people.slice(0, 100).map(u => (
          <li key={u.id}>
            <label>
              <input
                type="checkbox"
                checked={inside.value.has(u.id)}
                onChange={event => {
                  const set = new Set(inside.value);
                  if (event.currentTarget.checked) set.add(u.id);
                  else set.delete(u.id);
                  inside.value = set;
                }}
              />
              <Avatar id={u.id} name={u.display_name || u.username} size="sm" />
              <span class="nm">
                {u.display_name || u.username}
                <small>@{u.username}</small>
              </span>
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
