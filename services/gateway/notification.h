/* notification.created on its way to sockets. Loop's thread. */
#ifndef GATEWAY_NOTIFICATION_H
#define GATEWAY_NOTIFICATION_H

#include "proto/frame.h"

struct gateway;

/* To a user: all his /ws and /ws/notifications sockets. To a channel or an organisation: only to
 * /ws/notifications sockets of its people, since /ws gets the events themselves; never to who
 * caused it. */
void notification_route(struct gateway *gw, const struct pal_frame *event);

#endif
