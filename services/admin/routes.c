/* The only place that ties commands to handlers. */
#include "routes.h"

#include "handlers.h"

const struct pal_route admin_routes[] = {
    {&pal_cmd_stats_get, stats_get, PAL_TX_READ},
    {&pal_cmd_admin_users, admin_users, PAL_TX_READ},
    {&pal_cmd_report_list, report_list, PAL_TX_READ},
    {&pal_cmd_report_update, report_update, PAL_TX_WRITE},
    {&pal_cmd_moderation_create, moderation_create, PAL_TX_WRITE},
    {&pal_cmd_moderation_list, moderation_list, PAL_TX_READ},
    {&pal_cmd_moderation_lift, moderation_lift, PAL_TX_WRITE},
    {&pal_cmd_audit_list, audit_list, PAL_TX_READ},
    {&pal_cmd_gateway_report, gateway_report, PAL_TX_WRITE},
    {&pal_cmd_admin_events, pal_events_handler, PAL_TX_READ},
    {&pal_cmd_dashboard_get, dashboard_get, PAL_TX_READ},
};
const size_t admin_routes_count = sizeof admin_routes / sizeof *admin_routes;
