// A thread: the message that it hangs on, its replies, and a box for one more.
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../core/i18n.ts';
import type { Thread } from '../core/thread.ts';
import type { ThreadState } from '../core/types.ts';
import { Icon } from '../ui/Icon.tsx';
import { Composer } from './Composer.tsx';
import { MessageRow, PendingRow } from './MessageRow.tsx';
import { PanelHead } from './Panel.tsx';
import { rowsOf } from './rows.ts';
import { failed, session, signed, writable } from './state.ts';

export function ThreadPanel({ thread }: { thread: Thread }) {
  const c = session.store.channel(thread.channel);
  const following = thread.state.value?.following ?? false;
  const follow = () => {
    session.api
      .call<ThreadState>(following ? 'DELETE' : 'PUT', `/messages/${thread.root}/thread/follow`)
      .then(state => {
        thread.state.value = state;
      }, failed);
  };
  return (
    <>
      <PanelHead title={t('thread')} sub={signed(c)}>
        {c.member.value && (
          <button
            type="button"
            class="ib"
            aria-pressed={following}
            aria-label={t(following ? 'following' : 'follow')}
            title={t(following ? 'following' : 'follow')}
            onClick={follow}
          >
            <Icon name={following ? 'bell' : 'bell-off'} />
          </button>
        )}
      </PanelHead>
      <ThreadList thread={thread} />
      <div class="dock">
        {writable(c, thread.root) ? (
          <Composer key={`${c.id}:${thread.root}`} channel={c} thread={thread.root} />
        ) : (
          c.member.value && !c.meta.value.is_archived && <p class="no">{t('readOnly')}</p>
        )}
      </div>
    </>
  );
}

function ThreadList({ thread }: { thread: Thread }) {
  const box = useRef<HTMLOListElement>(null);
  const messages = thread.timeline.order.value.flatMap(id => thread.timeline.entries.get(id) ?? []);
  const pending = session.outbox.items.value.filter(i => i.thread_id === thread.root);
  const rows = rowsOf(
    messages.map(e => e.message.peek()),
    pending,
    session.store.me,
    -1,
  ).filter(r => r.kind === 'message' || r.kind === 'pending');
  const cut = thread.timeline.hasBefore && thread.loaded.value;
  const loaded = messages.filter(e => e.message.peek().id !== thread.root && !e.message.peek().is_deleted).length;
  const told = thread.timeline.entries.get(thread.root)?.message.value.thread?.reply_count ?? 0;
  const count = cut ? Math.max(told, loaded) : loaded;
  const last = rows.at(-1)?.key;
  useLayoutEffect(() => {
    const node = box.current;
    if (node) node.scrollTop = node.scrollHeight;
  }, [last, thread.loaded.value]);
  const unread = thread.state.value?.unread_count ?? 0;
  const head = messages.at(-1)?.message.peek().seq ?? 0;
  useEffect(() => {
    if (!thread.loaded.value || !unread || !head) return;
    session.api.call<ThreadState>('POST', `/messages/${thread.root}/thread/read`, { body: { seq: head } }).then(
      state => {
        thread.state.value = state;
      },
      () => {},
    );
  }, [thread, unread, head]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <ol class="log" ref={box} tabIndex={0} aria-label={t('thread')}>
      {rows.map(row =>
        row.kind === 'pending' ? (
          <PendingRow key={row.key} item={row.item} grouped={row.grouped} />
        ) : row.kind === 'message' ? (
          <One key={row.key} thread={thread} id={row.id} grouped={row.grouped} count={count} cut={cut} />
        ) : null,
      )}
    </ol>
  );
}

function One({
  thread,
  id,
  grouped,
  count,
  cut,
}: {
  thread: Thread;
  id: number;
  grouped: boolean;
  count: number;
  /** There are replies between the first message and those that are loaded. */
  cut: boolean;
}) {
  const message = thread.timeline.entries.get(id)?.message;
  if (!message) return null;
  const root = id === thread.root;
  return (
    <>
      <MessageRow message={message} grouped={grouped && !root} inThread />
      {root && (
        <li class="cnt">
          <h3>{count === 0 ? t('noReplies') : count === 1 ? t('reply1') : t('replies', { n: count })}</h3>
          {cut && (
            <button type="button" class="btn sm q" onClick={() => session.earlier(thread).catch(failed)}>
              {t('earlierReplies')}
            </button>
          )}
        </li>
      )}
    </>
  );
}
