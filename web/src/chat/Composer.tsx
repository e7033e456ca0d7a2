// The box one writes in: of a channel, or of a thread. Never disabled for being offline; what is in it survives a reload.
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { sizeOf } from '../core/format.ts';
import { problemText, t } from '../core/i18n.ts';
import type { Channel } from '../core/store.ts';
import { Upload } from '../core/uploads.ts';
import { sender } from '../platform/xhr.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { Popover } from '../ui/Popover.tsx';
import { Complete, type Completion, completing } from './Complete.tsx';
import { Emoji } from './Emoji.tsx';
import { grow } from './MessageRow.tsx';
import { editing, leaveFiles, session, signed, takeFiles } from './state.ts';

interface Props {
  channel: Channel;
  thread?: number;
}

const FILES_MAX = 10;

export function Composer({ channel: c, thread = 0 }: Props) {
  const box = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const emoji = useSignal<Element | null>(null);
  const also = useSignal(false);
  const files = useSignal<Upload[]>([]);
  const words = useSignal<Completion | null>(null);
  const kept = useSignal(false);
  const label = thread ? t('reply') : t('messageTo', { where: signed(c) });

  // A draft for each channel and thread.
  useLayoutEffect(() => {
    const node = box.current;
    if (!node) return;
    node.value = session.drafts.get(c.id, thread);
    kept.value = node.value !== '';
    grow(node);
    if (matchMedia('(hover: hover)').matches) node.focus();
  }, [c, thread, kept]);
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

  const changed = () => {
    const node = box.current;
    if (!node) return;
    session.drafts.put(c.id, node.value, thread);
    kept.value = node.value !== '';
    grow(node);
    words.value = completing(node.value, node.selectionStart, c);
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
    const room = FILES_MAX - files.value.length;
    const parts = {
      send: sender(() => session.api.accessToken),
      info: (id: number) => session.api.call<never>('GET', `/files/${id}/info`),
      refresh: () => session.api.refresh(),
      later: (ms: number, what: () => void) => {
        const timer = setTimeout(what, ms);
        return () => clearTimeout(timer);
      },
    };
    const redraw = () => {
      files.value = [...files.value];
    };
    files.value = [...files.value, ...list.slice(0, room).map(file => new Upload(file, parts, redraw))];
  };
  const live = session.connection.phase.value === 'live';
  useEffect(() => {
    if (live) for (const one of files.peek()) one.nudge();
  }, [live, files]);
  const going = files.value.some(f => f.state.value === 'going' || f.state.value === 'waiting');

  const send = () => {
    const node = box.current;
    const content = node?.value.trim() ?? '';
    const ids = files.value.filter(f => f.state.value === 'done').map(f => f.id);
    if (!node || going || (!content && !ids.length)) return;
    session.send({
      channel_id: c.id,
      content,
      ...(thread ? { thread_id: thread } : {}),
      ...(thread && also.value ? { also_send_to_channel: true } : {}),
      ...(ids.length ? { attachment_ids: ids } : {}),
    });
    node.value = '';
    files.value = [];
    also.value = false;
    words.value = null;
    session.drafts.put(c.id, '', thread);
    kept.value = false;
    grow(node);
    node.focus();
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
    if (offered?.key(event, put)) {
      words.value = offered.closed ? null : { ...offered };
      return;
    }
    const ctrl = event.ctrlKey || event.metaKey;
    const touch = !matchMedia('(hover: hover)').matches;
    if (event.key === 'Enter' && !event.shiftKey && !touch) {
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
        onPaste={event => {
          const list = [...(event.clipboardData?.files ?? [])];
          if (!list.length) return;
          event.preventDefault();
          add(list);
        }}
      >
        {words.value && <Complete of={words.value} put={put} close={() => (words.value = null)} />}
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
          <Popover at={emoji.value} label={t('emoji')} onClose={() => (emoji.value = null)}>
            <Emoji
              onPick={one => {
                emoji.value = null;
                insert(one);
              }}
            />
          </Popover>
        )}
      </form>
    </>
  );
}

function UploadLine({ of, drop }: { of: Upload; drop: () => void }) {
  const state = of.state.value;
  const size = sizeOf(of.file.size);
  return (
    <li class={state === 'failed' ? 'bad' : ''}>
      <span class="th">
        <Icon name="file-text" />
      </span>
      <div>
        {of.file.name}
        <br />
        <small>
          {state === 'failed'
            ? problemText(of.reason.value)
            : state === 'waiting'
              ? t('waiting')
              : state === 'done'
                ? size
                : `${sizeOf(of.sent.value)} / ${size}`}
        </small>
      </div>
      <button type="button" class="ib" aria-label={t('cancelUpload', { name: of.file.name })} onClick={drop}>
        <Icon name="x" size="s" />
      </button>
      {state !== 'done' && state !== 'failed' && (
        <progress max={of.file.size || 1} value={of.sent.value} aria-label={of.file.name} />
      )}
    </li>
  );
}

function Typing({ channel: c, draft }: { channel: Channel; draft: boolean }) {
  const beat = useSignal(0);
  const now = Date.now();
  const typing = [...c.typing.value].filter(([, until]) => until > now);
  void beat.value;
  useEffect(() => {
    if (!typing.length) return;
    const soonest = Math.min(...typing.map(([, until]) => until));
    const timer = setTimeout(() => beat.value++, soonest - now + 50);
    return () => clearTimeout(timer);
  });
  const names = typing.map(([id]) => session.store.users.get(id)?.value.display_name ?? '…');
  const words =
    names.length === 0
      ? ''
      : names.length === 1
        ? t('typing1', { a: names[0] ?? '' })
        : names.length === 2
          ? t('typing2', { a: names[0] ?? '', b: names[1] ?? '' })
          : t('typingMany');
  return (
    <div class="typing" id="typingIndicator">
      {names.length > 0 && (
        <span class="dots" aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
      )}
      <span>{words}</span>
      {draft && !words && <span class="right">{t('draftKept')}</span>}
    </div>
  );
}
