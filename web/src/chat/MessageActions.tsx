// What appears over a message under the pointer or the focus.
import { useSignal } from '@preact/signals';
import { t } from '../core/i18n.ts';
import type { Message } from '../core/types.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { lazy } from '../ui/lazy.tsx';
import { mayReact, react, save } from './actions.ts';
import { EmojiPop } from './lazies.ts';
import { editing, openThread, session } from './state.ts';

const MessageMore = lazy(() => import('./MessageMore.tsx').then(m => m.MessageMore));
const QUICK = ['👍', '✅', '👀'];

export function MessageActions({ message: m, inThread }: { message: Message; inThread: boolean }) {
  const emoji = useSignal<Element | null>(null);
  const more = useSignal<Element | null>(null);
  const c = session.store.channel(m.channel_id);
  const member = c.member.value && !c.meta.value.is_archived;
  const reacts = mayReact(c);
  const kept = session.store.saved.value.has(m.id);
  return (
    <div class={`act ${emoji.value || more.value ? 'on' : ''}`} role="group" aria-label={t('actions')}>
      {reacts &&
        QUICK.map(one => (
          <button key={one} type="button" class="ib q" aria-label={one} onClick={() => react(m, one)}>
            <span class="emo">{one}</span>
          </button>
        ))}
      {reacts && <hr />}
      {reacts && (
        <Tool
          icon="smile-plus"
          shortcut="+"
          label={t('addReaction')}
          onClick={event => (emoji.value = event.currentTarget as Element)}
        />
      )}
      {!inThread && (
        <Tool
          icon="message-circle-reply"
          shortcut="r"
          label={t('replyInThread')}
          onClick={() => openThread(m.channel_id, m.thread_id ?? m.id)}
        />
      )}
      {m.user_id === session.store.me && member && (
        <Tool icon="pencil" shortcut="e" label={t('edit')} onClick={() => (editing.value = m.id)} />
      )}
      <Tool
        icon="bookmark"
        shortcut="s"
        label={t(kept ? 'unsave' : 'save_')}
        pressed={kept}
        onClick={() => save(m, !kept)}
      />
      <Tool icon="ellipsis" label={t('more')} onClick={event => (more.value = event.currentTarget as Element)} />
      {emoji.value && (
        <EmojiPop
          at={emoji.value}
          label={t('addReaction')}
          onClose={() => (emoji.value = null)}
          onPick={one => {
            emoji.value = null;
            react(m, one);
          }}
        />
      )}
      {more.value && <MessageMore at={more.value} message={m} inThread={inThread} close={() => (more.value = null)} />}
    </div>
  );
}

interface ToolProps {
  icon: IconName;
  label: string;
  /** The key of the message that stands for it: shortcuts.ts. */
  shortcut?: string;
  pressed?: boolean;
  onClick: (event: MouseEvent) => void;
}

function Tool(p: ToolProps) {
  return (
    <button
      type="button"
      class="ib"
      data-key={p.shortcut}
      aria-label={p.label}
      title={p.label}
      {...(p.pressed === undefined ? {} : { 'aria-pressed': p.pressed })}
      onClick={p.onClick}
    >
      <Icon name={p.icon} />
    </button>
  );
}
