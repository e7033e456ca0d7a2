// What is not sent yet: half written, or to be sent at its time.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { soonOf } from '../core/format.ts';
import { problemText, t } from '../core/i18n.ts';
import type { Scheduled } from '../core/types.ts';
import { Icon } from '../ui/Icon.tsx';
import { localOf } from './Later.tsx';
import { failed, go, openThread, session, signed } from './state.ts';
import '../styles/writing.css';

export function Drafts() {
  const list = useSignal<Scheduled[] | null>(null);
  const live = session.connection.phase.value === 'live';
  void session.drafts.changed.value;
  useEffect(() => {
    const look = () => {
      session.api.all<Scheduled>('/scheduled').then(found => {
        list.value = found.sort((a, b) => a.send_at.localeCompare(b.send_at));
      }, failed);
    };
    const { heard } = session.store;
    heard.set('scheduled_updated', look);
    heard.set('scheduled_deleted', look);
    if (live) look();
    return () => {
      heard.delete('scheduled_updated');
      heard.delete('scheduled_deleted');
    };
  }, [live, list]);
  const drafts = session.drafts.all();
  return (
    <>
      {drafts.length + (list.value?.length ?? 0) === 0 && <p class="empty">{t('noDrafts')}</p>}
      {drafts.length > 0 && (
        <section>
          <h3>{t('draftsHalf')}</h3>
          {drafts.map(d => (
            <div key={`${d.channel}:${d.thread}`} class="exc dr">
              <button
                type="button"
                class="go"
                onClick={() => {
                  go(`/c/${d.channel}`);
                  if (d.thread) openThread(d.channel, d.thread);
                }}
              >
                <Place channel={d.channel} thread={d.thread} />
                <span class="short">{d.content}</span>
              </button>
              <button
                type="button"
                class="ib"
                aria-label={t('draftDrop')}
                title={t('draftDrop')}
                onClick={() => {
                  session.drafts.put(d.channel, { content: '', reply: 0 }, d.thread);
                  session.drafts.changed.value++;
                }}
              >
                <Icon name="trash" size="s" />
              </button>
            </div>
          ))}
        </section>
      )}
      {(list.value?.length ?? 0) > 0 && (
        <section>
          <h3>{t('scheduled')}</h3>
          {list.value?.map(one => (
            <Waiting key={one.id} of={one} />
          ))}
        </section>
      )}
    </>
  );
}

function Place({ channel, thread }: { channel: number; thread: number | null }) {
  const c = session.store.channels.value.get(channel);
  return (
    <span class="meta">
      <b>{c ? signed(c) : '…'}</b>
      {thread ? <span class="x">{t('thread')}</span> : null}
    </span>
  );
}

function Waiting({ of: one }: { of: Scheduled }) {
  const changing = useSignal(false);
  const path = `/scheduled/${one.id}`;
  const act = (method: string, where = path, ask = {}) => {
    session.api.call(method, where, ask).then(() => {
      changing.value = false;
    }, failed);
  };
  if (changing.value)
    return (
      <form
        class="form sched"
        onSubmit={event => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const send_at = new Date(String(form.get('when'))).toISOString();
          act('PUT', path, { body: { content: String(form.get('content')).trim(), send_at } });
        }}
      >
        <label>
          {t('message')}
          <textarea
            name="content"
            rows={3}
            maxLength={16000}
            required={one.attachments.length === 0}
            defaultValue={one.content}
          />
        </label>
        <label>
          {t('laterWhen')}
          <input type="datetime-local" name="when" required defaultValue={localOf(new Date(one.send_at))} />
        </label>
        <p>
          <button type="submit" class="btn sm p">
            {t('save')}
          </button>{' '}
          <button type="button" class="btn sm" onClick={() => (changing.value = false)}>
            {t('cancel')}
          </button>
        </p>
      </form>
    );
  return (
    <div class="sched">
      <Place channel={one.channel_id} thread={one.thread_id} />
      <span class="short">{one.content || one.attachments.map(file => file.filename).join(', ')}</span>
      {one.state === 'failed' ? (
        <p class="bad">
          {t('notSent')} {problemText(one.reason ?? '')}
        </p>
      ) : (
        <p class="by">
          <time dateTime={one.send_at}>{soonOf(one.send_at)}</time>
        </p>
      )}
      <p>
        <button type="button" class="btn sm" onClick={() => (changing.value = true)}>
          {t('edit')}
        </button>{' '}
        <button type="button" class="btn sm" onClick={() => act('POST', `${path}/send`)}>
          {t('sendNow')}
        </button>{' '}
        <button type="button" class="btn sm d" onClick={() => act('DELETE')}>
          {t('cancelSending')}
        </button>
      </p>
    </div>
  );
}
