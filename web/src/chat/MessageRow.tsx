// One message: as it is stored, or as it waits in the outbox. It reads its own signal and nothing of its neighbours.
import type { Signal } from '@preact/signals';
import { useSignal } from '@preact/signals';
import { fullOf, timeOf, whenOf } from '../core/format.ts';
import { problemText, t } from '../core/i18n.ts';
import type { Pending } from '../core/outbox.ts';
import type { Message, Reaction, ThreadSummary } from '../core/types.ts';
import { unmarked } from '../core/unmarked.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { lazy } from '../ui/lazy.tsx';
import { Markdown } from '../ui/Markdown.tsx';
import { leaving, mayChange, mayReact, react } from './actions.ts';
import { Files } from './Files.tsx';
import { EmojiPop, OwnSign } from './lazies.ts';
import { MessageActions } from './MessageActions.tsx';
import { card, dialog, editing, follow, nameOf, openThread, panel, session, toast, writable } from './state.ts';

const Editor = lazy<{ m: Message }>(
  () => import('./Editor.tsx').then(m => m.Editor),
  ({ m }) => <Markdown text={m.content} />,
);
const PendingQuote = lazy(() => import('./Quoted.tsx').then(m => m.PendingQuote));
const Previews = lazy(() => import('./Previews.tsx').then(m => m.Previews));

interface Props {
  message: Signal<Message>;
  /** Same author a moment before: without name and picture. */
  grouped: boolean;
  inThread?: boolean;
  flash?: boolean;
}

export function MessageRow({ message, grouped, inThread = false, flash = false }: Props) {
  const m = message.value;
  const me = session.store.me;
  // The tools over a message are made when somebody comes near: hundreds of rows have none.
  const near = useSignal(false);
  const come = () => {
    near.value = true;
  };
  const name = nameOf(m.user_id, m.username);
  const gone = m.is_deleted || leaving.value.has(m.id);
  if (m.message_type === 'system' && !gone)
    return (
      <li class="message sys other" data-message-id={m.id}>
        <span class="gt">{timeOf(m.created_at)}</span>
        <span>{m.content}</span>
      </li>
    );
  const mine = m.user_id === me;
  const who = (event: MouseEvent) => {
    card.value = { at: event.currentTarget as Element, id: m.user_id };
  };
  const full = near.value ? fullOf(m.created_at) : '';
  const toMe = !mine && !gone && session.store.mentioned(m);
  const thread = !inThread && m.thread && m.thread.reply_count > 0 ? m.thread : null;
  const kind = `message ${mine ? 'own' : 'other'} ${grouped ? '' : 'head0'} ${toMe ? 'toyou' : ''} ${thread ? 'has-thr' : ''} ${flash ? 'flash' : ''}`;
  return (
    <li
      class={kind}
      data-message-id={m.id}
      tabIndex={-1}
      aria-label={`${name}, ${timeOf(m.created_at)}`}
      onPointerEnter={come}
      onFocusIn={come}
    >
      {grouped ? (
        <time class="gt" dateTime={m.created_at} title={full}>
          {timeOf(m.created_at)}
        </time>
      ) : (
        <Avatar id={m.user_id} name={name} onClick={who} />
      )}
      <div>
        {!grouped && (
          <div class="meta">
            <button type="button" class="nm" tabIndex={-1} onClick={who}>
              {name}
            </button>
            <time dateTime={m.created_at} title={full}>
              {timeOf(m.created_at)}
            </time>
            {m.pin && (
              <span class="x pinned">
                <Icon name="pin" size="s" />
                {t('pinned')}
              </span>
            )}
          </div>
        )}
        {gone ? <p class="gone">{t('gone')}</p> : <Body m={m} thread={thread} inThread={inThread} />}
        {gone && thread && <ThreadLink m={m} thread={thread} />}
      </div>
      {near.value && !gone && editing.value !== m.id && <MessageActions message={m} inThread={inThread} />}
    </li>
  );
}

function Body({ m, thread, inThread }: { m: Message; thread: ThreadSummary | null; inThread: boolean }) {
  return (
    <>
      {m.thread_id && !inThread && (
        <button type="button" class="inthr" onClick={() => openThread(m.channel_id, m.thread_id ?? m.id)}>
          <Icon name="message-circle-reply" size="s" />
          {t('repliedInThread')}
        </button>
      )}
      {m.quote && (
        <blockquote class="quote qt">
          <a href={`/c/${m.channel_id}/${m.quote.id}`} onClick={follow(`/c/${m.channel_id}/${m.quote.id}`)}>
            <b>{nameOf(m.quote.user_id, m.quote.username)}</b>{' '}
            {m.quote.is_deleted ? t('gone') : unmarked(m.quote.content)}
          </a>
        </blockquote>
      )}
      {editing.value === m.id ? (
        <Editor m={m} />
      ) : (
        <>
          {m.content && <Markdown text={m.content} />}
          {m.edited_at && <Edited m={m} at={m.edited_at} />}
        </>
      )}
      {m.attachments?.length ? <Files list={m.attachments} /> : null}
      {m.previews?.length ? <Previews message={m} list={m.previews} /> : null}
      {m.reactions?.length ? <Reactions m={m} list={m.reactions} /> : null}
      {thread && <ThreadLink m={m} thread={thread} />}
    </>
  );
}

