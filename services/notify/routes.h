/* Who answers which command of notify. */
#ifndef NOTIFY_ROUTES_H
#define NOTIFY_ROUTES_H

#include "service/service.h"

extern const struct pal_route notify_routes[];
extern const size_t notify_routes_count;

#endif
