// What one wants to be told of: asked for at each connection, followed from then on, and what comes of it: which channels
// are muted, when one is not to be disturbed, and the notices of the browser.
import { batch, signal } from '@preact/signals';
import { changesIn, interrupts, mutedAt, NOTHING_CHOSEN, quietAt, silences, withoutPast } from '../core/notices.ts';
import type { Channel, Store } from '../core/store.ts';
import type { ChannelNotices, Frame, Message, NoticePreferences, Told } from '../core/types.ts';
import { notice } from '../platform/notify.ts';
import { awake } from '../platform/page.ts';
import { go, nameOf, onScreen, session, signed } from './state.ts';

export const preferences = signal(NOTHING_CHOSEN);
export const chosen = signal<ReadonlyMap<number, ChannelNotices>>(new Map());
const RETRY_MS = 5000;
let timer = 0;
let again = 0;
let followed: Store | undefined;

const levelOf = (channel: number | null) => chosen.peek().get(channel ?? 0)?.level;

/** What is muted and quiet now, and again when that changes by itself. */
function judge(): void {
  const now = Date.now();
  const general = withoutPast(preferences.peek(), now);
  const all = [...chosen.peek().values()];
  const { store } = session;
  batch(() => {
    preferences.value = general;
    store.muted.value = new Set(all.filter(own => mutedAt(own, now)).map(own => own.channel_id));
    store.rest.value = quietAt(general, now);
  });
  clearTimeout(timer);
  const wait = changesIn(general, all, now);
  if (wait !== null) timer = window.setTimeout(judge, wait);
}

function learn(told: { preferences?: NoticePreferences; channel?: ChannelNotices; channels?: ChannelNotices[] }): void {
  if (told.preferences) preferences.value = told.preferences;
  if (told.channels) chosen.value = new Map(told.channels.map(own => [own.channel_id, own]));
  if (told.channel) chosen.value = new Map(chosen.peek()).set(told.channel.channel_id, told.channel);
  judge();
}

/** Who signed in before has chosen for himself. */
function begin(store: Store): void {
  followed = store;
  preferences.value = NOTHING_CHOSEN;
  chosen.value = new Map();
  store.silent = told => silences(preferences.peek().level, levelOf(told.channel_id), told);
  store.heard.set('notification_preferences', frame => learn(frame as Parameters<typeof learn>[0]));
  store.heard.set('notification', hear);
}

/** At each connection: what was chosen elsewhere meanwhile is learnt. */
export function follow(): void {
  const { api, store, connection } = session;
  if (followed !== store) begin(store);
  clearTimeout(again);
  api.call<Parameters<typeof learn>[0]>('GET', '/notifications/preferences').then(
    told => {
      if (followed === store) learn(told);
    },
    () => {
      if (followed === store && connection.phase.peek() === 'live') again = window.setTimeout(follow, RETRY_MS);
    },
  );
}

export const choose = (body: Partial<NoticePreferences>) =>
  session.api
    .call<NoticePreferences>('PUT', '/notifications/preferences', { body })
    .then(told => learn({ preferences: told }));

export const chooseFor = (channel: number, body: Partial<ChannelNotices>) =>
  session.api
    .call<ChannelNotices>('PUT', `/notifications/channels/${channel}`, { body })
    .then(told => learn({ channel: told }));

/** Nobody who rests is interrupted, nor one who sees it anyway. */
function mayInterrupt(c: Channel, thread?: number | null): boolean {
  const { store } = session;
  const busy = store.rest.peek() || store.users.get(store.me)?.peek().status === 'busy';
  return !busy && !store.muted.peek().has(c.id) && !(onScreen(c, thread) && awake.peek());
}

/** A message of somebody else has come. */
export function alert(c: Channel, message: Message, mentioned: boolean): void {
  const direct = c.meta.peek().type === 'direct';
  if (
    !mayInterrupt(c, message.thread_id) ||
    !interrupts(preferences.peek().level, levelOf(c.id), { mentioned, direct })
  )
    return;
  const title = `${nameOf(message.user_id, message.username)} · ${signed(c)}`;
  notice(`c${c.id}`, title, message.content, () => go(`/c/${c.id}`));
}

/** What only the server knows to be addressed to one: a keyword. */
function hear(frame: Frame): void {
  const told = frame.notification as Told;
  const c = told.kind === 'keyword' && session.store.channels.peek().get(told.channel_id ?? 0);
  if (!c || !mayInterrupt(c)) return;
  const said = c.timeline.entries.get(told.message_id ?? 0)?.message.peek().content ?? '';
  notice(`c${c.id}`, told.text, said, () => go(`/c/${c.id}/${told.message_id}`));
}
