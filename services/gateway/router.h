/* Events of the bus on their way to sockets. Loop's thread. */
#ifndef GATEWAY_ROUTER_H
#define GATEWAY_ROUTER_H

#include "bus/bus.h"
#include "proto/types.h"

struct gateway;

void router_event(struct gateway *gw, const struct pal_frame *event); /* borrowed */
void router_note(struct gateway *gw, enum pal_owner owner, enum pal_bus_note note,
                 unsigned replica);

#endif
