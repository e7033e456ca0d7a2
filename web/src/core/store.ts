// Everything that is known: people, channels, marks. Frames are applied here and nowhere else.
import { batch, type Signal, signal } from '@preact/signals';
import { Timeline } from './timeline.ts';
import type { ChannelMeta, Durable, Frame, HelloChannel, Presence, User } from './types.ts';

export interface Channel {
  id: number;
  meta: Signal<ChannelMeta>;
  timeline: Timeline;
  member: Signal<boolean>;
  head: Signal<number>;
  readSeq: Signal<number>;
  unread: Signal<number>;
  mentions: Signal<number>;
  /** user id → when it is forgotten */
  typing: Signal<ReadonlyMap<number, number>>;
  /** Its history has a gap that only a page can fill. */
  stale: Signal<boolean>;
}

export interface StoreHooks {
  /** Events are missing in the channel after this position. */
  missing(channel: number, position: number): void;
  /** A message of one's own is stored. */
  stored(clientId: string): void;
  now(): number;
}

const TYPING_MS = 6000;
const DURABLE = new Set<string>([
  'channel_created',
  'channel_updated',
  'channel_deleted',
  'user_joined',
  'user_left',
  'member_updated',
  'chat_message',
  'message_edited',
  'message_updated',
  'message_deleted',
  'message_pinned',
  'message_unpinned',
  'reaction_added',
  'reaction_removed',
] satisfies Durable['type'][]);

export class Store {
  readonly users = new Map<number, Signal<User>>();
  readonly channels = signal<ReadonlyMap<number, Channel>>(new Map());
  private asked = new Map<number, number>();

  constructor(
    readonly me: number,
    private readonly hooks: StoreHooks,
  ) {}

  channel(id: number): Channel {
    const known = this.channels.value.get(id);
    if (known) return known;
    const made: Channel = {
      id,
      meta: signal({ id, name: '', topic: '', description: '', type: 'public', is_archived: false, member_count: 0 }),
      timeline: new Timeline(event => this.applied(made, event)),
      member: signal(false),
      head: signal(0),
      readSeq: signal(0),
      unread: signal(0),
      mentions: signal(0),
      typing: signal(new Map()),
      stale: signal(false),
    };
    this.channels.value = new Map(this.channels.value).set(id, made);
    return made;
  }

  positions(): Record<string, number> {
    const found: Record<string, number> = {};
    for (const c of this.channels.value.values())
      if (c.member.value && c.timeline.applied !== null) found[c.id] = c.timeline.applied;
    return found;
  }

  /** Frames of one moment together, so that nothing is drawn in between. */
  applyAll(frames: Frame[]): void {
    batch(() => {
      for (const frame of frames) this.apply(frame);
    });
  }

  apply(frame: Frame): void {
    if (DURABLE.has(frame.type) && Number.isSafeInteger(frame.seq)) this.durable(frame as unknown as Durable);
    else this.fleeting[frame.type]?.(frame);
  }

  /** The connection is gone: nobody is known to type, and what was asked for will not come. */
  disconnected(): void {
    this.asked.clear();
    for (const c of this.channels.value.values()) c.typing.value = new Map();
  }

  private durable(event: Durable): void {
    const c = this.channel(event.channel_id);
    c.head.value = Math.max(c.head.value, event.seq);
    if (c.timeline.take(event)) this.ask(c);
    else this.asked.delete(c.id);
  }

  private ask(c: Channel): void {
    const position = c.timeline.applied ?? 0;
    if (this.asked.get(c.id) === position) return;
    this.asked.set(c.id, position);
    this.hooks.missing(c.id, position);
  }

