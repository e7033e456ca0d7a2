/* The public port: the shared HTTP front with the gateway's own routes: WebSockets, static files,
 * /docs, /healthz. Loop's thread. */
#ifndef GATEWAY_LISTENER_H
#define GATEWAY_LISTENER_H

#include "base/code.h"
#include "base/error.h"

struct gateway;

enum pal_code listener_start(struct gateway *gw, struct pal_error *err) PAL_MUST_USE;
void listener_stop(struct gateway *gw);

#endif
