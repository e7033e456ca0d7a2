/* The gateway's own commands over WebSocket: subscribe, unsubscribe, resume, ping. Loop's thread.
 */
#ifndef GATEWAY_LOCAL_H
#define GATEWAY_LOCAL_H

#include "reply.h"
#include "session.h"

void local_run(struct session *s, const struct message *m, const struct asked *a);
/* The user did something other than being connected. */
void local_active(struct session *s);

#endif
