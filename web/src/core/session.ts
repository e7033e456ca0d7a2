// One's stay: requests, store, outbox, drafts and connection, put together. No DOM here either.
import { batch, signal } from '@preact/signals';
import { type Api, Problem } from './api.ts';
import { Connection, type Wire, type WireEvents } from './connection.ts';
import { Drafts } from './drafts.ts';
import { Edits } from './edits.ts';
import { Keeper, type Shelf } from './keeper.ts';
import { type Disk, Outbox, outcomeOf, type Pending } from './outbox.ts';
import { type Channel, Store } from './store.ts';
import { Thread } from './thread.ts';
import type {
  Bootstrap,
  ChannelAnswer,
  Durable,
  Frame,
  Group,
  KeptDraft,
  List,
  Message,
  Page,
  Sidebar,
  ThreadPage,
  ThreadState,
  User,
} from './types.ts';

export interface SessionParts {
  api: Api;
  disk: Disk;
  shelf: Shelf;
  open: (token: string, events: WireEvents) => Wire;
  now: () => number;
  later: (ms: number, what: () => void) => () => void;
  random: () => number;
  uuid: () => string;
  idle: () => boolean;
  arrived: (channel: Channel, event: Extract<Durable, { type: 'chat_message' }>, mentioned: boolean) => void;
  /** Runs it soon, with all else that comes until then. */
  frames: (run: () => void) => void;
  /** Signs out here: what this browser keeps is erased. `told`: the server has ended the session. */
  left: (told: boolean) => void;
}

/** So many messages of a channel stay loaded: what is further away is fetched again. */
export const ROWS_MAX = 400;
const PAGE = 60;
const PAGE_MAX = 200;
const REPLIES = 100;
const LEARN_MS = 150;
/** What has changed is kept so much later, all of it together. */
const SAVE_MS = 1000;
/** The browser's storage may be slow or stuck: the start does not depend on it. */
const RESTORE_MS = 500;
const COUNT_MS = 600;
/** People whose names are wanted in one frame are asked for together, so many at once. */
const FRAME_MS = 16;
const PEOPLE_AT_ONCE = 100;
const TYPING_EVERY_MS = 3000;

export class Session {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly drafts: Drafts;
  readonly edits: Edits;
  readonly connection: Connection;
  /** There is something to show: what the server has answered, or what was kept of the last visit. */
  readonly ready = signal(false);
  /** The server has answered: what is shown is not of the last visit. */
  readonly fresh = signal(false);
  /** Name of the organisation. */
  readonly place = signal('');
  readonly me = signal<User>(null as unknown as User);
  /** Channels whose first page is under way. */
  readonly loading = signal<ReadonlySet<number>>(new Set());
  private readonly asking = new Set<string>();
  private readonly wanted = new Set<number>();
  private readonly askedFor = new Set<number>();
  private strangers: number[] = [];
  private queue: Frame[] = [];
  private typed = new Map<number, number>();
  private over = false;
  private counting = false;
  private saving = false;
  private hurry: () => void = () => {};
  private readonly keeper: Keeper;

  constructor(
    user: User,
    private readonly parts: SessionParts,
  ) {
    this.me.value = user;
    this.store = new Store(user.id, {
      missing: (channel, position) => this.connection.catchUp(channel, position),
      stored: id => this.outbox.confirm(id),
      unknown: channel => this.learn(channel),
      arrived: parts.arrived,
      now: parts.now,
    });
    this.keeper = new Keeper(this.store, parts.shelf);
    this.drafts = new Drafts(user.id, {
      disk: parts.disk,
      api: parts.api,
      now: parts.now,
      later: (ms, what) => void parts.later(ms, what),
    });
    this.edits = new Edits(user.id, parts.disk);
    this.store.heard.set('draft_updated', ({ draft }) => this.drafts.follow(draft as KeptDraft, draft as KeptDraft));
    this.store.heard.set('draft_deleted', frame => this.drafts.follow(frame as unknown as KeptDraft, null));
    this.outbox = new Outbox(user.id, {
      disk: parts.disk,
      send: item => this.post(item),
      now: parts.now,
      uuid: parts.uuid,
      later: (ms, what) => void parts.later(ms, what),
      random: parts.random,
    });
    this.connection = new Connection({
      open: events => parts.open(parts.api.accessToken ?? '', events),
      refresh: () => parts.api.refresh(),
      positions: () => this.store.positions(),
      frame: frame => this.take(frame),
      later: parts.later,
      random: parts.random,
      idle: parts.idle,
    });
    this.store.listed.subscribe(() => this.countThreads());
    let live = false;
    this.connection.phase.subscribe(phase => {
      if ((phase === 'live') === live) return;
      live = phase === 'live';
      this.outbox.setLive(live);
      this.drafts.setLive(live);
      if (live) this.refreshed();
      else this.store.disconnected();
    });
  }

