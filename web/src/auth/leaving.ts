// Somebody has signed out here while the server did not answer: the session and its cookie live on, so it is told again.
import { Api } from '../core/api.ts';
import { uuid } from '../core/ids.ts';
import * as token from '../platform/token.ts';

/** By the cookie, and of no use to anything else. */
const api = new Api({
  fetch: (...ask) => fetch(...ask),
  uuid,
  alone: token.alone,
  attempt: token.attempt,
  newer: () => null,
  renewed: () => {},
  denied: () => {},
});

/** One tab at a time: what one tells the server is not to end the session that another begins. */
const inTurn = <T>(what: () => Promise<T>): Promise<T> =>
  'locks' in navigator ? (navigator.locks.request('leaving', what) as Promise<T>) : what();

async function tell(): Promise<boolean> {
  if (!token.due()) return true;
  const known = api.accessToken ? 'ok' : await api.refresh();
  const over = known === 'denied' || (known === 'ok' && (await api.leave()));
  if (over) {
    token.setDue(false);
    api.signedIn(null);
  }
  return over;
}

let telling: Promise<boolean> | null = null;

/** One at a time, whoever asks: whether the server knows, or nobody has to be signed out. */
export function leave(): Promise<boolean> {
  telling ??= inTurn(tell).finally(() => {
    telling = null;
  });
  return telling;
}

/** Begins another session: before there is one, since it would be the one that ends. */
export function instead<T>(begin: () => Promise<T>): Promise<T> {
  return inTurn(async () => {
    await tell();
    const begun = await begin();
    token.setDue(false);
    return begun;
  });
}
