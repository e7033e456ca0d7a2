import type { ComponentChildren } from 'preact';
import { whenOf } from '../core/format.ts';
import { t } from '../core/i18n.ts';
import type { Message } from '../core/types.ts';
import { unmarked } from '../core/unmarked.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { follow, nameOf, openThread, session, signed } from './state.ts';

/** A message out of its place, with the way there. */
export function Excerpt({ message: m, children }: { message: Message; children?: ComponentChildren }) {
  const name = nameOf(m.user_id, m.username);
  const c = session.store.channels.value.get(m.channel_id);
  const path = `/c/${m.channel_id}/${m.thread_id && m.in_channel === false ? m.thread_id : m.id}`;
  const open = follow(path, () => {
    if (m.thread_id) openThread(m.channel_id, m.thread_id);
  });
  return (
    <a class="exc" href={path} onClick={open}>
      <Avatar id={m.user_id} name={name} size="sm" />
      <span>
        <span class="meta">
          <b>{name}</b>
          {c && <span class="x">{signed(c)}</span>}
          <time dateTime={m.created_at}>{whenOf(m.created_at)}</time>
        </span>
        <span class="short">{children ?? (m.is_deleted ? t('gone') : unmarked(m.content))}</span>
      </span>
    </a>
  );
}
