/* The recent frames of a channel, and the channels as such. Internal to fanout*.c. */
#ifndef GATEWAY_FANOUT_RING_H
#define GATEWAY_FANOUT_RING_H

#include "fanout.h"

enum { RING_SIZE = 64, RING_KEEP_MS = 30000, RING_BYTES_MAX = 32 << 20 };

void ring_put(struct fanout *f, struct channel *ch, const struct log_entry *e, int64_t now_ms);
const struct log_entry *ring_get(const struct channel *ch, uint64_t seq); /* NULL: not there */
void ring_drop(struct fanout *f, struct channel *ch);

struct channel *channel_open(struct fanout *f,
                             uint64_t id); /* finds or makes; NULL: out of memory */
void channel_release(struct fanout *f, struct channel *ch); /* frees it when nobody is left */
/* Asks for what is missing, not before due_ms. */
void channel_want(struct fanout *f, struct channel *ch, int64_t due_ms);

/* Somebody misses events that exist; nobody does any more. */
void hole_open(struct fanout *f, struct channel *ch);
void hole_close(struct fanout *f, struct channel *ch, enum hole_end by);

/* A channel nobody is subscribed to has moved: a session that is being opened may need to know. */
void seen_note(struct fanout *f, uint64_t channel, uint64_t seq);
uint64_t seen_top(const struct fanout *f, uint64_t channel);

#endif
