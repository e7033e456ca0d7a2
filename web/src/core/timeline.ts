// One channel's messages: the place of each event decides, never the clock. Events are applied once and in order,
// what comes too early is held, what a page already told is not applied again.
import { type Signal, signal } from '@preact/signals';
import type { Durable, Message, Page, Reaction, ThreadSummary } from './types.ts';

/** More than this is not held: the range is asked for again anyway. */
const HELD_MAX = 2000;
const USER_IDS_MAX = 50;

export interface Entry {
  message: Signal<Message>;
  /** The event up to which this message is known: a page may be ahead of the log. */
  at: number;
}

export class Timeline {
  /** Ids of what is shown in the channel, ascending by seq. */
  readonly order = signal<number[]>([]);
  readonly entries = new Map<number, Entry>();
  /** The last event that was applied; null: nothing is known of the channel yet. */
  applied: number | null = null;
  hasBefore = true;
  hasAfter = false;
  private readonly held = new Map<number, Durable>();

  /** `thread`: what is shown is this message and what hangs on it. */
  constructor(
    private readonly onApplied: (event: Durable) => void = () => {},
    private readonly thread = 0,
  ) {}

  /** An event that somebody else has put in order. */
  follow(event: Durable): void {
    if (event.seq > (this.applied ?? 0)) this.apply(event);
  }

  /** Takes a durable event; answers whether events before it are missing. */
  take(event: Durable): boolean {
    this.applied ??= event.seq - 1;
    if (event.seq <= this.applied) return false;
    if (event.seq > this.applied + 1) {
      if (this.held.size < HELD_MAX) this.held.set(event.seq, event);
      return true;
    }
    this.apply(event);
    this.drain();
    return this.held.size > 0;
  }

  get missing(): boolean {
    return this.held.size > 0;
  }

  /** One's own message as the answer to posting tells it; its event comes too, and changes nothing. */
  early(message: Message): void {
    if (!this.hasAfter && this.belongs(message) && this.put(message, message.seq)) this.sort();
  }

  /** The events up to `seq` cannot be had any more: go on after them. A page has to be loaded. */
  skipTo(seq: number): void {
    this.applied = Math.max(this.applied ?? 0, seq);
    this.drain();
  }

  /** What was kept of an earlier visit, up to the event `applied`; `cut`: there was more before it. */
  restore(items: Message[], applied: number, cut: boolean): void {
    for (const message of items) this.put(message, applied);
    this.applied = applied;
    this.hasBefore = cut;
    this.sort();
  }

  /** A page of history, as it was at head_seq. `replace`: what was there is not connected with it, or is out of date. */
  merge(page: Page, where: 'replace' | 'before' | 'after'): void {
    // What came while the page was under way is not in it, and stays.
    if (where === 'replace')
      for (const [id, entry] of this.entries)
        if (page.has_after || entry.message.value.seq <= page.head_seq) this.entries.delete(id);
    for (const message of page.items) this.put(message, page.head_seq);
    if (where !== 'after') this.hasBefore = page.has_before;
    if (where !== 'before') this.hasAfter = page.has_after;
    // Of a newest page each event up to head_seq is in it.
    if (this.applied === null) this.applied = page.head_seq;
    this.sort();
  }

  /** Not more rows than this: those at the far end can be loaded again. */
  trim(most: number, end: 'first' | 'last'): void {
    const over = this.order.value.length - most;
    if (over <= 0) return;
    const gone = end === 'first' ? this.order.value.slice(0, over) : this.order.value.slice(-over);
    for (const id of gone) this.entries.delete(id);
    if (end === 'first') this.hasBefore = true;
    else this.hasAfter = true;
    this.sort();
  }

  private drain(): void {
    if (this.applied === null) return;
    for (const seq of this.held.keys()) if (seq <= this.applied) this.held.delete(seq);
    for (let next = this.held.get(this.applied + 1); next; next = this.held.get(this.applied + 1)) {
      this.held.delete(next.seq);
      this.apply(next);
    }
  }

  private apply(event: Durable): void {
    this.applied = event.seq;
    switch (event.type) {
      case 'chat_message':
        if (event.message.thread_id) this.summary(event.message.thread_id, event.thread, event.seq);
        // The newest part is not loaded while one reads far above it: then only the head moves.
        if (!this.hasAfter && this.belongs(event.message) && this.put(event.message, event.seq)) this.sort();
        break;
      case 'message_edited':
      case 'message_updated':
        if (this.entries.has(event.message.id)) this.put(event.message, event.seq);
        break;
      case 'message_deleted':
        this.change(event.message_id, event.seq, m => gone(m));
        if (event.thread_id) this.summary(event.thread_id, event.thread, event.seq);
        break;
      case 'message_pinned':
        this.change(event.message_id, event.seq, m => ({ ...m, pin: { user_id: event.user_id } }));
        break;
      case 'message_unpinned':
        this.change(event.message_id, event.seq, ({ pin: _, ...m }) => m);
        break;
      case 'reaction_added':
        this.change(event.message_id, event.seq, m => ({ ...m, reactions: added(m.reactions ?? [], event) }));
        break;
      case 'reaction_removed':
        this.change(event.message_id, event.seq, m => ({ ...m, reactions: removed(m.reactions ?? [], event) }));
        break;
      default:
        break; // of the channel itself: the store's
    }
    this.onApplied(event);
  }

  /** Answers whether it is new here. */
  private put(message: Message, at: number): boolean {
    const entry = this.entries.get(message.id);
    if (!entry) {
      this.entries.set(message.id, { message: signal(message), at });
      return true;
    }
    if (at >= entry.at) {
      entry.message.value = message;
      entry.at = at;
    }
    return false;
  }

  private change(id: number, at: number, how: (m: Message) => Message): void {
    const entry = this.entries.get(id);
    if (!entry || at <= entry.at) return;
    entry.message.value = how(entry.message.value);
    entry.at = at;
  }

  private summary(root: number, thread: ThreadSummary | undefined, at: number): void {
    if (thread) this.change(root, at, m => ({ ...m, thread }));
  }

  private belongs(m: Message): boolean {
    return this.thread ? m.id === this.thread || m.thread_id === this.thread : m.in_channel !== false;
  }

  private sort(): void {
    const shown = [...this.entries.values()].map(e => e.message.value).filter(m => this.belongs(m));
    this.order.value = shown.sort((a, b) => a.seq - b.seq).map(m => m.id);
  }
}

function gone({ reactions: _, pin: __, ...m }: Message): Message {
  return { ...m, content: '', is_deleted: true };
}

function added(list: Reaction[], who: { emoji: string; user_id: number }): Reaction[] {
  if (!list.some(r => r.emoji === who.emoji)) return [...list, { emoji: who.emoji, count: 1, user_ids: [who.user_id] }];
  return list.map(r =>
    r.emoji === who.emoji && !r.user_ids.includes(who.user_id)
      ? { ...r, count: r.count + 1, user_ids: [...r.user_ids, who.user_id].slice(0, USER_IDS_MAX) }
      : r,
  );
}

function removed(list: Reaction[], who: { emoji: string; user_id: number }): Reaction[] {
  return list
    .map(r =>
      r.emoji === who.emoji ? { ...r, count: r.count - 1, user_ids: r.user_ids.filter(id => id !== who.user_id) } : r,
    )
    .filter(r => r.count > 0);
}
