// The channels there are, and a new one.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../../core/i18n.ts';
import type { ChannelAnswer, List } from '../../core/types.ts';
import { fit } from '../../core/words.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { closeDialog, dialog, failed, follow, go, session } from '../state.ts';

export function Browse() {
  const list = useSignal<ChannelAnswer[] | null>(null);
  const words = useSignal('');
  const archived = useSignal(false);
  const old = archived.value;
  const stamp = session.store.listed.value;
  useEffect(() => {
    let here = true;
    const all = async () => {
      const found: ChannelAnswer[] = [];
      let cursor: string | undefined;
      do {
        const page: List<ChannelAnswer> = await session.api.call('GET', '/channels', {
          query: { limit: 200, cursor, archived: String(old) },
        });
        found.push(...page.items.filter(c => c.type !== 'direct'));
        cursor = page.next_cursor ?? undefined;
      } while (cursor && found.length < 2000);
      if (here) list.value = found;
    };
    all().catch(failed);
    return () => {
      here = false;
    };
  }, [stamp, list, old]);
  const join = (c: ChannelAnswer) => {
    session.api.call<ChannelAnswer>('POST', `/channels/${c.id}/join`).then(told => {
      session.store.learn({ ...told, is_member: true });
      closeDialog();
      go(`/c/${c.id}`);
    }, failed);
  };
  const look = (c: ChannelAnswer) =>
    follow(`/c/${c.id}`, () => {
      session.store.learn(c);
      closeDialog();
    });
  const fits = (list.value ?? []).filter(c => fit(words.value, c.name) > 0 || fit(words.value, c.topic) > 1);
  return (
    <Dialog title={t('channels')} onClose={closeDialog}>
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
      <label class="also">
        <input type="checkbox" checked={old} onChange={event => (archived.value = event.currentTarget.checked)} />
        {t('archivedOnes')}
      </label>
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
                !old && (
                  <button type="button" class="btn sm" onClick={() => join(c)}>
                    {t('join')}
                  </button>
                )
              )}
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}

export function Create() {
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
      closeDialog();
      go(`/c/${made.id}`);
    } catch (wrong) {
      failed(wrong);
    } finally {
      busy.value = false;
    }
  };
  return (
    <Dialog title={t('createChannel')} onClose={closeDialog} class="small">
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
