// The start: who is it, and then the door or the chat.
import { render } from 'preact';
import { Api, type Token } from './core/api.ts';
import { type Key, t } from './core/i18n.ts';
import { uuid } from './core/ids.ts';
import { routeOf } from './core/route.ts';
import type { Session } from './core/session.ts';
import type { User } from './core/types.ts';
import { start as look, speak } from './platform/look.ts';
import { clearShelf } from './platform/shelf.ts';
import { visit } from './platform/storage.ts';
import * as token from './platform/token.ts';
import { later } from './ui/lazy.tsx';
import './styles/tokens.css';
import './styles/base.css';
import './styles/login.css';

const root = document.getElementById('app') as HTMLElement;
root.replaceChildren();
let session: Session | null = null;

const api = new Api({
  fetch: (...ask) => fetch(...ask),
  uuid,
  alone: token.alone,
  attempt: token.attempt,
  newer: token.newer,
  renewed: token.put,
  denied: () => ended(session ? 'signedOut' : undefined),
});

/** The session is over: ended elsewhere, or here. What is unsent stays for the next time. */
function ended(why?: Key): void {
  token.drop();
  session?.stop();
  session = null;
  clearShelf();
  api.signedIn(null);
  render(null, root); // at once: the door may have to be fetched
  const here = routeOf(location.pathname, new URLSearchParams(location.search));
  if (here.page === 'chat') history.replaceState(null, '', '/');
  void door(why);
}

async function door(why?: Key): Promise<void> {
  document.title = 'Palique';
  const { Door } = await import('./auth/Door.tsx').catch(again);
  const here = routeOf(location.pathname, new URLSearchParams(location.search));
  render(
    <Door
      key={here.page}
      notice={why}
      api={api}
      register={here.page === 'register'}
      invitation={here.page === 'register' ? here.invitation : undefined}
      onLang={speak}
      onEnter={answer => {
        token.put(answer);
        api.signedIn(answer.access_token);
        history.pushState(null, '', '/chat');
        void enter(answer.user);
      }}
    />,
    root,
  );
}

/** What letters lead to. */
async function lettered(page: 'forgot' | 'reset' | 'verify'): Promise<void> {
  const { Lettered } = await later(() => import('./auth/Letters.tsx')).catch(again);
  render(<Lettered page={page} api={api} onLang={speak} />, root);
}

async function enter(user: User): Promise<void> {
  const chat = await import('./chat/start.tsx').catch(again);
  await new Promise(done => setTimeout(done)); // to load it is work enough for one turn
  session = chat.start(user, { api, root, ended });
}

const AGAIN_MS = 2000;
const AGAIN_MOST_MS = 60_000;
/** How often this tab has begun anew in vain: a part may be missing for good. */
const TRIES = 'tries';

/** A part of the client could not be fetched: once somebody answers, from the beginning. Nothing was written yet. */
async function again(why: unknown): Promise<never> {
  console.warn(why);
  unreachable();
  const tries = Number(visit.getItem(TRIES));
  visit.setItem(TRIES, `${tries + 1}`);
  const wait = Math.min(AGAIN_MS * 2 ** tries, AGAIN_MOST_MS);
  do await new Promise(done => setTimeout(done, wait));
  while (
    !(await fetch('/favicon.svg', { cache: 'no-store' }).then(
      answer => answer.ok,
      () => false,
    ))
  );
  location.reload();
  return new Promise(() => {});
}

function unreachable(): void {
  render(
    <main class="away">
      <h1>Palique</h1>
      <p role="status">{t('unreachable')}</p>
    </main>,
    root,
  );
}

async function begin(): Promise<void> {
  await look().catch(again);
  token.onToken(there => {
    if (!there && session) ended('signedOut');
  });
  const here = routeOf(location.pathname, new URLSearchParams(location.search));
  const kept = token.kept();
  if (here.page === 'register') return door();
  if (here.page === 'forgot' || here.page === 'reset' || here.page === 'verify') return lettered(here.page);
  if (token.due()) return ended();
  if (kept) {
    api.signedIn(kept.token);
    token.admit(kept.token, Math.round((kept.until - Date.now()) / 1000));
    if (here.page === 'sign-in') history.replaceState(null, '', '/chat');
    return enter(kept.user);
  }
  if (here.page === 'sign-in' && !token.known()) return door();
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
    unreachable();
    await new Promise(done => setTimeout(done, AGAIN_MS));
  }
}

void begin().then(() => visit.removeItem(TRIES));
