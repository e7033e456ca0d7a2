/* GET /users/online: the gateway's own REST command. Loop's thread. */
#ifndef GATEWAY_ONLINE_H
#define GATEWAY_ONLINE_H

#include "http/front.h"

struct gateway;

void online_answer(struct gateway *gw, struct pal_http *r, const struct pal_frame *request);

#endif
