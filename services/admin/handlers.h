/* The handlers of admin; what each does is said in its catalogue file in proto/commands. */
#ifndef ADMIN_HANDLERS_H
#define ADMIN_HANDLERS_H

#include "service/service.h"
#include "store/page.h"

pal_handler_fn stats_get, admin_users, report_list, report_update, moderation_create,
    moderation_list, moderation_lift, audit_list, gateway_report, dashboard_get;
/* Chores. */
pal_handler_fn expire_old;

/* The page that limit and cursor of the request ask for; an unreadable cursor fails the call. */
enum pal_code page_of(struct pal_call *c, struct page *out) PAL_MUST_USE;

#endif
