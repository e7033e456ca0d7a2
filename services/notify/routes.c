/* The only place that ties commands to handlers. */
#include "routes.h"

#include "handlers.h"

const struct pal_route notify_routes[] = {
    {&pal_cmd_notification_list, notification_list, PAL_TX_READ},
    {&pal_cmd_notification_read, notification_read, PAL_TX_WRITE},
    {&pal_cmd_notification_read_all, notification_read_all, PAL_TX_WRITE},
    {&pal_cmd_notification_since, notification_since, PAL_TX_READ},
    {&pal_cmd_notification_tail, notification_tail, PAL_TX_READ},
    {&pal_cmd_notification_preferences, notification_preferences, PAL_TX_READ},
    {&pal_cmd_notification_set_preferences, notification_set_preferences, PAL_TX_WRITE},
    {&pal_cmd_notification_set_channel, notification_set_channel, PAL_TX_NONE},
    {&pal_cmd_activity_open, activity_open, PAL_TX_NONE},
    {&pal_cmd_activity_read, activity_read, PAL_TX_NONE},
};
const size_t notify_routes_count = sizeof notify_routes / sizeof *notify_routes;
