/* The handlers of chat; what each does is said in its catalogue file in proto/commands. */
#ifndef CHAT_HANDLERS_H
#define CHAT_HANDLERS_H

#include "service/service.h"

/* message.create, in batches: writer.c */
pal_writer_fn chat_writer;

pal_handler_fn channel_create, channel_delete, channel_get, channel_invite, channel_join, channel_leave,
    channel_list, channel_mark_read, channel_members, channel_remove_member, channel_set_role, channel_update;
pal_handler_fn message_delete, message_get, message_history, message_list, message_report, message_update;
pal_handler_fn bootstrap, event_list, session_open, typing_start;
/* Chores. */
pal_handler_fn expire_old;

#endif
