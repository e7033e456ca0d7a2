/* A client's message on its way to the service that owns it. Loop's thread. */
#ifndef GATEWAY_INBOUND_H
#define GATEWAY_INBOUND_H

#include "reply.h"
#include "session.h"

void inbound_text(struct session *s, struct pal_str text);

/* The client did something wrong: says so, and closes with 1008 when that happens too often. */
void inbound_invalid(struct session *s, const struct asked *a, const struct pal_error *err);

#endif
