/* An orderly end: not ready, no new connections, sockets closed with 1012 over a few seconds,
 * requests answered, then the loop stops. Never longer than DRAIN_MAX_MS. Loop's thread. */
#ifndef GATEWAY_DRAIN_H
#define GATEWAY_DRAIN_H

enum { DRAIN_SPREAD_MS = 3000, DRAIN_STEP_MS = 100, DRAIN_MAX_MS = 15000 };

struct gateway;

void drain_begin(struct gateway *gw); /* again: no effect */
/* Whatever is still there when the loop has ended: sockets are closed without a word. */
void drain_abort_all(struct gateway *gw);
void drain_free(struct gateway *gw);

#endif
