// The access token, shared by all tabs: one refreshes for all, one at a time, since a refresh token used twice ends the
// session. It lives minutes; what lasts is an HttpOnly cookie.
import type { Token } from '../core/api.ts';
import type { User } from '../core/types.ts';
import { disk, keep } from './storage.ts';

const KEY = 'token';
/** Somebody has signed in here and not out: the cookie may be good. */
const KNOWN = 'known';
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
  admit(access_token);
}

/** Pictures and downloads cannot carry a header: for those alone the token is a cookie too. */
const PICTURES = ['/files', '/users', '/emoji', '/previews'];

export function admit(token: string): void {
  cookie(token, 900);
}

export function drop(): void {
  disk.removeItem(KEY);
  disk.removeItem(KNOWN);
  cookie('', 0);
}

function cookie(token: string, seconds: number): void {
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  for (const path of PICTURES) {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not there without TLS
    document.cookie = `palique_token=${token}; Path=${path}; SameSite=Strict; Max-Age=${seconds}${secure}`;
  }
}

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
      keep(LEASE, `${mine} ${Date.now() + LEASE_MS}`);
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
