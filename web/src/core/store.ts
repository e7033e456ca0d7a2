// Everything that is known: people, channels, marks. Frames are applied here and nowhere else.
import { batch, type Signal, signal } from '@preact/signals';
import type { Thread } from './thread.ts';
import { Timeline } from './timeline.ts';
import type {
  ChannelAnswer,
  ChannelMeta,
  Durable,
  Frame,
  Group,
  HelloChannel,
  Message,
  Presence,
  Sidebar,
  Told,
  User,
} from './types.ts';

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
  /** How often has changed who is in it, or as what. */
  people: Signal<number>;
  /** When it was last written in, as far as is known: the order of conversations. */
  last: Signal<number>;
  /** The unread counts are those of this event: what comes up to it is in them already. */
  counted: number;
  /** Its newest event when this visit began: what comes up to it is told, but is no news. 0: not known yet. */
  began: number;
  /** name and the rest are known, not only that it exists */
  told: boolean;
}

export interface StoreHooks {
  /** Events are missing in the channel after this position; answers whether they could be asked for. */
  missing(channel: number, position: number): boolean;
  /** A message of one's own is stored. */
  stored(clientId: string): void;
  /** Nothing is known of this channel but its number, or its counts are not right any more. */
  unknown(channel: number): void;
  /** A message of somebody else that counts. */
  arrived(channel: Channel, event: Extract<Durable, { type: 'chat_message' }>, mentioned: boolean): void;
  now(): number;
}

const TYPING_MS = 6000;
/** After this what was asked for is asked for again. */
const ASKED_MS = 5000;
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

const rightsOf = (m: ChannelMeta) => JSON.stringify([m.type, m.is_archived, m.permissions]);

