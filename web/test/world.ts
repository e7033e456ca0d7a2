import type { Disk, Pending } from '../src/core/outbox.ts';
import type { Durable, Frame, Message } from '../src/core/types.ts';

export const message = (id: number, seq: number, more: Partial<Message> = {}): Message => ({
  id,
  channel_id: 1,
  user_id: 2,
  username: 'ana',
  content: `m${id}`,
  message_type: 'text',
  reply_to_id: null,
  client_id: null,
  mentions: [],
  seq,
  created_at: '2026-01-02T03:04:05.678Z',
  edited_at: null,
  is_deleted: false,
  ...more,
});
export const posted = (id: number, seq: number, more: Partial<Message> = {}): Durable & Frame =>
  ({ type: 'chat_message', channel_id: 1, seq, message: message(id, seq, more) }) as unknown as Durable & Frame;
export const frame = (f: object): Durable & Frame => f as Durable & Frame;

/** localStorage in memory. */
export function disk(): Disk & { keys(): string[] } {
  const map = new Map<string, string>();
  return {
    get length() {
      return map.size;
    },
    key: i => [...map.keys()][i] ?? null,
    getItem: k => map.get(k) ?? null,
    setItem: (k, v) => void map.set(k, v),
    removeItem: k => void map.delete(k),
    keys: () => [...map.keys()],
  };
}

/** Time that passes when a test says so. */
export class Clock {
  now = 0;
  private list: { at: number; what: () => void }[] = [];
  later = (ms: number, what: () => void): (() => void) => {
    const item = { at: this.now + ms, what };
    this.list.push(item);
    return () => {
      this.list = this.list.filter(i => i !== item);
    };
  };
  pass(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const next = this.list.filter(i => i.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.now = next.at;
      this.list = this.list.filter(i => i !== next);
      next.what();
    }
    this.now = end;
  }
}
export const settle = async () => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};
export const texts = (items: Pending[]) => items.map(i => i.content);
