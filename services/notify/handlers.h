/* The handlers of notify; what each does is said in its catalogue file in proto/commands. */
#ifndef NOTIFY_HANDLERS_H
#define NOTIFY_HANDLERS_H

#include "service/service.h"

pal_handler_fn notification_list, notification_read, notification_read_all, notification_since,
    notification_tail, notification_preferences, notification_set_preferences,
    notification_set_channel, activity_open, activity_read;
/* Chores. */
pal_handler_fn expire_old, erase_users;

#endif
