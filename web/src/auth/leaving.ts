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

async function tell(): Promise<boolean> {
  if (!token.due()) return true;
  const known = api.accessToken ? 'ok' : await api.refresh();
  const over = known === 'denied' || (known === 'ok' && (await api.leave()));
  if (over) token.setDue(false);
  return over;
}

let telling: Promise<boolean> | null = null;

/** One at a time, whoever asks: whether the server knows, or nobody has to be signed out. */
export function leave(): Promise<boolean> {
  telling ??= tell().finally(() => {
    telling = null;
  });
  return telling;
}
