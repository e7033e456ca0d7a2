/* The handlers of chat; what each does is said in its catalogue file in proto/commands. */
#ifndef CHAT_HANDLERS_H
#define CHAT_HANDLERS_H

#include "service/service.h"

pal_handler_fn message_list, message_update, message_delete, message_report, message_get,
    message_history, message_search, message_readers, message_remove_previews, preview_image;
pal_handler_fn thread_get, thread_list, thread_follow, thread_unfollow, thread_mark_read;
pal_handler_fn channel_list, channel_create, channel_get, channel_update, channel_delete;
pal_handler_fn channel_join, channel_leave, channel_members, channel_invite, channel_remove_member,
    channel_set_role;
pal_handler_fn channel_permissions, channel_set_permissions;
pal_handler_fn section_list, section_create, section_update, section_delete, section_add,
    section_remove, channel_favorite, channel_unfavorite, channel_export;
pal_handler_fn direct_open, direct_post, direct_messages, direct_hide, direct_show;
pal_handler_fn session_open, event_list, typing_start, bootstrap, here_report;
pal_handler_fn channel_mark_read, channel_mark_unread, read_mark_everything, unread_get;
pal_handler_fn preferences_get, preferences_update;
pal_handler_fn group_create, group_list, group_get, group_update, group_delete, group_members;
pal_handler_fn reaction_add, reaction_remove, reaction_list, message_pin, message_unpin, pin_list;
pal_handler_fn emoji_list, emoji_put, emoji_delete, emoji_image;
pal_handler_fn saved_put, saved_delete, saved_list, draft_put, draft_delete, draft_list;
pal_handler_fn scheduled_create, scheduled_list, scheduled_update, scheduled_delete, scheduled_send;
pal_handler_fn file_begin, file_look, file_progress, file_finish, file_open, file_get, file_url,
    file_delete, file_list, file_usage;

/* message.create, in batches. */
pal_writer_fn chat_writer;
/* Registers what it counts. */
void writer_start(void);

/* Chores. */
pal_handler_fn archive_idle, expire_old, search_follow, send_due;
pal_handler_fn files_expire, files_forget, files_sweep;
pal_handler_fn preview_work, preview_expire, picture_work, erase_users;

/* Registers what only chat counts. */
enum pal_code chat_start(struct pal_service *s, struct pal_error *err) PAL_MUST_USE;

#endif
