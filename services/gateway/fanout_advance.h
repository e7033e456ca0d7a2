/* One step of one subscription. Internal to fanout*.c. */
#ifndef GATEWAY_FANOUT_ADVANCE_H
#define GATEWAY_FANOUT_ADVANCE_H

#include "fanout.h"

/* Sends e, which is pos + 1. False: that ended the subscription, sub is gone (its channel is not).
 */
bool sub_deliver(struct fanout *f, struct subscription *sub, const struct log_entry *e);
/* pos has changed: whoever waits for the end of a resume may have it. */
void sub_moved(struct fanout *f, struct subscription *sub);
/* Tells the client that everything up to `to` is not coming. */
void sub_gap(struct fanout *f, struct subscription *sub, uint64_t to);
/* Sends what the ring has. False: events are missing and have to be asked for. True also when sub
 * was ended by an event, is blocked or muted. */
bool sub_advance(struct fanout *f, struct subscription *sub);

#endif
