// What was written and is not stored yet. One key per message, so that tabs cannot overwrite each other; one message of
// a channel is under way at a time, so that their order is the order of writing. The server knows a client_id again.
import { signal } from '@preact/signals';

export interface Pending {
  client_id: string;
  channel_id: number;
  content: string;
  written_at: number;
  /** Within one millisecond the order of writing. */
  turn: number;
  thread_id?: number;
  also_send_to_channel?: boolean;
  reply_to_id?: number;
  attachment_ids?: number[];
  /** Set: refused; kept until the user decides. */
  failed?: string;
}

/** 'retry': nothing wrong with the message; 'hold': not before the connection lives again, since one is signed out;
 *  'failed': the user has to decide. */
export type Outcome =
  | { kind: 'sent' }
  | { kind: 'retry'; after_ms?: number }
  | { kind: 'hold' }
  | { kind: 'failed'; code: string };

export interface Disk {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface OutboxParts {
  disk: Disk;
  send: (item: Pending) => Promise<Outcome>;
  now: () => number;
  uuid: () => string;
  later: (ms: number, what: () => void) => void;
  random: () => number;
}

const PREFIX = 'outbox:';
const WAIT_MIN_MS = 500;
const WAIT_MAX_MS = 30_000;

/** What an answer to a post means for the message. */
export function outcomeOf(status: number, code: string, retryAfterS?: number): Outcome {
  if (status >= 200 && status < 300) return { kind: 'sent' };
  // The request has renewed the token already, or could not: signed out, the message waits for the next sign-in.
  if (status === 401) return { kind: 'hold' };
  const again = status === 0 || status === 408 || status === 429 || status >= 500;
  if (!again) return { kind: 'failed', code };
  return retryAfterS === undefined ? { kind: 'retry' } : { kind: 'retry', after_ms: retryAfterS * 1000 };
}

export class Outbox {
  readonly items = signal<Pending[]>([]);
  private readonly busy = new Set<number>();
  private readonly waits = new Map<number, number>();
  /** Channels that wait before they try again; the object tells one wait from the next. */
  private readonly resting = new Map<number, object>();
  /** Those that the disk did not take: they are here alone. */
  private readonly unkept = new Set<string>();
  private turn = 0;
  private live = false;

  constructor(
    private readonly user: number,
    private readonly parts: OutboxParts,
  ) {
    this.reload();
  }

  /** What another tab or an earlier visit left. */
  reload(): void {
    const found = this.items.value.filter(item => this.unkept.has(item.client_id));
    for (let i = 0; i < this.parts.disk.length; i++) {
      const item = this.read(this.parts.disk.key(i));
      if (item && !this.unkept.has(item.client_id)) found.push(item);
    }
    found.sort((a, b) => a.written_at - b.written_at || a.turn - b.turn);
    this.turn = found.reduce((most, item) => Math.max(most, item.turn + 1), this.turn);
    this.items.value = found;
  }

  add(what: Omit<Pending, 'client_id' | 'written_at' | 'turn' | 'failed'>): Pending {
    const item = { ...what, client_id: this.parts.uuid(), written_at: this.parts.now(), turn: this.turn++ };
    this.write(item);
    this.items.value = [...this.items.value, item];
    this.pump(item.channel_id);
    return item;
  }

  /** The connection lives or not; living, everything that waits goes out at once. */
  setLive(live: boolean): void {
    this.live = live;
    if (!live) return;
    this.waits.clear();
    this.resting.clear();
    for (const channel of new Set(this.items.value.map(i => i.channel_id))) this.pump(channel);
  }

  /** It is stored: said by the answer or by its event, whichever is first. */
  confirm(clientId: string): void {
    const item = this.items.value.find(i => i.client_id === clientId);
    if (!item) return;
    this.parts.disk.removeItem(this.keyOf(clientId));
    this.items.value = this.items.value.filter(i => i !== item);
    this.pump(item.channel_id);
  }

  retry(clientId: string): void {
    this.replace(clientId, ({ failed: _, ...item }) => item);
    const item = this.items.value.find(i => i.client_id === clientId);
    if (item) this.pump(item.channel_id);
  }

  discard(clientId: string): void {
    this.confirm(clientId);
  }

  /** At sign-out. */
  erase(): void {
    for (const item of this.items.value) this.parts.disk.removeItem(this.keyOf(item.client_id));
    this.items.value = [];
  }

  private pump(channel: number): void {
    if (!this.live || this.busy.has(channel) || this.resting.has(channel)) return;
    const next = this.items.value.find(i => i.channel_id === channel && i.failed === undefined);
    if (!next) return;
    this.busy.add(channel);
    this.parts.send(next).then(
      outcome => this.settle(next, outcome),
      () => this.settle(next, { kind: 'retry' }),
    );
  }

  private settle(item: Pending, outcome: Outcome): void {
    this.busy.delete(item.channel_id);
    if (outcome.kind === 'hold') {
      this.live = false;
      return;
    }
    if (outcome.kind === 'retry') {
      this.rest(item.channel_id, outcome.after_ms);
      return;
    }
    this.waits.delete(item.channel_id);
    if (outcome.kind === 'sent') this.confirm(item.client_id);
    else this.replace(item.client_id, i => ({ ...i, failed: outcome.code }));
    this.pump(item.channel_id);
  }

  private rest(channel: number, told?: number): void {
    const most = this.waits.get(channel) ?? WAIT_MIN_MS;
    this.waits.set(channel, Math.min(most * 2, WAIT_MAX_MS));
    const mine = {};
    this.resting.set(channel, mine);
    this.parts.later(told ?? most * (0.5 + this.parts.random() / 2), () => {
      if (this.resting.get(channel) !== mine) return;
      this.resting.delete(channel);
      this.pump(channel);
    });
  }

  private replace(clientId: string, how: (item: Pending) => Pending): void {
    this.items.value = this.items.value.map(item => {
      if (item.client_id !== clientId) return item;
      const changed = how(item);
      this.write(changed);
      return changed;
    });
  }

  private keyOf(clientId: string): string {
    return `${PREFIX}${this.user}:${clientId}`;
  }

  private write(item: Pending): void {
    try {
      this.parts.disk.setItem(this.keyOf(item.client_id), JSON.stringify(item));
      this.unkept.delete(item.client_id);
    } catch {
      // Full or forbidden: it is sent all the same, but does not survive a reload.
      this.unkept.add(item.client_id);
    }
  }

  private read(key: string | null): Pending | null {
    if (!key?.startsWith(`${PREFIX}${this.user}:`)) return null;
    try {
      const item = JSON.parse(this.parts.disk.getItem(key) ?? 'null') as Pending | null;
      return item && typeof item.client_id === 'string' && typeof item.channel_id === 'number' ? item : null;
    } catch {
      return null;
    }
  }
}
