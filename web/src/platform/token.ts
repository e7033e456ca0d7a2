// The access token, shared by all tabs: one refreshes for all, one at a time, since a refresh token used twice ends the
// session. It lives minutes; what lasts is an HttpOnly cookie.
import type { Token } from '../core/api.ts';
import { uuid } from '../core/ids.ts';
import type { User } from '../core/types.ts';
import { disk, keep } from './storage.ts';

const KEY = 'token';
/** Somebody has signed in here and not out: the cookie may be good. */
const KNOWN = 'known';
/** A refresh that has not been answered. */
const ATTEMPT = 'token.attempt';
/** One has signed out here, and the server has not said yet that it knows. */
const DUE = 'token.due';
const LEASE = 'token.lease';
const LEASE_MS = 10_000;
/** It is not used in the last moments of its life. */
const MARGIN_MS = 20_000;

interface Kept {
  token: string;
  until: number;
  user: User;
}

export function kept(): Kept | null {
  try {
    const found = JSON.parse(disk.getItem(KEY) ?? 'null') as Kept | null;
    return found && typeof found.token === 'string' && found.until - MARGIN_MS > Date.now() ? found : null;
  } catch {
    return null;
  }
}

export function put({ access_token, expires_in, user }: Token): void {
  keep(KEY, JSON.stringify({ token: access_token, until: Date.now() + expires_in * 1000, user } satisfies Kept));
  keep(KNOWN, '1');
  answered();
  admit(access_token, expires_in);
}

/** Pictures and downloads cannot carry a header: for those alone the token is a cookie too. */
const PICTURES = ['/files', '/users', '/emoji', '/previews'];

export function admit(token: string, seconds: number): void {
  for (const path of PICTURES) {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not there without TLS
    document.cookie = `palique_token=${token}; Path=${path}; SameSite=Strict; Max-Age=${seconds}${location.protocol === 'https:' ? '; Secure' : ''}`;
  }
}

export function drop(): void {
  for (const key of [KEY, KNOWN]) disk.removeItem(key);
  answered();
  admit('', 0);
}

/** The attempt of this tab, where the storage is full. */
let unkept: string | undefined;

function answered(): void {
  unkept = undefined;
  disk.removeItem(ATTEMPT);
}

export function attempt(): string {
  const key = disk.getItem(ATTEMPT) ?? unkept ?? uuid();
  unkept = keep(ATTEMPT, key) ? undefined : key;
  return key;
}

export const due = () => disk.getItem(DUE) !== null;
export const setDue = (on: boolean) => (on ? keep(DUE, '1') : disk.removeItem(DUE));

export const newer = (than: string | null): string | null => {
  const found = kept();
  return found && found.token !== than ? found.token : null;
};

export const known = () => disk.getItem(KNOWN) !== null;

/** Told when another tab has signed out or in. */
export function onToken(what: (there: boolean) => void): void {
  addEventListener('storage', event => {
    if (event.key === KEY) what(event.newValue !== null);
  });
}

export function alone<T>(what: () => Promise<T>): Promise<T> {
  // navigator.locks needs TLS or localhost; elsewhere a lease in the storage does nearly as well.
  return 'locks' in navigator ? (navigator.locks.request('token', what) as Promise<T>) : leased(what);
}

async function leased<T>(what: () => Promise<T>): Promise<T> {
  const mine = `${Math.random()}`;
  for (;;) {
    const [owner, until] = (disk.getItem(LEASE) ?? '').split(' ');
    if (!owner || owner === mine || Number(until) < Date.now()) {
      // Where nothing can be kept there is nothing to wait for either.
      if (!keep(LEASE, `${mine} ${Date.now() + LEASE_MS}`)) break;
      await pause(60);
      if ((disk.getItem(LEASE) ?? '').startsWith(mine)) break;
    }
    await pause(50 + Math.random() * 100);
  }
  try {
    return await what();
  } finally {
    if ((disk.getItem(LEASE) ?? '').startsWith(mine)) disk.removeItem(LEASE);
  }
}

const pause = (ms: number) => new Promise(done => setTimeout(done, ms));
