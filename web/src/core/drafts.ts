// What is half written: at once in this browser, one key for each channel and thread, so that tabs cannot overwrite each other;
// a moment later on the server, so that one's other devices go on with it. What the server has not got yet is never replaced:
// where another device has written meanwhile, both texts stay.
import { signal } from '@preact/signals';
import { type Api, Problem } from './api.ts';
import type { Disk } from './outbox.ts';
import type { KeptDraft } from './types.ts';

export interface Draft {
  content: string;
  /** The message that it answers, or 0. */
  reply: number;
}

interface Kept extends Draft {
  /** As stamp() tells it, what the server has; '': nothing. */
  sent: string;
  /** When it was last written here. */
  typed: number;
}

export interface DraftParts {
  disk: Disk;
  api: Api;
  now: () => number;
  later: (ms: number, what: () => void) => void;
}

const PUSH_MS = 1500;
const AGAIN_MS = 10_000;
/** Who writes here is not interrupted by what another device, or an echo that is late, says. */
const QUIET_MS = 5000;
const NONE: Kept = { content: '', reply: 0, sent: '', typed: 0 };

const stamp = (d: Draft) => (d.content ? `${d.reply}:${d.content}` : '');

export class Drafts {
  /** Goes up when a draft has changed by another hand than the box that shows it. */
  readonly changed = signal(0);
  private live = false;
  private syncing = false;
  /** What is under way to the server. */
  private readonly busy = new Map<string, string>();
  private readonly waiting = new Set<string>();
  /** Written, here or on the server, since the list was asked for: the list may be older. */
  private readonly touched = new Set<string>();

  constructor(
    private readonly user: number,
    private readonly parts: DraftParts,
  ) {}

  get(channel: number, thread = 0): Draft {
    return this.read(this.keyOf(channel, thread));
  }

  /** Whether this browser has kept it. */
  put(channel: number, draft: Draft, thread = 0): boolean {
    const key = this.keyOf(channel, thread);
    const kept = this.read(key);
    const content = draft.content.trim() ? draft.content : '';
    const stored = this.write(key, {
      content,
      reply: content ? draft.reply : 0,
      sent: kept.sent,
      typed: this.parts.now(),
    });
    this.touched.add(key);
    if (content) this.soon(key, PUSH_MS);
    else void this.push(key);
    return stored;
  }

  /** What was refused comes back, above what is written by now; false: there is no room for it. */
  restore(channel: number, draft: Draft, thread = 0): boolean {
    const { content, reply } = this.get(channel, thread);
    const both = content ? joined(draft.content, content) : draft.content;
    const stored = this.put(channel, { content: both, reply: draft.reply || reply }, thread);
    if (stored) this.changed.value++;
    return stored;
  }

  all(): (Draft & { channel: number; thread: number })[] {
    return this.keys()
      .map(key => ({ ...this.read(key), ...this.placeOf(key) }))
      .filter(d => d.content)
      .sort((a, b) => b.typed - a.typed);
  }

  /** How many there are of which the server has another state. */
  unsent(): number {
    return this.keys()
      .map(key => this.read(key))
      .filter(d => d.content && stamp(d) !== d.sent).length;
  }

  /** The connection lives or not; living, what another device wrote meanwhile is fetched, and what waits goes out. */
  setLive(live: boolean): void {
    this.live = live;
    if (live) void this.sync();
  }

  /** draft_updated, or draft_deleted: of this device too. */
  follow(told: Pick<KeptDraft, 'channel_id' | 'thread_id'>, draft: KeptDraft | null): void {
    const key = this.keyOf(told.channel_id, told.thread_id ?? 0);
    const kept = this.read(key);
    const now = stamp(draftOf(draft));
    this.touched.add(key);
    if (now === kept.sent || now === this.busy.get(key)) return;
    const quiet = kept.typed + QUIET_MS - this.parts.now();
    if (quiet > 0 || this.busy.has(key)) this.parts.later(Math.max(quiet, PUSH_MS), () => void this.sync());
    else this.adopt(key, draftOf(draft));
  }

  /** Another tab has written. */
  reread(key: string | null): void {
    if (key?.startsWith(this.prefix)) this.changed.value++;
  }

