// The box one writes in: of a channel, or of a thread. Never disabled for being offline; what is in it survives a reload.
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../core/i18n.ts';
import type { Channel } from '../core/store.ts';
import type { Upload } from '../core/uploads.ts';
import { mouse } from '../platform/look.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { later, lazy } from '../ui/lazy.tsx';
import type { Completion } from './Complete.tsx';
import { EmojiPop } from './lazies.ts';
import { grow } from './MessageRow.tsx';
import { editing, failed, leaveFiles, quoting, session, signed, takeFiles } from './state.ts';
import { Typing } from './Typing.tsx';

interface Props {
  channel: Channel;
  thread?: number;
}

const FILES_MAX = 10;
/** `//` is a slash that stands for itself. */
const COMMAND = /^\/[a-z]+(\s|$)/i;

const Complete = lazy(() => import('./Complete.tsx').then(m => m.Complete));
const Later = lazy(() => import('./Later.tsx').then(m => m.Later));
const uploading = () => later(() => import('./UploadLine.tsx'));
const UploadLine = lazy(() => import('./UploadLine.tsx').then(m => m.UploadLine));
const Quoted = lazy(() => import('./Quoted.tsx').then(m => m.Quoted));
let offers: typeof import('./Complete.tsx') | null = null;

const placeOf = (c: Channel, thread: number) => `${c.id}:${thread}`;

