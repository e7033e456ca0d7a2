/* What the skeleton runs: commands, the log that is followed, chores. */
#ifndef AUTH_ROUTES_H
#define AUTH_ROUTES_H

#include "service/service.h"

extern const struct pal_route auth_routes[];
extern const size_t auth_routes_count;
extern const struct pal_consumer auth_consumers[];
extern const size_t auth_consumers_count;
extern const struct pal_chore auth_chores[];
extern const size_t auth_chores_count;

#endif