  /** All that waits goes out now: one leaves. */
  flush(keepalive: boolean): Promise<unknown> {
    return Promise.all(this.keys().map(key => this.push(key, keepalive)));
  }

  private async sync(): Promise<void> {
    if (this.syncing) return;
    this.syncing = true;
    this.touched.clear();
    try {
      const list = await this.parts.api.all<KeptDraft>('/drafts');
      const there = new Map(list.map(d => [this.keyOf(d.channel_id, d.thread_id ?? 0), draftOf(d)]));
      for (const key of new Set([...this.keys(), ...there.keys()]))
        if (!this.touched.has(key) && !this.busy.has(key)) this.adopt(key, there.get(key) ?? NONE);
    } catch {
      // Asked again with the next connection.
    } finally {
      this.syncing = false;
    }
    void this.flush(false);
  }

  /** What the server has. */
  private adopt(key: string, told: Draft): void {
    const kept = this.read(key);
    const sent = stamp(told);
    if (sent === kept.sent) return;
    const mine = stamp(kept) !== kept.sent;
    const draft = mine ? { content: joined(kept.content, told.content), reply: kept.reply || told.reply } : told;
    this.write(key, { ...draft, sent, typed: kept.typed });
    this.changed.value++;
    if (mine) this.soon(key, PUSH_MS);
  }

  private soon(key: string, ms: number): void {
    if (this.waiting.has(key)) return;
    this.waiting.add(key);
    this.parts.later(ms, () => {
      this.waiting.delete(key);
      void this.push(key);
    });
  }

  private async push(key: string, keepalive = false): Promise<void> {
    const draft = this.read(key);
    const told = stamp(draft);
    const going = this.busy.get(key);
    if (!(this.live || keepalive) || told === (going ?? draft.sent)) return;
    // One after the other, but for who leaves: there is no later.
    if (going !== undefined && !keepalive) return;
    this.busy.set(key, told);
    const { channel, thread } = this.placeOf(key);
    const path = `/drafts/${channel}`;
    const [thread_id, reply_to_id] = [thread || null, draft.reply || null];
    try {
      if (told)
        await this.parts.api.call('PUT', path, {
          body: { content: draft.content, thread_id, reply_to_id },
          keepalive,
        });
      else await this.parts.api.call('DELETE', path, { query: { thread_id }, keepalive });
      this.write(key, { ...this.read(key), sent: told });
      this.touched.add(key);
    } catch (wrong) {
      // Refused: it stays in this browser. Otherwise it is tried again.
      if (wrong instanceof Problem && (wrong.status === 429 || wrong.status >= 500)) this.soon(key, AGAIN_MS);
      return;
    } finally {
      this.busy.delete(key);
    }
    if (stamp(this.read(key)) !== told) this.soon(key, PUSH_MS);
  }

  private get prefix(): string {
    return `draft:${this.user}:`;
  }
  private keyOf(channel: number, thread: number): string {
    return `${this.prefix}${channel}:${thread}`;
  }
  private placeOf(key: string): { channel: number; thread: number } {
    const [channel, thread] = key.slice(this.prefix.length).split(':').map(Number);
    return { channel: channel ?? 0, thread: thread ?? 0 };
  }
  private keys(): string[] {
    const { disk } = this.parts;
    const all = Array.from({ length: disk.length }, (_, i) => disk.key(i) ?? '');
    return all.filter(key => key.startsWith(this.prefix));
  }

  private read(key: string): Kept {
    try {
      return { ...NONE, ...(JSON.parse(this.parts.disk.getItem(key) ?? '{}') as Kept) };
    } catch {
      return NONE;
    }
  }
  private write(key: string, kept: Kept): boolean {
    try {
      if (kept.content || kept.sent) this.parts.disk.setItem(key, JSON.stringify(kept));
      else this.parts.disk.removeItem(key);
      return true;
    } catch {
      return false; // full or forbidden: it lives in the box only
    }
  }
}

const draftOf = (d: KeptDraft | null): Draft => (d ? { content: d.content, reply: d.reply_to_id ?? 0 } : NONE);

/** Both, where neither is in the other already. */
function joined(mine: string, theirs: string): string {
  if (mine.includes(theirs)) return mine;
  return theirs.includes(mine) ? theirs : `${mine}\n\n${theirs}`;
}
