/* Memberships after an interruption of chat's stream: who was added to a channel meanwhile must be
 * subscribed. Asks chat for the channels of everyone who is connected, a few at a time. Loop's
 * thread. */
#ifndef GATEWAY_RECONCILE_H
#define GATEWAY_RECONCILE_H

struct gateway;

void reconcile_all(struct gateway *gw);

#endif
