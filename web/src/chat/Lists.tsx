// What one has saved; the threads that one follows; what was told to one; what is not sent yet.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { whenOf } from '../core/format.ts';
import { t } from '../core/i18n.ts';
import type { List, Message, ThreadState } from '../core/types.ts';
import { unmarked } from '../core/unmarked.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Drafts } from './Drafts.tsx';
import { Excerpt } from './Excerpt.tsx';
import { PanelHead } from './Panel.tsx';
import { failed, follow, type ListName, nameOf, openThread, session, signed } from './state.ts';

interface Notice {
  id: number;
  kind: string;
  text: string;
  channel_id: number | null;
  message_id: number | null;
  actor_id: number | null;
  created_at: string;
  is_read: boolean;
}
interface Followed {
  root: Message;
  last_reply: Message;
  state: ThreadState;
}

const LISTS = { saved: Saved, threads: Threads, activity: Activity, drafts: Drafts };

export function Lists({ what }: { what: ListName }) {
  const Shown = LISTS[what];
  return (
    <>
      <PanelHead title={t(what)} />
      <div class="info">
        <Shown />
      </div>
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
              <span class="short">{root.is_deleted ? t('gone') : unmarked(root.content)}</span>
              <span class="short last">
                <b>{nameOf(last_reply.user_id, last_reply.username)}:</b> {unmarked(last_reply.content)}
              </span>
            </span>
          </button>
        );
      })}
    </div>
  );
}

/** What is addressed to one; that somebody has written somewhere is told by the channels. */
const PERSONAL = new Set(['mention', 'keyword', 'thread_reply', 'invitation', 'moderation']);

/** What was told to one: mentions, answers, invitations. Seen is read. */
function Activity() {
  const list = useSignal<Notice[] | null>(null);
  const stamp = session.store.noticed.value;
  useEffect(() => {
    session.api.call<List<Notice>>('GET', '/notifications', { query: { limit: 200 } }).then(answer => {
      list.value = answer.items.filter(n => PERSONAL.has(n.kind));
      const newest = answer.items[0];
      if (newest && answer.items.some(n => !n.is_read))
        session.api.call('POST', '/notifications/read', { body: { up_to: newest.id } }).then(
          () => {
            session.store.notices.value = 0;
          },
          () => {},
        );
    }, failed);
  }, [stamp, list]);
  if (list.value?.length === 0) return <p class="empty">{t('noActivity')}</p>;
  return (
    <div class="found">
      {list.value?.map(n => {
        const path = n.channel_id ? `/c/${n.channel_id}${n.message_id ? `/${n.message_id}` : ''}` : '';
        const inner = (
          <>
            {n.actor_id ? <Avatar id={n.actor_id} name={nameOf(n.actor_id)} size="sm" /> : <Icon name="bell" />}
            <span>
              <span class="meta">
                <time dateTime={n.created_at}>{whenOf(n.created_at)}</time>
                {!n.is_read && <span class="tag">{t('newMessages')}</span>}
              </span>
              <span class="short">{n.text}</span>
            </span>
          </>
        );
        return path ? (
          <a key={n.id} class="exc" href={path} onClick={follow(path)}>
            {inner}
          </a>
        ) : (
          <div key={n.id} class="exc">
            {inner}
          </div>
        );
      })}
    </div>
  );
}