  get api(): Api {
    return this.parts.api;
  }

  async start(): Promise<void> {
    const ask = () => this.api.call<Bootstrap>('GET', '/bootstrap').catch((wrong: unknown) => wrong);
    let asked = ask();
    await Promise.race([this.restore(), new Promise<void>(done => void this.parts.later(RESTORE_MS, done))]);
    for (let wait = 500; !this.over; wait = Math.min(wait * 2, 10_000)) {
      const answer = await asked;
      if (this.over) return;
      if (!(answer instanceof Error) && answer) {
        this.bootstrapped(answer as Bootstrap);
        break;
      }
      if (answer instanceof Problem && answer.status === 401) return;
      await new Promise<void>(done => {
        this.hurry = done;
        this.parts.later(wait, done);
      });
      asked = ask();
    }
    this.connection.start();
  }

  /** "Retry now", the network is back, the tab is shown. */
  nudge(): void {
    this.hurry();
    this.connection.nudge();
  }

  /** What was kept of the last visit is shown until the server answers. */
  private async restore(): Promise<void> {
    const kept = await this.keeper.restore(() => !this.fresh.value && !this.over);
    if (!kept) return;
    batch(() => {
      this.me.value = { ...kept.me, ...this.me.value };
      this.place.value = kept.place;
      this.store.meet(kept.users);
      this.list(kept.channels, true);
      this.store.sidebar.value = kept.sidebar;
      this.store.threads.value = kept.threads;
      this.ready.value = true;
    });
  }

  private bootstrapped(told: Bootstrap): void {
    batch(() => {
      this.me.value = { ...this.me.value, ...told.me };
      this.store.meet([...told.users, told.me]);
      this.list(told.channels);
      this.store.threads.value = { unread: told.threads.unread_count, mentions: told.threads.mention_count };
      this.ready.value = true;
      this.fresh.value = true;
    });
    this.touched();
  }

  /** Those of which one is a member, the one that was written in last first. */
  private list(channels: ChannelAnswer[], kept = false): void {
    channels.forEach((channel, i) => {
      const c = this.store.learn({ ...channel, is_member: true }, kept);
      c.last.value = channels.length - i;
    });
  }

  /** A channel is looked at: it is among those that are kept. */
  opened(c: Channel): void {
    this.keeper.opened(c.id);
    this.touched();
  }

  /** Something has changed: it is kept a moment later. */
  private touched(): void {
    if (this.saving) return;
    this.saving = true;
    this.parts.later(SAVE_MS, () => this.save());
  }

  /** Keeps what is known for the next visit; also when the page goes. */
  save(): void {
    this.saving = false;
    if (this.fresh.value && !this.over) this.keeper.save(this.me.value, this.place.value);
  }

  /** How many of the threads that one follows have something new; a moment later and once. */
  private countThreads(): void {
    if (this.counting || !this.ready.peek()) return;
    this.counting = true;
    this.parts.later(COUNT_MS, () => {
      this.counting = false;
      if (this.over) return;
      const query = { unread: 'true', limit: 100 };
      this.api.call<List<{ state: ThreadState }>>('GET', '/threads', { query }).then(
        ({ items }) => {
          const mentions = items.reduce((n, { state }) => n + state.mention_count, 0);
          this.store.threads.value = { unread: items.length, mentions };
        },
        () => {},
      );
    });
  }

