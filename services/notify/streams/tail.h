/* Feeding all streams of notifications that are level with one question. Front thread only. */
#ifndef NOTIFY_STREAMS_TAIL_H
#define NOTIFY_STREAMS_TAIL_H

#include "streams/stream.h"

/* Something new may be there: the wake timer asks. */
void tail_wake(struct streams *home);
/* Asks, unless a question is under way. */
void tail_ask(struct streams *home);

#endif
