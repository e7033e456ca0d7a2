/* New messages of a batch of events: gathered, then told together. */
#ifndef NOTIFY_POSTED_H
#define NOTIFY_POSTED_H

#include "base/map.h"
#include "service/service.h"

struct posted {
    struct pal_call *call;
    struct posted_message *all; /* in the arena, room for max */
    size_t n, max;
    size_t n_mentions;
};

/* max: messages at most, until posted_tell. */
enum pal_code posted_begin(struct posted *p, struct pal_call *c, size_t max) PAL_MUST_USE;
/* Takes a message.created. */
enum pal_code posted_add(struct posted *p, const struct pal_log_event *e) PAL_MUST_USE;
/* Stores and publishes what has been gathered; empty afterwards. */
enum pal_code posted_tell(struct posted *p) PAL_MUST_USE;

#endif
