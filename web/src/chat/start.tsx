// The chat begins: a session, what tells it of the world, and the screen.
import { effect } from '@preact/signals';
import { render } from 'preact';
import type { Api } from '../core/api.ts';
import { timeOf } from '../core/format.ts';
import type { Key } from '../core/i18n.ts';
import { uuid } from '../core/ids.ts';
import { Session } from '../core/session.ts';
import type { User } from '../core/types.ts';
import { awake, idle, watch } from '../platform/page.ts';
import { shelfOf } from '../platform/shelf.ts';
import { openSocket } from '../platform/socket.ts';
import { disk, erase } from '../platform/storage.ts';
import { setDue } from '../platform/token.ts';
import { ahead } from '../ui/lazy.tsx';
import { warmUp } from '../ui/Markdown.tsx';
import '../styles/chat.css';
import '../styles/app.css';
import { announce } from './Announcer.tsx';
import { App } from './App.tsx';
import { flush } from './actions.ts';
import { divider, enter, go, isOpen, onScreen, settled } from './state.ts';

const AWAY_MS = 60_000;
/** After this the first screen has long been there. */
const AHEAD_MS = 8000;
/** What takes long the first time and never again: a turn each, while the first answers are under way. */
const FIRST_TIMES = [warmUp, () => timeOf(new Date().toISOString()), () => 'a'.localeCompare('b')];

/** Fetched with the first connection: the first screen does not wait for it. */
const notices = (what: (module: typeof import('./notices.ts')) => void) =>
  void import('./notices.ts').then(what, () => {});

export function start(
  user: User,
  { api, root, ended }: { api: Api; root: Element; ended: (why?: Key) => void },
): Session {
  const mine = new Session(user, {
    api,
    disk,
    shelf: shelfOf(`${user.organization_id ?? 0}:${user.id}`),
    open: openSocket,
    now: () => Date.now(),
    later: (ms, what) => {
      const timer = setTimeout(what, ms);
      return () => clearTimeout(timer);
    },
    random: Math.random,
    uuid,
    idle,
    frames: run => queueMicrotask(run),
    arrived: (c, { message }, mentioned) => {
      if (onScreen(c, message.thread_id)) announce(message);
      if (isOpen(c) && !(onScreen(c) && awake.value) && divider.peek()?.channel !== c.id)
        divider.value = { channel: c.id, seq: c.readSeq.peek() };
      notices(m => m.alert(c, message, mentioned));
    },
    left: told => {
      // First, since there may be no room for more.
      erase([`draft:${user.id}:`, `outbox:${user.id}:`, `edit:${user.id}:`, `putoff:${user.id}:`, 'last']);
      setDue(!told);
      ended();
    },
  });
  enter(mine);
  effect(() => {
    if (mine.connection.phase.value === 'live') notices(m => m.follow());
  });
  setTimeout(() => {
    settled.value = true;
  }, AHEAD_MS);
  effect(() => {
    if (settled.value && mine.connection.phase.value === 'live') ahead();
  });
  go(location.pathname);
  let hiddenAt = 0;
  watch({
    nudge: () => {
      if (
        document.visibilityState === 'visible' &&
        (Date.now() - hiddenAt > AWAY_MS || mine.connection.phase.peek() !== 'live')
      )
        mine.nudge();
    },
    hidden: () => void mine.drafts.flush(true),
    leaving: () => {
      flush();
      void mine.drafts.flush(true);
      mine.save();
    },
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) hiddenAt = Date.now();
  });
  // A tab that looks away writes too: its messages are this one's as well.
  addEventListener('storage', event => {
    if (event.key?.startsWith('outbox:')) mine.outbox.reload();
    mine.drafts.reread(event.key);
  });
  effect(() => {
    const why = mine.connection.stopped.value;
    if (why) ended(why === 'banned' ? 'user.banned' : why === 'auth' ? 'signedOut' : 'outdated');
  });
  void mine.start();
  render(<App />, root);
  for (const one of FIRST_TIMES) setTimeout(one);
  return mine;
}
