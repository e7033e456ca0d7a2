// The start: who is it, and then the door or the chat.
import { effect } from '@preact/signals';
import { render } from 'preact';
import { Door } from './auth/Door.tsx';
import { Api, type Token } from './core/api.ts';
import { t } from './core/i18n.ts';
import { uuid } from './core/ids.ts';
import { routeOf } from './core/route.ts';
import { Session } from './core/session.ts';
import type { User } from './core/types.ts';
import { start as look, speak } from './platform/look.ts';
import { awake, idle, watch } from './platform/page.ts';
import { openSocket } from './platform/socket.ts';
import { disk, erase } from './platform/storage.ts';
import * as token from './platform/token.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/chat.css';
import './styles/app.css';
import './styles/login.css';

const root = document.getElementById('app') as HTMLElement;
root.replaceChildren();
const AWAY_MS = 60_000;
let session: Session | null = null;

const api = new Api({
  fetch: (...ask) => fetch(...ask),
  uuid,
  alone: token.alone,
  newer: token.newer,
  renewed: token.put,
  denied: () => ended(),
});

/** The session is over: ended elsewhere, or here. What is unsent stays for the next time. */
function ended(): void {
  token.drop();
  session?.stop();
  session = null;
  api.signedIn(null);
  const here = routeOf(location.pathname, new URLSearchParams(location.search));
  if (here.page === 'chat') history.replaceState(null, '', '/');
  door();
}

function door(): void {
  document.title = 'Palique';
  const here = routeOf(location.pathname, new URLSearchParams(location.search));
  render(
    <Door
      key={here.page}
      api={api}
      register={here.page === 'register'}
      invitation={here.page === 'register' ? here.invitation : undefined}
      onLang={speak}
      onEnter={answer => {
        token.put(answer);
        api.signedIn(answer.access_token);
        if (!disk.getItem('lang')) speak(answer.user.language);
        history.pushState(null, '', '/chat');
        void enter(answer.user);
      }}
    />,
    root,
  );
}

async function enter(user: User): Promise<void> {
  const [{ App }, state, actions, { announce }, { notice }] = await Promise.all([
    import('./chat/App.tsx'),
    import('./chat/state.ts'),
    import('./chat/actions.ts'),
    import('./chat/Announcer.tsx'),
    import('./platform/notify.ts'),
  ]);
  const mine = new Session(user, {
    api,
    disk,
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
      const here = state.current.peek() === c;
      if (here) announce(message);
      if (here && !awake.value && state.divider.peek()?.channel !== c.id)
        state.divider.value = { channel: c.id, seq: c.readSeq.peek() };
      const direct = c.meta.peek().type === 'direct';
      if ((mentioned || direct) && !(here && awake.value))
        notice(
          `c${c.id}`,
          `${state.nameOf(message.user_id, message.username)} · ${state.signed(c)}`,
          message.content,
          () => state.go(`/c/${c.id}`),
        );
    },
    left: () => {
      erase([`draft:${user.id}:`, `outbox:${user.id}:`, 'last']);
      ended();
    },
  });
  session = mine;
  state.enter(mine);
  state.go(location.pathname);
  let hiddenAt = 0;
  watch({
    nudge: () => {
      if (
        document.visibilityState === 'visible' &&
        (Date.now() - hiddenAt > AWAY_MS || mine.connection.phase.peek() === 'waiting')
      )
        mine.connection.nudge();
    },
    leaving: actions.flush,
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) hiddenAt = Date.now();
  });
  // A tab that looks away writes too: its messages are this one's as well.
  addEventListener('storage', event => {
    if (event.key?.startsWith('outbox:')) mine.outbox.reload();
  });
  effect(() => {
    const why = mine.connection.stopped.value;
    if (why === 'auth') ended();
    else if (why === 'banned') {
      ended();
      state.toast(t('user.banned'));
    }
  });
  render(<App />, root);
  await mine.start();
}

async function begin(): Promise<void> {
  look();
  token.onToken(there => {
    if (!there && session) ended();
  });
  const here = routeOf(location.pathname, new URLSearchParams(location.search));
  const kept = token.kept();
  if (here.page === 'register') return door();
  if (kept) {
    api.signedIn(kept.token);
    token.admit(kept.token);
    if (here.page === 'sign-in') history.replaceState(null, '', '/chat');
    return enter(kept.user);
  }
  if (here.page === 'sign-in' && !disk.getItem('known')) return door();
  const told = await renewed();
  if (!told) return;
  if (here.page === 'sign-in') history.replaceState(null, '', '/chat');
  await enter(told.user);
}

/** By the cookie; again and again while nobody answers. */
async function renewed(): Promise<Pick<Token, 'user'> | null> {
  for (;;) {
    const answer = await api.refresh();
    if (answer === 'denied') return null;
    const kept = token.kept();
    if (answer === 'ok' && kept) return kept;
    await new Promise(done => setTimeout(done, 2000));
  }
}

void begin();
