/* Server-Sent Events as text (HTML standard, §9.2.6). Pure. */
#ifndef NOTIFY_DOMAIN_SSE_H
#define NOTIFY_DOMAIN_SSE_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* id, event and data lines. data is one line (compact JSON). */
void sse_event(struct pal_buf *out, uint64_t id, struct pal_str event, struct pal_str data);

/* The position that a client resumes from: header Last-Event-ID, else the query's last_event_id.
 * False when neither is there; *bad when what is there is not a position. */
bool sse_position(struct pal_str header, struct pal_str query, int64_t *out, bool *bad);

#endif
