/* Changes of presence as frames to the sockets of the organisation. Loop's thread. */
#ifndef GATEWAY_PRESENCE_TELL_H
#define GATEWAY_PRESENCE_TELL_H

#include "presence.h"

/* struct presence_ops.changed; ctx is the gateway. */
void presence_tell(void *ctx, uint64_t org, const struct presence_change *changes, size_t n);

#endif