  /** What no log tells is fetched anew when a connection is there (again). */
  private refreshed(): void {
    const get = <T>(path: string, what: (answer: T) => void) => void this.api.call<T>('GET', path).then(what, () => {});
    const all = <T>(path: string, query: Record<string, number>, what: (list: T[]) => void) =>
      void this.api.all<T>(path, query).then(what, () => {});
    this.store.newer.clear();
    all<User>('/users/online', {}, people => {
      this.store.meet(people.filter(u => !this.store.users.has(u.id)));
      this.store.online(people);
    });
    get<Sidebar>('/sections', sidebar => {
      this.store.sidebar.value = sidebar;
    });
    all<Group>('/groups', { limit: 100 }, list => this.store.grouped(list));
    get<List<{ message: Message }>>('/saved?limit=100', ({ items }) => {
      this.store.saved.value = new Set(items.map(s => s.message.id));
    });
    get<List<{ priority: string }>>('/notifications?unread=true', ({ items }) => {
      this.store.notices.value = items.filter(n => n.priority === 'high').length;
    });
    const { organization_id } = this.me.value;
    if (organization_id && !this.place.value)
      get<{ name: string }>(`/organizations/${organization_id}`, ({ name }) => {
        this.place.value = name;
      });
    const thread = this.store.thread.value;
    if (thread) this.openThread(thread.channel, thread.root).catch(() => {});
  }

  /** Frames of one moment are applied together: nothing is drawn between them. */
  private take(frame: Frame): void {
    this.queue.push(frame);
    if (this.queue.length > 1) return;
    this.parts.frames(() => {
      const frames = this.queue;
      this.queue = [];
      this.store.applyAll(frames);
      for (const one of frames) if (one.type === 'message_deleted') this.edits.drop(Number(one.message_id));
      this.touched();
    });
  }

  /** Fetches what a channel is, a moment later and once, however often it is asked. */
  private learn(id: number): void {
    if (this.wanted.has(id)) return;
    this.wanted.add(id);
    this.parts.later(LEARN_MS, () => {
      this.wanted.delete(id);
      if (this.over) return;
      this.api.call<ChannelAnswer>('GET', `/channels/${id}`).then(
        told => void this.store.learn(told),
        () => {},
      );
    });
  }

  /** Somebody is shown of whom nothing is known: he is asked for, with all the others of this moment. */
  who(id: number): void {
    if (this.askedFor.has(id)) return;
    this.askedFor.add(id);
    if (this.strangers.push(id) === 1) this.parts.later(FRAME_MS, () => this.meetThem());
  }

  private meetThem(): void {
    const all = this.strangers;
    this.strangers = [];
    for (let at = 0; at < all.length && !this.over; at += PEOPLE_AT_ONCE) {
      const ids = all.slice(at, at + PEOPLE_AT_ONCE);
      this.api.call<List<User>>('GET', '/users', { query: { ids: ids.join() } }).then(
        ({ items }) => this.store.meet(items.filter(u => !this.store.users.has(u.id))),
        () => {
          for (const id of ids) this.askedFor.delete(id);
        },
      );
    }
  }

  /** Who is in it comes with the channel alone, not with the list of all. */
  describe(c: Channel): void {
    if (!c.meta.value.users) this.learn(c.id);
  }

  // ---- history ----

  /** The newest page, with all that is unread as far as one request can. */
  async load(c: Channel): Promise<void> {
    const limit = Math.min(PAGE_MAX, Math.max(PAGE, c.unread.value + 10));
    await this.page(c, 'replace', { limit });
    c.stale.value = false;
  }
  async older(c: Channel): Promise<void> {
    const first = c.timeline.order.value[0];
    if (first !== undefined && c.timeline.hasBefore) await this.page(c, 'before', { before: first, limit: PAGE });
  }
  async newer(c: Channel): Promise<void> {
    const last = c.timeline.order.value.at(-1);
    if (last !== undefined && c.timeline.hasAfter) await this.page(c, 'after', { after: last, limit: PAGE });
  }
  async around(c: Channel, message: number): Promise<void> {
    await this.page(c, 'replace', { around: message, limit: PAGE });
  }

