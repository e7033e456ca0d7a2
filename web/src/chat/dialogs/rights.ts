import type { Channel } from '../../core/store.ts';
import { session } from '../state.ts';

/** Permissions and type of a channel are its owners' and the administrators'. */
export const mayOwn = ({ meta: { value: m } }: Channel) =>
  m.type !== 'direct' && (m.role === 'owner' || session.me.value.role === 'admin');
