/* Looking a host name up without blocking the loop; private to lib/redis. */
#ifndef PAL_REDIS_RESOLVE_H
#define PAL_REDIS_RESOLVE_H

#include <stdbool.h>

struct resolve;

/* Starts looking host up. *fd becomes readable when it is done; it belongs to the returned object.
 * NULL: no thread or memory to be had. */
struct resolve *resolve_start(const char *host, int *fd);
/* After fd became readable: the numeric address, borrowed; NULL when there is none. */
const char *resolve_address(const struct resolve *r);
/* At any time, also while the look-up still runs. NULL allowed. */
void resolve_drop(struct resolve *r);

#endif
