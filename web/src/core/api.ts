// Requests: problem+json as errors, one refresh by the cookie when the token has run out, a key for what may be repeated.
import type { List, User } from './types.ts';

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly fields: { pointer: string; detail: string }[] = [],
    readonly retryAfterS?: number,
  ) {
    super(code);
  }
}

export interface Ask {
  body?: unknown;
  /** Instead of a body in JSON: as they are. */
  bytes?: Blob;
  query?: Record<string, string | number | null | undefined>;
  key?: string;
  signal?: AbortSignal;
  /** It goes on when the page goes. */
  keepalive?: boolean;
}

export interface Token {
  access_token: string;
  expires_in: number;
  user: User;
}
export interface ApiParts {
  fetch: typeof fetch;
  uuid: () => string;
  /** One at a time among all tabs: a refresh token is good for one use, and used twice ends the session. */
  alone: <T>(what: () => Promise<T>) => Promise<T>;
  /** What the refresh under way is known by, the same until an answer came: the server takes the token once more by it. */
  attempt: () => string;
  /** What another tab has got meanwhile, if it is not the one given. */
  newer: (than: string | null) => string | null;
  renewed: (token: Token) => void;
  /** The session is over. */
  denied: () => void;
}

const REFRESH = '/auth/refresh';
/** All tabs wait for it, and for minutes only can it be asked once more. */
const REFRESH_MS = 20_000;

export class Api {
  private token: string | null = null;
  private refreshing: Promise<'ok' | 'denied' | 'later'> | null = null;

  constructor(private readonly parts: ApiParts) {}

  get accessToken(): string | null {
    return this.token;
  }

  signedIn(token: string | null): void {
    this.token = token;
  }

  async call<T>(method: string, path: string, ask: Ask = {}): Promise<T> {
    const key = ask.key ?? (method === 'POST' ? this.parts.uuid() : undefined);
    let answer = await this.once(method, path, ask, key);
    if (answer.status === 401 && this.token) {
      const renewed = await this.refresh();
      // Nobody could be asked for a new token: that is no refusal.
      if (renewed === 'later') throw new Problem(503, 'http.503');
      if (renewed === 'ok') answer = await this.once(method, path, ask, key);
    }
    if (!answer.ok) throw await problemOf(answer);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }

  /** All pages of a list. */
  async all<T>(path: string, query: Ask['query'] = {}): Promise<T[]> {
    const found: T[] = [];
    let cursor: string | null | undefined;
    do {
      const page: List<T> = await this.call('GET', path, { query: { ...query, cursor } });
      found.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor);
    return found;
  }

  /** One at a time, whoever asks: a refresh token is good for one use. */
  refresh(): Promise<'ok' | 'denied' | 'later'> {
    this.refreshing ??= this.renew().finally(() => {
      this.refreshing = null;
    });
    return this.refreshing;
  }

  /** Signs out; whether the server has ended the session, or knows of none. */
  leave(): Promise<boolean> {
    return this.call('POST', '/auth/logout', { body: {} }).then(
      () => true,
      wrong => wrong instanceof Problem && wrong.status === 401,
    );
  }

  private renew(): Promise<'ok' | 'denied' | 'later'> {
    return this.parts.alone(async () => {
      const newer = this.parts.newer(this.token);
      if (newer) {
        this.token = newer;
        return 'ok';
      }
      const signal = AbortSignal.timeout(REFRESH_MS);
      const answer = await this.once('POST', REFRESH, { body: {}, signal }, this.parts.attempt()).catch(() => null);
      if (!answer) return 'later';
      if (answer.status === 401 || answer.status === 403) {
        this.parts.denied();
        return 'denied';
      }
      const told = answer.ok ? ((await answer.json().catch(() => null)) as Token | null) : null;
      if (typeof told?.access_token !== 'string') return 'later';
      this.token = told.access_token;
      this.parts.renewed(told);
      return 'ok';
    });
  }

  private once(method: string, path: string, ask: Ask, key?: string): Promise<Response> {
    const headers: Record<string, string> = { Accept: 'application/json' };
    if (ask.body !== undefined) headers['Content-Type'] = 'application/json';
    if (this.token && path !== REFRESH) headers.Authorization = `Bearer ${this.token}`;
    if (key && (this.token || path === REFRESH)) headers['Idempotency-Key'] = key;
    const init: RequestInit = { method, headers };
    if (ask.body !== undefined) init.body = JSON.stringify(ask.body);
    if (ask.bytes) init.body = ask.bytes;
    if (ask.keepalive) init.keepalive = true;
    if (ask.signal) init.signal = ask.signal;
    return this.parts.fetch(path + queryOf(ask.query), init);
  }
}

function queryOf(query: Ask['query']): string {
  const set = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null);
  return set.length ? `?${new URLSearchParams(set.map(([name, value]) => [name, String(value)]))}` : '';
}

async function problemOf(answer: Response): Promise<Problem> {
  const body = (await answer.json().catch(() => null)) as { code?: string; errors?: Problem['fields'] } | null;
  const after = Number(answer.headers.get('Retry-After') ?? Number.NaN);
  return new Problem(
    answer.status,
    body?.code ?? `http.${answer.status}`,
    body?.errors ?? [],
    Number.isFinite(after) ? after : undefined,
  );
}