export class Store {
  readonly users = new Map<number, Signal<User>>();
  /** Addresses of people's pictures; those on other sites are not shown. */
  readonly pictures = signal<ReadonlyMap<number, string>>(new Map());
  readonly channels = signal<ReadonlyMap<number, Channel>>(new Map());
  readonly sidebar = signal<Sidebar>({ favorites: [], sections: [] });
  /** Direct conversations that one has hidden. */
  readonly hidden = signal<ReadonlySet<number>>(new Set());
  readonly saved = signal<ReadonlySet<number>>(new Set());
  /** Told to whoever looks at a list of public channels or of threads: it may be out of date. */
  readonly listed = signal(0);
  readonly groups = signal<ReadonlyMap<number, Group>>(new Map());
  readonly threads = signal({ unread: 0, mentions: 0 });
  /** Unread notifications that are addressed to one, and how often something came. */
  readonly notices = signal(0);
  readonly noticed = signal(0);
  readonly thread = signal<Thread | null>(null);
  /** Channels that are muted now. */
  readonly muted = signal<ReadonlySet<number>>(new Set());
  /** Whether one has chosen not to be told of it. */
  silent: (told: Told) => boolean = () => false;
  /** One is not to be disturbed now. */
  readonly rest = signal(false);
  /** People came to be known: names may be better than before. */
  readonly known = signal(0);
  /** Frames that something else than this store makes use of. */
  readonly heard = new Map<string, (frame: Frame) => void>();
  /** Who was told to be there, or not, since the list of those who are was asked for. */
  readonly newer = new Map<number, Presence>();
  private asked = new Map<number, { position: number; at: number }>();

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
      people: signal(0),
      last: signal(0),
      counted: 0,
      began: 0,
      told: false,
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
    else {
      this.fleeting[frame.type]?.(frame);
      this.heard.get(frame.type)?.(frame);
    }
  }

  /** The connection is gone: nobody is known to type, and what was asked for will not come. */
  disconnected(): void {
    this.asked.clear();
    for (const c of this.channels.value.values()) c.typing.value = new Map();
  }

  /** A channel as a request answered it, at its head_seq; `kept`: as it was at an earlier visit. */
  learn(told: ChannelAnswer, kept = false): Channel {
    const c = this.channel(told.id);
    batch(() => {
      c.told = true;
      if (!kept) c.began ||= told.head_seq;
      c.meta.value = { ...c.meta.value, ...told };
      c.head.value = Math.max(c.head.value, told.head_seq);
      if (told.is_member !== undefined) c.member.value = told.is_member;
      if (told.read_seq === undefined || told.is_member === false) return;
      // From where it is followed is told by the server alone: what came since an earlier visit is not asked for everywhere.
      if (!kept) c.timeline.applied ??= told.head_seq;
      this.counts(c, told.head_seq, told.read_seq, told.unread_count ?? 0, told.mention_count ?? 0);
    });
    return c;
  }

  meet(people: User[]): void {
    for (const user of people) {
      const known = this.users.get(user.id);
      if (known) known.value = user;
      else this.users.set(user.id, signal(user));
      this.picture(user);
    }
    if (people.length) this.known.value++;
  }

  private picture({ id, profile_picture: given }: User): void {
    const address = given?.startsWith('/users/') ? given : undefined;
    if (this.pictures.value.get(id) === address) return;
    const pictures = new Map(this.pictures.value);
    if (address) pictures.set(id, address);
    else pictures.delete(id);
    this.pictures.value = pictures;
  }

  /** Who is known to be there by the list of those who are; what was told since it was asked for is newer. */
  online(list: { id: number; status: Presence }[]): void {
    const there = new Map(list.map(u => [u.id, u.status]));
    batch(() => {
      for (const id of this.users.keys()) this.present(id, this.newer.get(id) ?? there.get(id) ?? 'offline');
    });
  }

  marked(id: number, seq: number, unread: number, mentions: number): void {
    this.read(this.channel(id), seq, unread, mentions);
  }

  /** What is held back is asked for: a connection is there again, or an answer never came. */
  askAgain(): void {
    for (const c of this.channels.value.values()) if (c.timeline.missing) this.ask(c);
  }

  private durable(event: Durable): void {
    const c = this.channel(event.channel_id);
    c.head.value = Math.max(c.head.value, event.seq);
    if (!c.told && event.type !== 'channel_created') this.hooks.unknown(c.id);
    if (c.timeline.take(event)) this.ask(c);
    else this.asked.delete(c.id);
  }

  private ask(c: Channel): void {
    const position = c.timeline.applied ?? 0;
    const now = this.hooks.now();
    const before = this.asked.get(c.id);
    if (before?.position === position && now - before.at < ASKED_MS) return;
    if (this.hooks.missing(c.id, position)) this.asked.set(c.id, { position, at: now });
  }

  private applied(c: Channel, event: Durable): void {
    this.thread.value?.follow(event);
    // What the server told of the channel when this visit began has it in already.
    if (event.seq <= c.began && event.type !== 'chat_message') return;
    switch (event.type) {
      case 'channel_created':
      case 'channel_updated': {
        const before = rightsOf(c.meta.value);
        c.meta.value = { ...c.meta.value, ...event.channel };
        c.told = true;
        this.listed.value++;
        // What one can do now is not in the event, which is the same for all.
        if (c.member.value && rightsOf(c.meta.value) !== before) this.hooks.unknown(c.id);
        break;
      }
      case 'channel_deleted':
        this.listed.value++;
        this.forget(c.id);
        break;
      case 'user_joined':
        if (event.user_id === this.me && !c.member.value) {
          c.member.value = true;
          this.hooks.unknown(c.id);
        }
        this.named(event.user);
        c.people.value++;
        c.meta.value = { ...c.meta.value, member_count: c.meta.value.member_count + 1 };
        break;
      case 'user_left':
        if (event.user_id === this.me) c.member.value = false;
        c.people.value++;
        c.meta.value = { ...c.meta.value, member_count: Math.max(0, c.meta.value.member_count - 1) };
        break;
      case 'member_updated':
        c.people.value++;
        if (event.user_id === this.me) this.hooks.unknown(c.id);
        break;
      case 'chat_message':
        this.counted(c, event);
        break;
      default:
        break;
    }
  }

  private counted(c: Channel, event: Extract<Durable, { type: 'chat_message' }>): void {
    const { message, seq } = event;
    if (c.typing.value.has(message.user_id)) {
      const typing = new Map(c.typing.value);
      typing.delete(message.user_id);
      c.typing.value = typing;
    }
    c.last.value = Math.max(c.last.value, Date.parse(message.created_at) || 0);
    if (c.meta.value.type === 'direct' && this.hidden.value.has(c.id)) this.hide(c.id, false);
    if (message.user_id === this.me) {
      if (message.client_id) this.hooks.stored(message.client_id);
      if (message.in_channel !== false && seq > c.readSeq.value) this.read(c, seq, 0, 0);
    } else if (message.message_type !== 'system') {
      const mentioned = this.mentioned(message);
      if (seq > c.readSeq.value && seq > c.counted && message.in_channel !== false) {
        c.unread.value++;
        if (mentioned) c.mentions.value++;
      }
      if (message.in_channel === false) this.listed.value++;
      if (seq > c.began) this.hooks.arrived(c, event, mentioned);
    }
  }

  private counts(c: Channel, at: number, seq: number, unread: number, mentions: number): void {
    if (at < c.counted) return;
    // Told before what has come since: ask once more.
    if (at < (c.timeline.applied ?? 0)) {
      this.hooks.unknown(c.id);
      return;
    }
    c.counted = at;
    this.read(c, seq, unread, mentions);
  }

  /** By name, with everyone, or by a group. */
  mentioned(m: Message): boolean {
    const inGroup = (id: number) => this.groups.value.get(id)?.user_ids.includes(this.me);
    return !!m.mention_all || m.mentions.includes(this.me) || !!m.mention_groups?.some(inGroup);
  }

  grouped(list: Group[]): void {
    this.groups.value = new Map(list.map(g => [g.id, g]));
  }

  hide(id: number, hidden: boolean): void {
    const set = new Set(this.hidden.value);
    if (hidden) set.add(id);
    else set.delete(id);
    this.hidden.value = set;
  }

  private named(who: { id: number; username: string; display_name: string }): void {
    if (this.users.has(who.id)) return;
    const rest = { role: 'member', profile_picture: null, status: 'offline', status_text: '', language: 'en' } as const;
    this.meet([{ ...rest, ...who }]);
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

  private told(id: number, status: Presence): void {
    this.newer.set(id, status);
    this.present(id, status);
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
      this.hooks.unknown(c.id);
    },
    pong: frame => {
      for (const [id, head] of Object.entries(frame.heads as Record<string, number>)) {
        const c = this.channels.value.get(Number(id));
        if (c && c.timeline.applied !== null && head > c.timeline.applied) this.ask(c);
      }
      this.askAgain();
    },
    resumed: () => this.askAgain(),
    presence: frame => this.told(frame.user_id as number, frame.status as Presence),
    presence_batch: frame => {
      for (const status of ['online', 'away', 'busy', 'offline'] as const)
        for (const id of (frame[status] as number[] | undefined) ?? []) this.told(id, status);
    },
    read_marker: frame => this.mark(frame),
    read_markers: frame => {
      for (const mark of frame.channels as Frame[]) this.mark(mark);
    },
    sidebar_updated: frame => {
      this.sidebar.value = frame.sidebar as Sidebar;
    },
    group_updated: frame => {
      const group = frame.group as Group;
      this.grouped([...this.groups.value.values()].filter(g => g.id !== group.id).concat(group));
    },
    group_deleted: frame => this.grouped([...this.groups.value.values()].filter(g => g.id !== frame.group_id)),
    direct_hidden: frame => this.hide(frame.channel_id as number, frame.hidden as boolean),
    notification: frame => {
      const told = frame.notification as Told;
      if (this.silent(told)) return;
      this.noticed.value++;
      if (told.priority === 'high') this.notices.value++;
    },
    channel_announced: () => void this.listed.value++,
    channel_withdrawn: frame => {
      const c = this.channels.value.get(frame.channel_id as number);
      if (c && !c.member.value) this.forget(c.id);
      this.listed.value++;
    },
    thread_state: () => void this.listed.value++,
    saved_updated: frame => {
      this.saved.value = new Set(this.saved.value).add(frame.message_id as number);
    },
    saved_deleted: frame => {
      const set = new Set(this.saved.value);
      set.delete(frame.message_id as number);
      this.saved.value = set;
    },
    user_typing: frame => {
      const c = this.channel(frame.channel_id as number);
      if (frame.user_id !== this.me)
        c.typing.value = new Map(c.typing.value).set(frame.user_id as number, this.hooks.now() + TYPING_MS);
    },
    user_updated: frame => {
      const known = this.users.get(frame.id as number)?.value;
      const { type: _, status: __, ...told } = frame as unknown as User & { type: string };
      this.meet([{ status: 'offline', ...known, ...told }]);
    },
  };

  private mark(mark: Frame): void {
    const id = mark.channel_id as number;
    this.marked(id, mark.seq as number, mark.unread_count as number, mark.mention_count as number);
  }

  private hello(list: HelloChannel[]): void {
    const mine = new Set(list.map(c => c.channel_id));
    for (const c of this.channels.value.values()) if (!mine.has(c.id)) c.member.value = false;
    for (const told of list) {
      const c = this.channel(told.channel_id);
      c.member.value = true;
      c.meta.value = { ...c.meta.value, name: told.name, type: told.type };
      if (!c.told) this.hooks.unknown(c.id);
      c.head.value = Math.max(c.head.value, told.head_seq);
      c.began ||= told.head_seq;
      // Known for the first time: its log is followed from here. What is resumed comes again, and is counted already.
      c.timeline.applied ??= told.head_seq;
      c.counted = Math.max(c.counted, told.head_seq);
      this.read(c, told.read_seq, told.unread_count, told.mention_count);
    }
  }
}
