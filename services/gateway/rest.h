/* REST: a request that the front has checked, forwarded to its owner and answered. Loop's thread.
 */
#ifndef GATEWAY_REST_H
#define GATEWAY_REST_H

#include "http/front.h"

/* struct pal_front_config.call; ctx is the gateway. */
void rest_call(void *ctx, struct pal_http *r, struct pal_frame *request,
               const struct pal_command *cmd);

#endif
