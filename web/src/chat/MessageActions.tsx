// What appears over a message under the pointer or the focus.
import { useSignal } from '@preact/signals';
import { t } from '../core/i18n.ts';
import type { Message } from '../core/types.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { Popover } from '../ui/Popover.tsx';
import { copy, copyLink, pin, react, remove, report, save, unread } from './actions.ts';
import { Emoji } from './Emoji.tsx';
import { editing, openThread, session } from './state.ts';

const QUICK = ['👍', '✅', '👀'];

export function MessageActions({ message: m, inThread }: { message: Message; inThread: boolean }) {
  const emoji = useSignal<Element | null>(null);
  const more = useSignal<Element | null>(null);
  const c = session.store.channel(m.channel_id);
  const member = c.member.value && !c.meta.value.is_archived;
  const kept = session.store.saved.value.has(m.id);
  return (
    <div class={`act ${emoji.value || more.value ? 'on' : ''}`} role="group" aria-label={t('actions')}>
      {member &&
        QUICK.map(one => (
          <button key={one} type="button" class="ib q" aria-label={one} onClick={() => react(m, one)}>
            <span class="emo">{one}</span>
          </button>
        ))}
      {member && <hr />}
      {member && (
        <Tool
          icon="smile-plus"
          label={t('addReaction')}
          onClick={event => (emoji.value = event.currentTarget as Element)}
        />
      )}
      {!inThread && (
        <Tool
          icon="message-circle-reply"
          label={t('replyInThread')}
          onClick={() => openThread(m.channel_id, m.thread_id ?? m.id)}
        />
      )}
      {m.user_id === session.store.me && member && (
        <Tool icon="pencil" label={t('edit')} onClick={() => (editing.value = m.id)} />
      )}
      <Tool icon="bookmark" label={t(kept ? 'unsave' : 'save_')} pressed={kept} onClick={() => save(m, !kept)} />
      <Tool icon="ellipsis" label={t('more')} onClick={event => (more.value = event.currentTarget as Element)} />
      {emoji.value && (
        <Popover at={emoji.value} label={t('addReaction')} onClose={() => (emoji.value = null)}>
          <Emoji
            onPick={one => {
              emoji.value = null;
              react(m, one);
            }}
          />
        </Popover>
      )}
      {more.value && (
        <Popover at={more.value} label={t('more')} onClose={() => (more.value = null)} class="menu">
          <More m={m} close={() => (more.value = null)} />
        </Popover>
      )}
    </div>
  );
}

function Tool(p: { icon: IconName; label: string; pressed?: boolean; onClick: (event: MouseEvent) => void }) {
  return (
    <button
      type="button"
      class="ib"
      aria-label={p.label}
      title={p.label}
      {...(p.pressed === undefined ? {} : { 'aria-pressed': p.pressed })}
      onClick={p.onClick}
    >
      <Icon name={p.icon} />
    </button>
  );
}

function More({ m, close }: { m: Message; close: () => void }) {
  const asking = useSignal(false);
  const c = session.store.channel(m.channel_id);
  const can = c.meta.value.can;
  const mine = m.user_id === session.store.me;
  const moderates = mine || !!can?.moderate || session.me.value.role !== 'member';
  const item = (icon: IconName, label: string, run: () => void, danger = false) => (
    <button
      type="button"
      class={danger ? 'd' : ''}
      onClick={() => {
        close();
        run();
      }}
    >
      <Icon name={icon} size="s" />
      {label}
    </button>
  );
  if (asking.value) return <ReportForm m={m} close={close} />;
  return (
    <>
      {item('copy', t('copyText'), () => copy(m.content))}
      {item('link', t('copyLink'), () => copyLink(m))}
      {c.member.value && !m.thread_id && item('bell', t('markUnread'), () => unread(m))}
      {c.member.value && can?.pin !== false && item('pin', t(m.pin ? 'unpin' : 'pin'), () => pin(m, !m.pin))}
      {!mine && (
        <button type="button" onClick={() => (asking.value = true)}>
          <Icon name="flag" size="s" />
          {t('report')}
        </button>
      )}
      {moderates && c.member.value && item('trash', t('delete'), () => remove(m), true)}
    </>
  );
}

function ReportForm({ m, close }: { m: Message; close: () => void }) {
  return (
    <form
      class="ask"
      onSubmit={event => {
        event.preventDefault();
        const reason = String(new FormData(event.currentTarget).get('reason') ?? '').trim();
        if (reason) void report(m, reason).then(done => done && close());
      }}
    >
      <label for="reason">{t('reportWhy')}</label>
      <textarea id="reason" name="reason" rows={3} required maxLength={1000} data-first />
      <button type="submit" class="btn sm p">
        {t('report')}
      </button>
    </form>
  );
}
