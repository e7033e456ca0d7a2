// What is open, by the address.
export type Route =
  | { page: 'sign-in' }
  | { page: 'register'; invitation?: string }
  | { page: 'forgot' | 'reset' | 'verify' }
  | { page: 'chat'; channel?: number; message?: number };

export function routeOf(path: string, query: URLSearchParams): Route {
  const place = /^\/c\/(\d{1,15})(?:\/(\d{1,15}))?\/?$/.exec(path);
  if (place) {
    const route: Route = { page: 'chat', channel: Number(place[1]) };
    return place[2] ? { ...route, message: Number(place[2]) } : route;
  }
  const mailed = /^\/(forgot|reset|verify)\/?$/.exec(path);
  if (mailed) return { page: mailed[1] as 'forgot' };
  if (/^\/register\/?$/.test(path)) {
    const invitation = query.get('invitation');
    return invitation ? { page: 'register', invitation } : { page: 'register' };
  }
  return /^\/chat\/?$/.test(path) ? { page: 'chat' } : { page: 'sign-in' };
}