/** Who may look at what it said before does so here. */
function Edited({ m, at }: { m: Message; at: string }) {
  const words = `(${t('edited')})`;
  if (!mayChange(m))
    return (
      <span class="edited" title={fullOf(at)}>
        {words}
      </span>
    );
  return (
    <button
      type="button"
      class="edited"
      title={fullOf(at)}
      onClick={() => (dialog.value = { kind: 'history', message: m })}
    >
      {words}
    </button>
  );
}

function ThreadLink({ m, thread }: { m: Message; thread: ThreadSummary }) {
  const open = panel.value?.kind === 'thread' && panel.value.root === m.id;
  return (
    <button type="button" class={`thr ${open ? 'open' : ''}`} onClick={() => openThread(m.channel_id, m.id)}>
      <span class="stack">
        {thread.user_ids.slice(0, 3).map(id => (
          <Avatar key={id} id={id} name={nameOf(id)} size="sm" />
        ))}
      </span>
      <b>{thread.reply_count === 1 ? t('reply1') : t('replies', { n: thread.reply_count })}</b>
      {thread.last_reply_at && <span class="last">{t('lastReply', { when: whenOf(thread.last_reply_at) })}</span>}
    </button>
  );
}

function Reactions({ m, list }: { m: Message; list: Reaction[] }) {
  const at = useSignal<Element | null>(null);
  const may = mayReact(session.store.channel(m.channel_id));
  return (
    <div class="rx">
      {list.map(r => {
        const who = r.user_ids.map(id => nameOf(id)).join(', ');
        return (
          <button
            key={r.emoji}
            type="button"
            title={who}
            disabled={!may}
            aria-pressed={r.user_ids.includes(session.store.me)}
            aria-label={`${r.emoji} ${r.count}: ${who}`}
            onClick={() => react(m, r.emoji)}
          >
            <span class="emo" aria-hidden="true">
              {r.emoji.startsWith(':') ? <OwnSign name={r.emoji.slice(1, -1)} /> : r.emoji}
            </span>
            {r.count}
          </button>
        );
      })}
      {may && (
        <button
          type="button"
          class="add"
          aria-label={t('addReaction')}
          onClick={event => {
            at.value = event.currentTarget;
          }}
        >
          <Icon name="smile-plus" size="s" />
        </button>
      )}
      {at.value && (
        <EmojiPop
          at={at.value}
          label={t('addReaction')}
          onClose={() => (at.value = null)}
          onPick={emoji => {
            at.value = null;
            react(m, emoji);
          }}
        />
      )}
    </div>
  );
}

/** As high as its text, up to a third of the window. */
export function grow(node: HTMLTextAreaElement): void {
  node.style.height = '';
  if (node.value === '') return; // as high as the style says, and measured wrongly while it is not shown
  node.style.height = 'auto';
  node.style.height = `${Math.min(node.scrollHeight, Math.max(120, innerHeight / 3))}px`;
}

export function PendingRow({ item, grouped }: { item: Pending; grouped: boolean }) {
  const name = nameOf(session.store.me);
  const live = session.connection.phase.value === 'live';
  const at = new Date(item.written_at).toISOString();
  const again = () => session.outbox.retry(item.client_id);
  const drop = () => session.outbox.discard(item.client_id);
  const failed = item.failed !== undefined;
  // A draft has neither files nor the wish to be in the channel too, and is seen only where there is a box.
  const mayEdit =
    !item.attachment_ids &&
    !item.also_send_to_channel &&
    writable(session.store.channel(item.channel_id), item.thread_id);
  const change = (event: MouseEvent) => {
    const draft = { content: item.content, reply: item.reply_to_id ?? 0 };
    const row = event.currentTarget as Element;
    if (!session.drafts.restore(item.channel_id, draft, item.thread_id)) return void toast(t('noRoom'));
    row.closest('main, aside')?.querySelector<HTMLElement>('.dock textarea')?.focus();
    drop();
  };
  return (
    <li class={`message own ${grouped ? '' : 'head0'} ${failed ? 'fail' : 'wait'}`} data-client-id={item.client_id}>
      {grouped ? <span class="gt">{timeOf(at)}</span> : <Avatar id={session.store.me} name={name} />}
      <div>
        {!grouped && (
          <div class="meta">
            <b>{name}</b>
            <time dateTime={at}>{timeOf(at)}</time>
          </div>
        )}
        {item.reply_to_id && <PendingQuote channel={item.channel_id} id={item.reply_to_id} />}
        <Markdown text={item.content} />
        <span class="st">
          <Icon name={failed ? 'triangle-alert' : 'clock-3'} size="s" />
          {failed ? `${t('notSent')} ${problemText(item.failed ?? '')}` : t(live ? 'sending' : 'waiting')}
          {failed && (
            <>
              <button type="button" onClick={again}>
                {t('again')}
              </button>
              {mayEdit && (
                <button type="button" onClick={change}>
                  {t('edit')}
                </button>
              )}
              <button type="button" onClick={drop}>
                {t('discard')}
              </button>
            </>
          )}
        </span>
      </div>
    </li>
  );
}
