// Each frame is looked at before anything believes it: a wrong one is dropped, an unknown one passed over. A few lines of
// one's own instead of a validation library, since what is asked is small: ids, places, and the members that are read.
import type { Frame } from './types.ts';

type Test = (value: unknown) => boolean;

const id: Test = v => Number.isSafeInteger(v) && (v as number) > 0;
const whole: Test = v => Number.isSafeInteger(v) && (v as number) >= 0;
const text: Test = v => typeof v === 'string';
const truth: Test = v => typeof v === 'boolean';
const list =
  (each: Test): Test =>
  v =>
    Array.isArray(v) && v.every(each);
const maybe =
  (test: Test): Test =>
  v =>
    v === undefined || v === null || test(v);
const shape =
  (members: Record<string, Test>): Test =>
  v =>
    typeof v === 'object' &&
    v !== null &&
    Object.entries(members).every(([name, test]) => test((v as Record<string, unknown>)[name]));

const placed = { channel_id: id, seq: id };
const message = shape({
  id,
  channel_id: id,
  user_id: id,
  username: text,
  content: text,
  message_type: text,
  mentions: list(id),
  seq: id,
  created_at: text,
  is_deleted: truth,
  thread_id: maybe(id),
  reactions: maybe(list(shape({ emoji: text, count: whole, user_ids: list(id) }))),
  attachments: maybe(list(shape({ id, filename: text, file_url: text, file_size: whole }))),
});
const channel = shape({ id, name: text, type: text });
const mark = { channel_id: id, seq: whole, unread_count: whole, mention_count: whole };
const reaction = shape({ ...placed, message_id: id, user_id: id, emoji: text });
const pin = shape({ ...placed, message_id: id, user_id: id });
const posted = shape({ ...placed, message });

const TESTS: Record<string, Test> = {
  hello: shape({
    channels: list(
      shape({
        channel_id: id,
        name: text,
        type: text,
        head_seq: whole,
        read_seq: whole,
        unread_count: whole,
        mention_count: whole,
      }),
    ),
  }),
  chat_message: posted,
  message_edited: posted,
  message_updated: posted,
  message_deleted: shape({ ...placed, message_id: id }),
  message_pinned: pin,
  message_unpinned: pin,
  reaction_added: reaction,
  reaction_removed: reaction,
  channel_created: shape({ ...placed, channel }),
  channel_updated: shape({ ...placed, channel }),
  channel_deleted: shape(placed),
  user_joined: shape({ channel_id: id, user_id: id, user: shape({ id, username: text, display_name: text }) }),
  user_left: shape({ ...placed, user_id: id }),
  member_updated: shape({ ...placed, user_id: id, role: text }),
  gap: shape({ channel_id: id, from: whole, to: whole }),
  pong: shape({ heads: v => typeof v === 'object' && v !== null && Object.values(v).every(whole) }),
  presence: shape({ user_id: id, status: text }),
  presence_batch: shape({
    online: maybe(list(id)),
    away: maybe(list(id)),
    busy: maybe(list(id)),
    offline: maybe(list(id)),
  }),
  read_marker: shape(mark),
  read_markers: shape({ channels: list(shape(mark)) }),
  user_typing: shape({ channel_id: id, user_id: id }),
  user_updated: shape({ id, username: text, display_name: text }),
  sidebar_updated: shape({ sidebar: shape({ favorites: list(id), sections: list(shape({ id, name: text })) }) }),
  direct_hidden: shape({ channel_id: id, hidden: truth }),
  channel_withdrawn: shape({ channel_id: id }),
  saved_updated: shape({ message_id: id }),
  saved_deleted: shape({ message_id: id }),
  draft_updated: shape({ draft: shape({ channel_id: id, thread_id: maybe(id), content: text, updated_at: text }) }),
  draft_deleted: shape({ channel_id: id, thread_id: maybe(id) }),
  emoji_created: shape({ emoji: shape({ name: text, image_url: text }) }),
  emoji_deleted: shape({ name: text }),
  group_updated: shape({ group: shape({ id, name: text, handle: text, user_ids: list(id) }) }),
  group_deleted: shape({ group_id: id }),
};

/** The frame of a text, or null when it is none or not as the contract says. */
export function frameOf(words: string): Frame | null {
  try {
    const frame: unknown = JSON.parse(words);
    if (typeof frame !== 'object' || frame === null || typeof (frame as Frame).type !== 'string') return null;
    const test = Object.hasOwn(TESTS, (frame as Frame).type) ? TESTS[(frame as Frame).type] : undefined;
    return !test || test(frame) ? (frame as Frame) : null;
  } catch {
    return null;
  }
}
