/* The only place that ties commands to handlers. message.create is in the writer lane:
 * chat_writer (handlers/writer.c) takes it in batches and runs the transaction itself. */
#include "routes.h"

#include "handlers.h"

const struct pal_route chat_routes[] = {
    {&pal_cmd_message_create, NULL, PAL_TX_NONE},
    {&pal_cmd_message_create, NULL, PAL_TX_NONE},
    {&pal_cmd_message_list, message_list, PAL_TX_READ},
    {&pal_cmd_message_get, message_get, PAL_TX_READ},
    {&pal_cmd_message_history, message_history, PAL_TX_READ},
    {&pal_cmd_message_update, message_update, PAL_TX_WRITE},
    {&pal_cmd_message_delete, message_delete, PAL_TX_WRITE},
    {&pal_cmd_message_report, message_report, PAL_TX_WRITE},
    {&pal_cmd_thread_get, thread_get, PAL_TX_READ},
    {&pal_cmd_thread_list, thread_list, PAL_TX_READ},
    {&pal_cmd_thread_follow, thread_follow, PAL_TX_WRITE},
    {&pal_cmd_thread_unfollow, thread_unfollow, PAL_TX_WRITE},
    {&pal_cmd_thread_mark_read, thread_mark_read, PAL_TX_WRITE},
    {&pal_cmd_channel_list, channel_list, PAL_TX_READ},
    {&pal_cmd_channel_get, channel_get, PAL_TX_READ},
    {&pal_cmd_channel_create, channel_create, PAL_TX_WRITE},
    {&pal_cmd_channel_update, channel_update, PAL_TX_WRITE},
    {&pal_cmd_channel_delete, channel_delete, PAL_TX_WRITE},
    {&pal_cmd_channel_join, channel_join, PAL_TX_WRITE},
    {&pal_cmd_channel_leave, channel_leave, PAL_TX_WRITE},
    {&pal_cmd_channel_members, channel_members, PAL_TX_READ},
    {&pal_cmd_channel_invite, channel_invite, PAL_TX_WRITE},
    {&pal_cmd_channel_remove_member, channel_remove_member, PAL_TX_WRITE},
    {&pal_cmd_channel_set_role, channel_set_role, PAL_TX_WRITE},
    {&pal_cmd_channel_mark_read, channel_mark_read, PAL_TX_WRITE},
    {&pal_cmd_typing_start, typing_start, PAL_TX_READ},
    {&pal_cmd_session_open, session_open, PAL_TX_READ},
    {&pal_cmd_event_list, event_list, PAL_TX_READ},
    {&pal_cmd_bootstrap, bootstrap, PAL_TX_READ},
    {&pal_cmd_reaction_add, reaction_add, PAL_TX_WRITE},
    {&pal_cmd_reaction_remove, reaction_remove, PAL_TX_WRITE},
    {&pal_cmd_reaction_list, reaction_list, PAL_TX_READ},
    {&pal_cmd_message_pin, message_pin, PAL_TX_WRITE},
    {&pal_cmd_message_unpin, message_unpin, PAL_TX_WRITE},
    {&pal_cmd_pin_list, pin_list, PAL_TX_READ},
    {&pal_cmd_emoji_list, emoji_list, PAL_TX_READ},
    {&pal_cmd_emoji_put, emoji_put, PAL_TX_WRITE},
    {&pal_cmd_emoji_delete, emoji_delete, PAL_TX_WRITE},
    {&pal_cmd_emoji_image, emoji_image, PAL_TX_READ},
    {&pal_cmd_chat_events, pal_events_handler, PAL_TX_READ},
};
const size_t chat_routes_count = sizeof chat_routes / sizeof *chat_routes;