  private async page(c: Channel, where: 'replace' | 'before' | 'after', query: Record<string, number>): Promise<void> {
    const key = `${c.id}:${where}`;
    if (this.asking.has(key)) return;
    this.asking.add(key);
    if (where === 'replace') this.loading.value = new Set(this.loading.value).add(c.id);
    try {
      const page = await this.api.call<Page>('GET', `/channels/${c.id}/messages`, { query });
      batch(() => {
        c.timeline.merge(page, where);
        if (where !== 'replace') c.timeline.trim(ROWS_MAX, where === 'before' ? 'last' : 'first');
      });
      this.touched();
    } finally {
      this.asking.delete(key);
      const rest = new Set(this.loading.value);
      rest.delete(c.id);
      this.loading.value = rest;
    }
  }

  async openThread(channel: number, root: number): Promise<Thread> {
    const open = this.store.thread.value;
    const thread = open?.root === root ? open : new Thread(channel, root);
    this.store.thread.value = thread;
    thread.merge(await this.replies(root), 'replace');
    return thread;
  }

  /** The page of replies before those that are there. */
  async earlier(thread: Thread): Promise<void> {
    const [, first] = thread.timeline.order.value; // after the message that it hangs on
    if (first !== undefined) thread.merge(await this.replies(thread.root, first), 'before');
  }

  private replies(root: number, before?: number): Promise<ThreadPage> {
    return this.api.call('GET', `/messages/${root}/thread`, { query: { limit: REPLIES, before } });
  }

  // ---- what one does ----

  typing(channel: number): void {
    const now = this.parts.now();
    if (now - (this.typed.get(channel) ?? -TYPING_EVERY_MS) < TYPING_EVERY_MS) return;
    if (this.connection.send({ type: 'typing', channel_id: channel })) this.typed.set(channel, now);
  }

  send(what: Omit<Pending, 'client_id' | 'written_at' | 'turn' | 'failed'>): void {
    this.typed.delete(what.channel_id);
    this.outbox.add(what);
  }

  read(c: Channel): void {
    const seq = c.head.value;
    if (!c.member.value || seq <= c.readSeq.value) return;
    const before = [c.readSeq.value, c.unread.value, c.mentions.value] as const;
    if (this.connection.send({ type: 'mark_read', channel_id: c.id, seq })) this.store.marked(c.id, seq, 0, 0);
    else this.store.marked(c.id, ...before);
  }

  react(message: Message, emoji: string, on: boolean): Promise<unknown> {
    return this.api.call(on ? 'PUT' : 'DELETE', `/messages/${message.id}/reactions/${encodeURIComponent(emoji)}`);
  }

  private async post(item: Pending): Promise<ReturnType<typeof outcomeOf>> {
    const { channel_id, failed: _, turn: __, written_at: ___, ...body } = item;
    try {
      const path = `/channels/${channel_id}/messages`;
      const message = await this.api.call<Message>('POST', path, { body, key: item.client_id });
      batch(() => {
        this.store.channel(channel_id).timeline.early(message);
        this.store.thread.value?.timeline.early(message);
        this.outbox.confirm(item.client_id);
      });
      return { kind: 'sent' };
    } catch (wrong) {
      if (!(wrong instanceof Problem)) return { kind: 'retry' };
      return outcomeOf(wrong.status, wrong.code, wrong.retryAfterS);
    }
  }

  /** How much would be lost by signing out now, after what still can go out has. */
  async unsent(): Promise<number> {
    await this.drafts.flush(false);
    return this.outbox.items.value.length + this.drafts.unsent() + this.edits.count();
  }

  async signOut(): Promise<void> {
    await this.drafts.flush(false);
    const told = await this.api.leave();
    this.stop();
    this.parts.left(told);
  }

  stop(): void {
    this.over = true;
    this.outbox.setLive(false);
    this.drafts.setLive(false);
    this.connection.stop();
  }
}
