/* Who answers which command of admin. */
#ifndef ADMIN_ROUTES_H
#define ADMIN_ROUTES_H

#include "service/service.h"

extern const struct pal_route admin_routes[];
extern const size_t admin_routes_count;

#endif
