// What a line that begins with a slash does. Each is what a button does too; an unknown one is said, not sent.
import { type Key, t } from '../core/i18n.ts';
import type { Channel } from '../core/store.ts';
import type { ChannelAnswer, List, User } from '../core/types.ts';
import { plain } from '../core/words.ts';
import { dialog, go, panel, query, session, toast } from './state.ts';
import { talkTo } from './talk.ts';

/** done: the box is emptied; kept: what is in it stays; say: this is the message. */
export type Told = 'done' | 'kept' | { say: string };

interface Command {
  name: string;
  what: Key;
  usage?: Key;
  fits: (c: Channel) => boolean;
  run: (words: string, c: Channel) => Promise<Told> | Told;
}

const everywhere = () => true;
const inChannel = (c: Channel) => c.meta.value.type !== 'direct';
const done = (what: Promise<unknown>) => what.then((): Told => 'done');
const call = (method: string, path: string, body?: unknown) =>
  done(session.api.call(method, path, body ? { body } : {}));

function refuse(text: string): Told {
  toast(text);
  return 'kept';
}

/** Whom `@name` means. */
async function personOf(word: string): Promise<User | null> {
  const wanted = word.replace(/^@/, '').toLowerCase();
  if (!wanted) return null;
  for (const user of session.store.users.values())
    if (user.peek().username.toLowerCase() === wanted) return user.peek();
  const found = await session.api.call<List<User>>('GET', '/users', { query: { query: wanted, limit: 200 } });
  session.store.meet(found.items.filter(u => !session.store.users.has(u.id)));
  return found.items.find(u => u.username.toLowerCase() === wanted) ?? null;
}

async function invite(words: string, c: Channel): Promise<Told> {
  const names = words.split(/\s+/).filter(Boolean);
  if (!names.length) return refuse(t('commandPerson'));
  const people = await Promise.all(names.map(personOf));
  const missing = names[people.indexOf(null)];
  if (missing) return refuse(t('commandNobody', { who: missing }));
  for (const user of people)
    await session.api.call('POST', `/channels/${c.id}/members`, { body: { user_id: user?.id } });
  return 'done';
}

async function join(words: string): Promise<Told> {
  const wanted = plain(words.replace(/^#/, '').trim());
  if (!wanted) return refuse(t('commandChannel'));
  const found = (await session.api.all<ChannelAnswer>('/channels', { limit: 200 })).find(
    c => c.type !== 'direct' && plain(c.name) === wanted,
  );
  if (!found) return refuse(t('commandNoChannel', { where: words }));
  const told = await session.api.call<ChannelAnswer>('POST', `/channels/${found.id}/join`);
  session.store.learn({ ...told, is_member: true });
  go(`/c/${found.id}`);
  return 'done';
}

async function message(words: string): Promise<Told> {
  const [name = '', ...rest] = words.split(/\s+/);
  const user = await personOf(name);
  if (!user) return refuse(name ? t('commandNobody', { who: name }) : t('commandPerson'));
  const text = rest.length ? words.slice(words.indexOf(name) + name.length).trim() : '';
  const there = await talkTo([user.id]);
  if (!there) return 'kept';
  if (text) session.send({ channel_id: there.id, content: text });
  return 'done';
}

function status(presence: 'online' | 'away' | 'busy') {
  return (words: string): Promise<Told> => {
    const body = { status: presence, ...(words ? { status_text: words.slice(0, 140) } : {}) };
    return session.api.call<User>('POST', `/users/${session.store.me}/status`, { body }).then(told => {
      session.me.value = { ...session.me.value, status: presence, status_text: told.status_text };
      session.store.meet([session.me.value]);
      return 'done';
    });
  };
}

/** 90, 15m, 2h, 1d: in seconds. */
function secondsOf(word: string): number | null {
  const found = /^(\d{1,4})([mhd])$/.exec(word);
  const unit = { m: 60, h: 3600, d: 86_400 }[found?.[2] ?? ''];
  return found && unit ? Number(found[1]) * unit : null;
}

async function mute(words: string): Promise<Told> {
  const [name = '', time = '', ...why] = words.split(/\s+/).filter(Boolean);
  const user = await personOf(name);
  if (!user) return refuse(name ? t('commandNobody', { who: name }) : t('commandPerson'));
  const duration = secondsOf(time);
  const reason = (duration ? why : [time, ...why]).join(' ').trim();
  if (!reason) return refuse(t('commandWhy'));
  await session.api.call('POST', '/admin/moderation/actions', {
    body: { user_id: user.id, action_type: 'mute', reason, duration },
  });
  toast(t('commandMuted', { who: user.display_name || user.username }));
  return 'done';
}

export const COMMANDS: Command[] = [
  {
    name: 'me',
    what: 'cmdMe',
    usage: 'useText',
    fits: everywhere,
    run: words => (words ? { say: `_${words}_` } : 'kept'),
  },
  {
    name: 'shrug',
    what: 'cmdShrug',
    usage: 'useText',
    fits: everywhere,
    run: words => ({ say: `${words} ¯\\\\\\_(ツ)\\_/¯`.trim() }),
  },
  {
    name: 'msg',
    what: 'cmdMsg',
    usage: 'usePersonText',
    fits: everywhere,
    run: message,
  },
  {
    name: 'join',
    what: 'cmdJoin',
    usage: 'useChannel',
    fits: everywhere,
    run: join,
  },
  {
    name: 'invite',
    what: 'cmdInvite',
    usage: 'usePerson',
    fits: inChannel,
    run: invite,
  },
  {
    name: 'topic',
    what: 'cmdTopic',
    usage: 'useText',
    fits: c => inChannel(c) && !!c.meta.value.can?.manage,
    run: (words, c) => call('PUT', `/channels/${c.id}`, { topic: words.slice(0, 250) }),
  },
  {
    name: 'leave',
    what: 'leave',
    fits: inChannel,
    run: (_, c) => call('POST', `/channels/${c.id}/leave`).finally(() => go('/chat')),
  },
  { name: 'online', what: 'cmdOnline', usage: 'useText', fits: everywhere, run: status('online') },
  { name: 'away', what: 'cmdAway', usage: 'useText', fits: everywhere, run: status('away') },
  { name: 'dnd', what: 'cmdDnd', usage: 'useText', fits: everywhere, run: status('busy') },
  {
    name: 'mute',
    what: 'cmdMute',
    usage: 'useMute',
    fits: () => session.me.value.role !== 'member',
    run: mute,
  },
  {
    name: 'search',
    what: 'cmdSearch',
    usage: 'useText',
    fits: everywhere,
    run: words => {
      query.value = words;
      panel.value = { kind: 'search' };
      return 'done';
    },
  },
  {
    name: 'help',
    what: 'cmdHelp',
    fits: everywhere,
    run: () => {
      dialog.value = 'keys';
      return 'done';
    },
  },
];

export function run(line: string, c: Channel): Promise<Told> {
  const [, name = '', words = ''] = /^\/([a-z]+)\s*([\s\S]*)$/i.exec(line) ?? [];
  const command = COMMANDS.find(one => one.name === name.toLowerCase() && one.fits(c));
  if (!command) return Promise.resolve(refuse(t('commandUnknown', { name })));
  return Promise.resolve(command.run(words.trim(), c));
}
