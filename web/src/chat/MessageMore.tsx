// What else can be done with a message. Fetched when somebody asks for it first.
import { useSignal } from '@preact/signals';
import { t } from '../core/i18n.ts';
import type { Message } from '../core/types.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { Popover } from '../ui/Popover.tsx';
import { copy, copyLink, mayChange, quote, remove, unread } from './actions.ts';
import { dialog, failed, session, toast } from './state.ts';

function pin(message: Message, on: boolean): void {
  session.api.call(on ? 'PUT' : 'DELETE', `/messages/${message.id}/pin`).catch(failed);
}

async function report(message: Message, reason: string): Promise<boolean> {
  try {
    await session.api.call('POST', `/messages/${message.id}/report`, { body: { reason } });
    toast(t('reported'));
    return true;
  } catch (wrong) {
    failed(wrong);
    return false;
  }
}

interface Props {
  at: Element;
  message: Message;
  inThread: boolean;
  close: () => void;
}

export function MessageMore(p: Props) {
  return (
    <Popover at={p.at} label={t('more')} onClose={p.close} class="menu">
      <More {...p} />
    </Popover>
  );
}

function More({ message: m, inThread, close }: Props) {
  const asking = useSignal(false);
  const c = session.store.channel(m.channel_id);
  const can = c.meta.value.can;
  const mine = m.user_id === session.store.me;
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
      {c.member.value && can?.post !== false && item('quote', t('quoteMessage'), () => quote(m, inThread))}
      {item('copy', t('copyText'), () => copy(m.content))}
      {item('link', t('copyLink'), () => copyLink(m))}
      {c.member.value && !m.thread_id && item('bell', t('markUnread'), () => unread(m))}
      {c.member.value && item('eye', t('readers'), () => (dialog.value = { kind: 'readers', message: m }))}
      {m.edited_at &&
        mayChange(m) &&
        item('history', t('history'), () => (dialog.value = { kind: 'history', message: m }))}
      {c.member.value && can?.pin !== false && item('pin', t(m.pin ? 'unpin' : 'pin'), () => pin(m, !m.pin))}
      {!mine && (
        <button type="button" onClick={() => (asking.value = true)}>
          <Icon name="flag" size="s" />
          {t('report')}
        </button>
      )}
      {mayChange(m) && c.member.value && item('trash', t('delete'), () => remove(m), true)}
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
