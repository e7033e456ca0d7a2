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
}

export interface ChannelMeta {
  id: number;
  name: string;
  topic: string;
  description: string;
  type: 'public' | 'private' | 'direct';
  is_archived: boolean;
  member_count: number;
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