  private applied(c: Channel, event: Durable): void {
    switch (event.type) {
      case 'channel_created':
      case 'channel_updated':
        c.meta.value = { ...c.meta.value, ...event.channel };
        break;
      case 'channel_deleted':
        this.forget(c.id);
        break;
      case 'user_joined':
        if (event.user_id === this.me) c.member.value = true;
        c.meta.value = { ...c.meta.value, member_count: c.meta.value.member_count + 1 };
        break;
      case 'user_left':
        if (event.user_id === this.me) c.member.value = false;
        c.meta.value = { ...c.meta.value, member_count: Math.max(0, c.meta.value.member_count - 1) };
        break;
      case 'chat_message':
        this.counted(c, event);
        break;
      default:
        break;
    }
  }

  private counted(c: Channel, { message, seq }: Extract<Durable, { type: 'chat_message' }>): void {
    if (c.typing.value.has(message.user_id)) {
      const typing = new Map(c.typing.value);
      typing.delete(message.user_id);
      c.typing.value = typing;
    }
    if (message.user_id === this.me) {
      if (message.client_id) this.hooks.stored(message.client_id);
      if (message.in_channel !== false && seq > c.readSeq.value) this.read(c, seq, 0, 0);
    } else if (seq > c.readSeq.value && message.in_channel !== false && message.message_type !== 'system') {
      c.unread.value++;
      if (message.mention_all || message.mentions.includes(this.me)) c.mentions.value++;
    }
  }

  private read(c: Channel, seq: number, unread: number, mentions: number): void {
    c.readSeq.value = seq;
    c.unread.value = unread;
    c.mentions.value = mentions;
  }

  private forget(id: number): void {
    const rest = new Map(this.channels.value);
    rest.delete(id);
    this.channels.value = rest;
  }

  private present(id: number, status: Presence): void {
    const user = this.users.get(id);
    if (user) user.value = { ...user.value, status };
  }

  private readonly fleeting: Record<string, (frame: Frame) => void> = {
    hello: frame => this.hello(frame.channels as HelloChannel[]),
    gap: frame => {
      const c = this.channel(frame.channel_id as number);
      c.stale.value = true;
      c.timeline.skipTo(frame.to as number);
    },
    pong: frame => {
      for (const [id, head] of Object.entries(frame.heads as Record<string, number>)) {
        const c = this.channels.value.get(Number(id));
        if (c && c.timeline.applied !== null && head > c.timeline.applied) this.ask(c);
      }
    },
    presence: frame => this.present(frame.user_id as number, frame.status as Presence),
    presence_batch: frame => {
      for (const status of ['online', 'away', 'busy', 'offline'] as const)
        for (const id of (frame[status] as number[] | undefined) ?? []) this.present(id, status);
    },
    read_marker: frame => this.marked(frame),
    read_markers: frame => {
      for (const mark of frame.channels as Frame[]) this.marked(mark);
    },
    user_typing: frame => {
      const c = this.channel(frame.channel_id as number);
      if (frame.user_id !== this.me)
        c.typing.value = new Map(c.typing.value).set(frame.user_id as number, this.hooks.now() + TYPING_MS);
    },
    user_updated: frame => {
      const user = this.users.get(frame.id as number);
      if (user) user.value = { ...user.value, ...(frame as unknown as User), status: user.value.status };
    },
  };

  private marked(mark: Frame): void {
    const c = this.channel(mark.channel_id as number);
    this.read(c, mark.seq as number, mark.unread_count as number, mark.mention_count as number);
  }

  private hello(list: HelloChannel[]): void {
    const mine = new Set(list.map(c => c.channel_id));
    for (const c of this.channels.value.values()) if (!mine.has(c.id)) c.member.value = false;
    for (const told of list) {
      const c = this.channel(told.channel_id);
      c.member.value = true;
      c.meta.value = { ...c.meta.value, name: told.name, type: told.type };
      c.head.value = Math.max(c.head.value, told.head_seq);
      // What is resumed counts itself: the told counts are those of head_seq, the events up to it must not count twice.
      if (c.timeline.applied === null) {
        c.timeline.applied = told.head_seq;
        this.read(c, told.read_seq, told.unread_count, told.mention_count);
      }
    }
  }
}
