// What comes over the wire, as proto/ says, and what the client makes of it.
export type Role = 'owner' | 'moderator' | 'member';
export type Presence = 'online' | 'away' | 'busy' | 'offline';

export interface User {
  id: number;
  username: string;
  display_name: string;
  role: 'member' | 'moderator' | 'admin';
  profile_picture: string | null;
  status: Presence;
  status_text: string;
  language: 'en' | 'es';
  email?: string;
  organization_id?: number;
}

export interface Attachment {
  id: number;
  filename: string;
  file_url: string;
  file_size: number;
  mime_type: string;
  kind: 'file' | 'image' | 'video' | 'audio';
  processing?: boolean;
  width?: number | null;
  height?: number | null;
  colour?: string | null;
  thumbnail_url?: string | null;
}

export interface Quote {
  id: number;
  user_id: number;
  username: string;
  content: string;
  is_deleted: boolean;
}

export interface Preview {
  url: string;
  title?: string | null;
  description?: string | null;
  site_name?: string | null;
  image_url?: string | null;
}

export interface Reaction {
  emoji: string;
  count: number;
  user_ids: number[];
}

export interface ThreadSummary {
  reply_count: number;
  last_reply_at: string | null;
  last_reply_id: number | null;
  user_ids: number[];
}

export interface Message {
  id: number;
  channel_id: number;
  user_id: number;
  username: string;
  content: string;
  message_type: 'text' | 'image' | 'file' | 'system';
  reply_to_id: number | null;
  client_id: string | null;
  mentions: number[];
  seq: number;
  created_at: string;
  edited_at: string | null;
  is_deleted: boolean;
  thread_id?: number;
  in_channel?: boolean;
  thread?: ThreadSummary;
  mention_all?: 'channel' | 'here';
  reactions?: Reaction[];
  pin?: { user_id: number; at?: string };
  attachments?: Attachment[];
  quote?: Quote;
  mention_groups?: number[];
  previews?: Preview[];
}

export interface ChannelMeta {
  id: number;
  name: string;
  topic: string;
  description: string;
  type: 'public' | 'private' | 'direct';
  is_archived: boolean;
  member_count: number;
  created_by?: number;
  created_at?: string;
  /** Twenty at most; of a direct conversation all. */
  users?: { id: number; username: string }[];
  is_member?: boolean;
  role?: Role | null;
  /** What one can do in it now, and the least role for each. */
  can?: Record<string, boolean>;
  permissions?: Record<string, Role>;
  auto_archive_days?: number | null;
}

/** A channel as a request answers it. */
export interface ChannelAnswer extends ChannelMeta {
  head_seq: number;
  read_seq?: number;
  unread_count?: number;
  mention_count?: number;
}

export interface Member {
  user_id: number;
  username: string;
  display_name: string;
  role: Role;
}

export interface ThreadState {
  message_id: number;
  channel_id: number;
  following: boolean;
  read_seq: number;
  unread_count: number;
  mention_count: number;
}

export interface ThreadPage extends Page {
  root: Message;
  state: ThreadState;
}

export interface Sidebar {
  favorites: number[];
  sections: { id: number; name: string; position: number; channel_ids: number[] }[];
}

/** What is half written, as the server keeps it. */
export interface KeptDraft {
  channel_id: number;
  thread_id: number | null;
  reply_to_id: number | null;
  content: string;
  updated_at: string;
}

export interface Scheduled {
  id: number;
  channel_id: number;
  thread_id: number | null;
  reply_to_id: number | null;
  content: string;
  attachments: Attachment[];
  send_at: string;
  state: 'pending' | 'sent' | 'failed';
  reason: string | null;
}

/** An emoji of the organisation. */
export interface OwnEmoji {
  id: number;
  name: string;
  image_url: string;
  created_by: number;
}

export interface Group {
  id: number;
  name: string;
  handle: string;
  description: string;
  user_ids: number[];
}

export type Level = 'all' | 'mentions' | 'nothing';
/** What one wants to be told of, and when not to be disturbed. */
export interface NoticePreferences {
  level: Level;
  keywords: string[];
  quiet_hours: { from: string; to: string; time_zone: string } | null;
  dnd_until: string | null;
}
/** A notification as it comes, of what the client makes use. */
export interface Told {
  kind: string;
  priority: string;
  text: string;
  channel_id: number | null;
  message_id: number | null;
}
/** What is chosen for one channel. */
export interface ChannelNotices {
  channel_id: number;
  /** null: as everywhere */
  level: Level | null;
  muted: boolean;
  muted_until: string | null;
}

export interface List<T> {
  items: T[];
  next_cursor: string | null;
}

export interface Bootstrap {
  me: User;
  channels: ChannelAnswer[];
  users: User[];
  threads: { unread_count: number; mention_count: number };
}

/** A durable event of a channel: it has a place in the channel's log. */
interface Placed {
  channel_id: number;
  seq: number;
}
export type Durable =
  | (Placed & { type: 'channel_created' | 'channel_updated'; channel: ChannelMeta })
  | (Placed & { type: 'channel_deleted'; deleted_by: number })
  | (Placed & {
      type: 'user_joined';
      user_id: number;
      user: { id: number; username: string; display_name: string };
      role: Role;
    })
  | (Placed & { type: 'user_left'; user_id: number; username: string; removed_by: number | null })
  | (Placed & { type: 'member_updated'; user_id: number; role: Role })
  | (Placed & { type: 'chat_message'; message: Message; thread?: ThreadSummary })
  | (Placed & { type: 'message_edited' | 'message_updated'; message: Message })
  | (Placed & {
      type: 'message_deleted';
      message_id: number;
      deleted_by: number;
      thread_id?: number;
      thread?: ThreadSummary;
    })
  | (Placed & { type: 'message_pinned' | 'message_unpinned'; message_id: number; user_id: number; username: string })
  | (Placed & {
      type: 'reaction_added' | 'reaction_removed';
      message_id: number;
      user_id: number;
      username: string;
      emoji: string;
    });

export interface Page {
  items: Message[];
  has_before: boolean;
  has_after: boolean;
  head_seq: number;
}

export interface HelloChannel {
  channel_id: number;
  name: string;
  type: ChannelMeta['type'];
  head_seq: number;
  read_seq: number;
  unread_count: number;
  mention_count: number;
}

export interface Frame {
  type: string;
  [member: string]: unknown;
}
