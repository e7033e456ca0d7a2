/* Inside of lib/service: sockets of the operations port. */
#ifndef PAL_SERVICE_LISTEN_H
#define PAL_SERVICE_LISTEN_H

#include "base/code.h"
#include "base/error.h"

/* "unix:/path", "host:port" or "[v6]:port". Non-blocking, close-on-exec. A stale socket file is
 * replaced; a new one is for this user only. */
enum pal_code pal_ops_listen(const char *address, int *fd, struct pal_error *err) PAL_MUST_USE;
/* Blocking, with time-outs of a few seconds; -1: nobody there. */
int pal_ops_connect(const char *address);

#endif
