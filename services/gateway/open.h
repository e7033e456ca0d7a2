/* Opening a session: what chat and auth are asked before the handshake is answered, and the first
 * frame. Loop's thread. */
#ifndef GATEWAY_OPEN_H
#define GATEWAY_OPEN_H

#include "session.h"

struct pal_http;

/* Takes charge of s: it ends in a socket or in an answer to r. since: seq from ?since=, or -1. */
void open_start(struct session *s, struct pal_http *r, int64_t since);
/* Queues the first frame (hello, or the own user_joined), and what was missed when `since` was
 * given. */
void open_greet(struct session *s);
/* Answers the request that still waits, and drops s. */
void open_refuse(struct session *s);
void open_free(struct session *s);
/* Lets those ask whose turn it is, and refuses those who have waited for too long. */
void open_turn(struct gateway *gw);

/* A membership may have changed since chat was asked: it will be asked again. */
void open_stale(struct session *s);
/* Subscribes what a session.open answer lists and s does not have yet. */
void open_subscribe(struct session *s, const json_t *channels);

#endif
