/* Fetching what subscriptions miss from chat's log: one request for many channels, one answer for
 * all that wait. What is missing and who gets it is fanout's business. Loop's thread. */
#ifndef GATEWAY_CATCHUP_H
#define GATEWAY_CATCHUP_H

#include "loop/loop.h"

struct gateway;
struct pal_metric;

struct catchup {
    struct pal_timer timer;
    unsigned in_flight;
    struct pal_metric *asked;
};

void catchup_init(struct gateway *gw);
void catchup_stop(struct gateway *gw);
void catchup_turn(struct gateway *gw); /* at the end of each turn */

#endif
