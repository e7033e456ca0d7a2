// What one has saved; the threads that one follows.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../core/i18n.ts';
import type { List, Message, ThreadState } from '../core/types.ts';
import { Excerpt } from './Excerpt.tsx';
import { PanelHead } from './Panel.tsx';
import { failed, nameOf, openThread, session, signed } from './state.ts';

interface Followed {
  root: Message;
  last_reply: Message;
  state: ThreadState;
}

export function Lists({ what }: { what: 'saved' | 'threads' }) {
  return (
    <>
      <PanelHead title={t(what)} />
      <div class="info">{what === 'saved' ? <Saved /> : <Threads />}</div>
    </>
  );
}

function Saved() {
  const list = useSignal<Message[] | null>(null);
  const saved = session.store.saved.value;
  useEffect(() => {
    session.api.call<List<{ message: Message }>>('GET', '/saved', { query: { limit: 100 } }).then(answer => {
      list.value = answer.items.map(item => item.message);
    }, failed);
  }, [saved, list]);
  if (list.value?.length === 0) return <p class="empty">{t('noSaved')}</p>;
  return (
    <div class="found">
      {list.value?.map(m => (
        <Excerpt key={m.id} message={m} />
      ))}
    </div>
  );
}

function Threads() {
  const list = useSignal<Followed[] | null>(null);
  const stamp = session.store.listed.value;
  useEffect(() => {
    const timer = setTimeout(() => {
      session.api.call<List<Followed>>('GET', '/threads', { query: { limit: 50 } }).then(answer => {
        list.value = answer.items;
      }, failed);
    }, 100);
    return () => clearTimeout(timer);
  }, [stamp, list]);
  if (list.value?.length === 0) return <p class="empty">{t('noThreads')}</p>;
  return (
    <div class="found">
      {list.value?.map(({ root, last_reply, state }) => {
        const c = session.store.channels.value.get(root.channel_id);
        return (
          <button key={root.id} type="button" class="exc th" onClick={() => openThread(root.channel_id, root.id)}>
            <span>
              <span class="meta">
                <b>{nameOf(root.user_id, root.username)}</b>
                {c && <span class="x">{signed(c)}</span>}
                {state.mention_count > 0 ? (
                  <span class="you">{state.mention_count}</span>
                ) : (
                  state.unread_count > 0 && <span class="num">{state.unread_count}</span>
                )}
              </span>
              <span class="short">{root.is_deleted ? t('gone') : root.content}</span>
              <span class="short last">
                <b>{nameOf(last_reply.user_id, last_reply.username)}:</b> {last_reply.content}
              </span>
            </span>
          </button>
        );
      })}
    </div>
  );
}
