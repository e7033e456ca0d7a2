// Whether one's address is known to be one's own.
import { session } from './state.ts';

/** E-mail is sent here, and one's address is not confirmed. */
export const unconfirmed = () =>
  Promise.all([
    session.api.call<{ email: boolean }>('GET', '/auth/options'),
    session.api.call<{ email: string; verified_at: string | null }>('GET', '/auth/email'),
  ]).then(([options, { email, verified_at }]) => options.email && !verified_at && email);

export const askLink = () => session.api.call('POST', '/auth/email/verification', { body: {} });
