// What can be done with a message, and the words on it that are this screen's own: deletions that can still be undone.
import { signal } from '@preact/signals';
import { t } from '../core/i18n.ts';
import type { Channel } from '../core/store.ts';
import type { Message } from '../core/types.ts';
import { divider, failed, heldUnread, quoting, session, toast } from './state.ts';

const UNDO_MS = 5000;

/** Deleted here, not yet told to the server. */
export const leaving = signal<ReadonlyMap<number, () => void>>(new Map());

export function remove(message: Message): void {
  const timer = setTimeout(() => settle(message.id, true), UNDO_MS);
  const close = toast(
    t('deletedToast'),
    {
      label: 'undo',
      run: () => {
        clearTimeout(timer);
        settle(message.id, false);
      },
    },
    UNDO_MS,
  );
  leaving.value = new Map(leaving.value).set(message.id, () => {
    clearTimeout(timer);
    close();
    settle(message.id, true, true);
  });
}

function settle(id: number, really: boolean, keepalive = false): void {
  const restore = () => {
    const rest = new Map(leaving.value);
    rest.delete(id);
    leaving.value = rest;
  };
  if (!really) {
    restore();
    return;
  }
  session.api.call('DELETE', `/messages/${id}`, { keepalive }).then(restore, wrong => {
    restore();
    failed(wrong);
  });
}

/** The page goes: what was deleted is deleted. */
export function flush(): void {
  for (const now of leaving.peek().values()) now();
}

export const mayReact = (c: Channel) =>
  c.member.value && !c.meta.value.is_archived && c.meta.value.can?.react !== false;

export function react(message: Message, emoji: string): void {
  const mine = message.reactions?.find(r => r.emoji === emoji)?.user_ids.includes(session.store.me);
  session.react(message, emoji, !mine).catch(failed);
}

export function save(message: Message, on: boolean): void {
  session.api.call(on ? 'PUT' : 'DELETE', `/messages/${message.id}/saved`, on ? { body: {} } : {}).catch(failed);
}

/** The box beside it is to answer it. */
export function quote(message: Message, inThread: boolean): void {
  const thread = (inThread && session.store.thread.value?.root) || 0;
  quoting.value = { channel: message.channel_id, thread, id: message.id };
}

/** Who may see what it said before, and take its previews away. */
export function mayChange(message: Message): boolean {
  const { can } = session.store.channel(message.channel_id).meta.value;
  return message.user_id === session.store.me || !!can?.moderate || session.me.value.role !== 'member';
}

export function copyLink(message: Message): void {
  copy(`${location.origin}/c/${message.channel_id}/${message.id}`);
}

export function copy(text: string): void {
  const done = () => void toast(t('copied'), undefined, 2500);
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, () => toast(text));
  else toast(text); // without TLS there is no clipboard: at least it can be read
}

export function unread(message: Message): void {
  const body = { message_id: message.id };
  heldUnread.value = message.channel_id;
  divider.value = { channel: message.channel_id, seq: message.seq - 1 };
  session.api.call('POST', `/channels/${message.channel_id}/unread`, { body }).catch(failed);
}
