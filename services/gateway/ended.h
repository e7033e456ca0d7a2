/* Sessions that auth has ended: their sockets are closed, their tokens refused. Loop's thread. */
#ifndef GATEWAY_ENDED_H
#define GATEWAY_ENDED_H

#include "base/json.h"

struct gateway;

/* The body of session.revoked. */
void ended_session(struct gateway *gw, const json_t *fact);
/* Asks auth for those of late: at start, and after its stream was interrupted. */
void ended_refresh(struct gateway *gw);

#endif