export function Composer({ channel: c, thread = 0 }: Props) {
  const box = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const emoji = useSignal<Element | null>(null);
  const also = useSignal(false);
  const files = useSignal<Upload[]>([]);
  const words = useSignal<Completion | null>(null);
  const kept = useSignal(false);
  const quote = useSignal(0);
  const clock = useSignal<Element | null>(null);
  const label = thread ? t('reply') : t('messageTo', { where: signed(c) });

  // A draft for each channel and thread; another device or tab may write on.
  const stamp = session.drafts.changed.value;
  const shown = useRef('');
  useLayoutEffect(() => {
    const node = box.current;
    const place = placeOf(c, thread);
    const { content, reply } = session.drafts.get(c.id, thread);
    if (!node || (shown.current === place && content === (node.value.trim() && node.value))) return;
    const { selectionStart, selectionEnd } = node;
    node.value = content;
    quote.value = reply;
    kept.value = content !== '';
    grow(node);
    if (shown.current === place) node.setSelectionRange(selectionStart, selectionEnd);
    else if (mouse()) node.focus();
    shown.current = place;
  }, [c, thread, stamp, kept, quote]);
  const asked = quoting.value;
  useEffect(() => {
    if (asked?.channel !== c.id || asked.thread !== thread) return;
    quoting.value = null;
    quote.value = asked.id;
    keep();
    box.current?.focus();
  });
  useEffect(() => {
    const back = takeFiles(c.id, thread);
    if (back.length) files.value = back;
    return () => leaveFiles(c.id, thread, files.peek());
  }, [c, thread, files]);
  // Files dropped anywhere on the channel are this box's.
  useEffect(() => {
    if (thread) return;
    const take = (event: Event) => add((event as CustomEvent<File[]>).detail);
    document.addEventListener('palique-files', take);
    return () => document.removeEventListener('palique-files', take);
  });

  const keep = () => {
    const content = box.current?.value ?? '';
    session.drafts.put(c.id, { content, reply: quote.value }, thread);
    kept.value = content.trim() !== '';
  };
  const offer = () => {
    const node = box.current;
    if (!node || !/[@#:/]/.test(node.value)) words.value = null;
    else if (offers) words.value = offers.completing({ node, channel: c, put, again: offer });
    else
      later(() => import('./Complete.tsx')).then(
        loaded => {
          offers = loaded;
          offer();
        },
        () => {},
      );
  };
  const changed = () => {
    const node = box.current;
    if (!node) return;
    keep();
    grow(node);
    offer();
    if (node.value && !thread) session.typing(c.id);
  };

  const put = (text: string, from: number, to: number) => {
    const node = box.current;
    if (!node) return;
    node.focus();
    node.setSelectionRange(from, to);
    // The browser's own way of typing, so that undo works.
    if (!document.execCommand('insertText', false, text)) node.setRangeText(text, from, to, 'end');
    changed();
  };
  const insert = (text: string) => {
    const node = box.current;
    if (node) put(text, node.selectionStart, node.selectionEnd);
  };
  const wrap = (sign: string, end = sign) => {
    const node = box.current;
    if (!node) return;
    const { selectionStart: from, selectionEnd: to, value } = node;
    put(sign + value.slice(from, to) + end, from, to);
    node.setSelectionRange(from + sign.length, to + sign.length);
  };

  const add = (list: File[]) => {
    uploading().then(({ begin }) => {
      const redraw = () => {
        files.value = [...files.value];
      };
      const room = FILES_MAX - files.value.length;
      files.value = [...files.value, ...list.slice(0, room).map(file => begin(file, redraw))];
    }, failed);
  };
  const live = session.connection.phase.value === 'live';
  useEffect(() => {
    if (live) for (const one of files.peek()) one.nudge();
  }, [live, files]);
  const going = files.value.some(f => f.state.value === 'going' || f.state.value === 'waiting');

  const ids = () => files.value.filter(f => f.state.value === 'done').map(f => f.id);
  const written = () => (going ? '' : (box.current?.value.trim() ?? ''));
  const clear = () => {
    const node = box.current;
    if (!node) return;
    node.value = '';
    files.value = [];
    also.value = false;
    words.value = null;
    quote.value = 0;
    keep();
    grow(node);
    node.focus();
  };
  /** What makes it a message, beside its place and its words. */
  const rest = () => ({
    ...(thread ? { thread_id: thread } : {}),
    ...(thread && also.value ? { also_send_to_channel: true } : {}),
    ...(quote.value ? { reply_to_id: quote.value } : {}),
    ...(ids().length ? { attachment_ids: ids() } : {}),
  });
  const post = (content: string) => {
    session.send({ channel_id: c.id, content, ...rest() });
    clear();
  };
  const send = () => {
    const content = written();
    if (going || (!content && !ids().length)) return;
    if (!COMMAND.test(content)) post(content.replace(/^\/\//, '/'));
    else
      later(() => import('./commands.ts'))
        .then(m => m.run(content, c))
        .then(told => {
          const here = shown.current === placeOf(c, thread);
          if (told === 'kept' || (here && written() !== content)) return;
          if (!here) session.drafts.put(c.id, { content: '', reply: 0 }, thread);
          else if (told === 'done') clear();
          else post(told.say);
        }, failed);
  };
  const schedule = (send_at: string) => {
    const body = { channel_id: c.id, content: written(), send_at, ...rest() };
    return session.api.call('POST', '/scheduled', { body }).then(clear);
  };

  const editLast = () => {
    const { timeline } = (thread && session.store.thread.value) || c;
    const mine = timeline.order.value.findLast(id => {
      const m = timeline.entries.get(id)?.message.value;
      return m && m.user_id === session.store.me && !m.is_deleted && m.message_type !== 'system';
    });
    if (mine !== undefined) editing.value = mine;
  };

  const key = (event: KeyboardEvent) => {
    const node = box.current;
    if (!node || event.isComposing) return;
    const offered = words.value;
    if (offered?.key(event)) {
      words.value = offered.closed ? null : { ...offered };
      return;
    }
    const ctrl = event.ctrlKey || event.metaKey;
    if (event.key === 'Enter' && !event.shiftKey && mouse()) {
      event.preventDefault();
      send();
    } else if (event.key === 'ArrowUp' && !event.shiftKey && node.value === '') {
      event.preventDefault();
      editLast();
    } else if (ctrl && event.key === 'b') {
      event.preventDefault();
      wrap('**');
    } else if (ctrl && event.key === 'i') {
      event.preventDefault();
      wrap('_');
    } else if (ctrl && event.shiftKey && event.code === 'KeyX') {
      event.preventDefault();
      wrap('~~');
    } else if (ctrl && event.shiftKey && event.code === 'KeyC') {
      event.preventDefault();
      wrap('`');
    } else if (ctrl && event.key === 'u') {
      event.preventDefault();
      chooser.current?.click();
    }
  };

  const tool = (icon: IconName, name: string, run: (event: MouseEvent) => void, id?: string, wide = false) => (
    <button
      type="button"
      class={`ib ${wide ? 'wide' : ''}`}
      aria-label={name}
      title={name}
      {...(id ? { id } : {})}
      onClick={run}
    >
      <Icon name={icon} />
    </button>
  );
  const own = (id: string) => (thread ? undefined : id);
  return (
    <>
      {thread > 0 && (
        <label class="also">
          <input type="checkbox" checked={also.value} onChange={event => (also.value = event.currentTarget.checked)} />
          {t('alsoTo', { where: signed(c) })}
        </label>
      )}
      {!thread && <Typing channel={c} draft={kept.value} />}
      <form
        class="comp"
        onSubmit={event => {
          event.preventDefault();
          send();
        }}
        // There before it is needed, since without a network it could not be fetched.
        onPointerEnter={() => void uploading().catch(() => {})}
        onPaste={event => {
          const list = [...(event.clipboardData?.files ?? [])];
          if (!list.length) return;
          event.preventDefault();
          add(list);
        }}
      >
        {words.value && <Complete of={words.value} close={() => (words.value = null)} />}
        {quote.value > 0 && (
          <Quoted
            channel={c.id}
            id={quote.value}
            drop={() => {
              quote.value = 0;
              keep();
              box.current?.focus();
            }}
          />
        )}
        {files.value.length > 0 && (
          <ul class="up" aria-label={t('files')}>
            {files.value.map(one => (
              <UploadLine
                key={one.file}
                of={one}
                drop={() => {
                  if (one.state.value !== 'done') one.drop();
                  files.value = files.value.filter(f => f !== one);
                }}
              />
            ))}
          </ul>
        )}
        <textarea
          ref={box}
          rows={1}
          {...(thread ? {} : { id: 'messageInput' })}
          aria-label={label}
          placeholder={label}
          maxLength={16000}
          onInput={changed}
          onKeyDown={key}
          onBlur={() => setTimeout(() => (words.value = null), 150)}
        />
        <div class="tb">
          <input
            ref={chooser}
            type="file"
            multiple
            hidden
            onChange={event => {
              add([...(event.currentTarget.files ?? [])]);
              event.currentTarget.value = '';
            }}
          />
          {tool('plus', t('attach'), () => chooser.current?.click(), own('fileButton'))}
          {tool('smile', t('emoji'), event => (emoji.value = event.currentTarget as Element), own('emojiButton'))}
          {tool('at-sign', t('mention'), () => insert('@'))}
          {!thread && (
            <>
              <span class="v wide" />
              {tool('bold', t('bold'), () => wrap('**'), undefined, true)}
              {tool('italic', t('italic'), () => wrap('_'), undefined, true)}
              {tool('code', t('code'), () => wrap('`'), undefined, true)}
              {tool('quote', t('quote'), () => insert('> '), undefined, true)}
            </>
          )}
          <span class="sp">
            {!thread && (
              <>
                <kbd>{t('shift')}</kbd> <kbd>{t('enter')}</kbd> {t('newLine')}
              </>
            )}
          </span>
          {(kept.value || files.value.length > 0) &&
            !going &&
            tool('clock-3', t('sendLater'), event => (clock.value = event.currentTarget as Element))}
          <button
            class="send"
            type="submit"
            aria-label={t('send')}
            disabled={going}
            {...(thread ? {} : { id: 'sendButton' })}
          >
            <Icon name="send-horizontal" />
          </button>
        </div>
        {emoji.value && (
          <EmojiPop
            at={emoji.value}
            label={t('emoji')}
            onClose={() => (emoji.value = null)}
            onPick={one => {
              emoji.value = null;
              insert(one);
            }}
          />
        )}
        {clock.value && <Later at={clock.value} onPick={schedule} onClose={() => (clock.value = null)} />}
      </form>
    </>
  );
}
