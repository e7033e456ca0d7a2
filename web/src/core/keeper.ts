// What the browser keeps of what was seen, so that the next visit shows it before anybody has answered: the list of
// channels, and the newest messages of those that were opened last. Only a copy: without it everything is fetched.
import type { Channel, Store } from './store.ts';
import type { ChannelAnswer, Message, Sidebar, User } from './types.ts';

/** Keys and what is kept under them. Nothing of it may fail the caller. */
export interface Shelf {
  read(): Promise<ReadonlyMap<string, unknown>>;
  write(put: ReadonlyMap<string, unknown>, gone: readonly string[]): void;
}

/** The world as it was. */
export interface Kept {
  me: User;
  place: string;
  channels: ChannelAnswer[];
  users: User[];
  threads: { unread: number; mentions: number };
  sidebar: Sidebar;
  /** Opened last, the latest first. */
  recent: number[];
}
interface KeptChannel {
  applied: number;
  cut: boolean;
  items: Message[];
}

export const CHANNELS_MAX = 20;
export const MESSAGES_MAX = 50;
const USERS_MAX = 500;
const WORLD = 'world';
const CHANNEL = 'channel:';
const keyOf = (channel: number) => CHANNEL + channel;

export class Keeper {
  private recent: number[] = [];
  /** Keys that are in the way: of channels that were not opened for long, or that only another tab knows. */
  private gone: string[] = [];
  /** What was written of each channel: nothing is written twice. */
  private readonly written = new Map<number, { applied: number | null; order: readonly number[] }>();

  constructor(
    private readonly store: Store,
    private readonly shelf: Shelf,
  ) {}

  /** The world of the last visit, its timelines put into the store already; null: nothing is kept, or it comes too late. */
  async restore(wanted: () => boolean): Promise<Kept | null> {
    const found = await this.shelf.read();
    const kept = found.get(WORLD) as Kept | undefined;
    if (!kept || !wanted()) return null;
    this.recent = kept.recent;
    const opened = new Set(kept.recent.map(keyOf));
    this.gone = [...found.keys()].filter(key => key.startsWith(CHANNEL) && !opened.has(key));
    for (const id of kept.recent) {
      const one = found.get(keyOf(id)) as KeptChannel | undefined;
      if (!one || !kept.channels.some(c => c.id === id)) continue;
      const { timeline } = this.store.channel(id);
      timeline.restore(one.items, one.applied, one.cut);
      this.written.set(id, { applied: one.applied, order: timeline.order.peek() });
    }
    return kept;
  }

  opened(channel: number): void {
    this.recent = [channel, ...this.recent.filter(id => id !== channel)];
  }

  save(me: User, place: string): void {
    const { store } = this;
    const left = this.recent.filter(id => !store.channels.peek().get(id)?.member.peek());
    const opened = this.recent.filter(id => !left.includes(id));
    for (const id of [...left, ...opened.splice(CHANNELS_MAX)]) {
      this.written.delete(id);
      this.gone.push(keyOf(id));
    }
    this.recent = opened;
    const put = new Map<string, unknown>();
    for (const id of this.recent) {
      const c = store.channels.peek().get(id);
      const kept = c && this.keptOf(c);
      if (kept) put.set(keyOf(id), kept);
    }
    const members = [...store.channels.peek().values()].filter(c => c.member.peek() && c.told);
    const world: Kept = {
      me,
      place,
      channels: members.sort((a, b) => b.last.peek() - a.last.peek()).map(answerOf),
      users: [...store.users.values()].slice(0, USERS_MAX).map(user => user.peek()),
      threads: store.threads.peek(),
      sidebar: store.sidebar.peek(),
      recent: [...this.recent],
    };
    this.shelf.write(put.set(WORLD, world), this.gone);
    this.gone = [];
  }

  /** Of a channel that is read far above its end nothing new is kept: what is there has no end. */
  private keptOf({ id, timeline }: Channel): KeptChannel | null {
    const order = timeline.order.peek();
    const { applied } = timeline;
    const before = this.written.get(id);
    if (applied === null || timeline.hasAfter || !order.length) return null;
    if (before && before.applied === applied && before.order === order) return null;
    this.written.set(id, { applied, order });
    const last = order.slice(-MESSAGES_MAX);
    return {
      applied,
      cut: timeline.hasBefore || last.length < order.length,
      items: last.flatMap(one => timeline.entries.get(one)?.message.peek() ?? []),
    };
  }
}

const answerOf = (c: Channel): ChannelAnswer => {
  const { users, ...meta } = c.meta.peek();
  return {
    ...meta,
    // Of a direct conversation they are its name; who is in a channel is asked when it is opened.
    ...(meta.type === 'direct' && users ? { users } : {}),
    head_seq: c.head.peek(),
    read_seq: c.readSeq.peek(),
    unread_count: c.unread.peek(),
    mention_count: c.mentions.peek(),
  };
};
