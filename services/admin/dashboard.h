/* The front of admin: the admin API and the stream /sse/dashboard. Front thread. */
#ifndef ADMIN_DASHBOARD_H
#define ADMIN_DASHBOARD_H

#include "service/service.h"

extern const struct pal_service_front admin_front;

#endif
