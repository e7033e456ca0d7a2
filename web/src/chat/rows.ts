// What stands below each other in a channel: messages in their groups, days, the mark above what is new, what is not sent yet.
import { dayOf } from '../core/format.ts';
import type { Pending } from '../core/outbox.ts';
import type { Message } from '../core/types.ts';

const GROUP_MS = 5 * 60_000;

export type Row =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'new'; key: string; since: string; older: boolean }
  | { kind: 'message'; key: string; id: number; grouped: boolean }
  | { kind: 'pending'; key: string; item: Pending; grouped: boolean };

/** `newAfter`: the place up to which it was read, -1 for none; `cut`: there is more above the first message. */
export function rowsOf(messages: Message[], pending: Pending[], me: number, newAfter: number, cut = false): Row[] {
  const rows: Row[] = [];
  let day = '';
  let before: { user: number; at: number; system: boolean } | null = null;
  let told = newAfter < 0;
  for (const m of messages) {
    const today = dayOf(m.created_at);
    if (today !== day) {
      rows.push({ kind: 'day', key: `day ${today}`, at: m.created_at });
      day = today;
      before = null;
    }
    if (!told && m.seq > newAfter && m.user_id !== me) {
      rows.push({
        kind: 'new',
        key: 'new',
        since: m.created_at,
        older: cut && m === messages[0] && m.seq > newAfter + 1,
      });
      told = true;
      before = null;
    }
    const at = Date.parse(m.created_at);
    const grouped = near(before, m.user_id, at) && !m.quote && !m.thread_id;
    rows.push({ kind: 'message', key: m.client_id ?? String(m.id), id: m.id, grouped });
    before = { user: m.user_id, at, system: m.message_type === 'system' };
  }
  for (const item of pending) {
    const grouped = near(before, me, item.written_at) && !item.reply_to_id && !item.thread_id;
    rows.push({ kind: 'pending', key: item.client_id, item, grouped });
    before = { user: me, at: item.written_at, system: false };
  }
  return rows;
}

const near = (before: { user: number; at: number; system: boolean } | null, user: number, at: number) =>
  before !== null && !before.system && before.user === user && at - before.at < GROUP_MS;
