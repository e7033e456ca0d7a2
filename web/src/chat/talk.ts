// The way to a conversation with somebody, for the parts that offer it.
import type { Channel } from '../core/store.ts';
import { failed, go, session } from './state.ts';

/** The conversation with these people, made if there is none; null when that was refused. */
export async function talkTo(ids: number[]): Promise<Channel | null> {
  try {
    const channel = await session.api.call<never>('POST', '/direct', { body: { user_ids: ids } });
    const c = session.store.learn(channel);
    c.last.value = Date.now();
    session.store.hide(c.id, false);
    go(`/c/${c.id}`);
    return c;
  } catch (wrong) {
    failed(wrong);
    return null;
  }
}
