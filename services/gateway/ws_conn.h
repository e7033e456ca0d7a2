/* One WebSocket: the descriptor, what waits to be written, the closing handshake. Knows nothing of
 * users. Writing is gathered: frames queued in a turn leave with one writev at its end. A
 * connection is never freed inside a call of its own: `closed` is called from ws_io_turn only.
 * Loop's thread. */
#ifndef GATEWAY_WS_CONN_H
#define GATEWAY_WS_CONN_H

#include "base/list.h"
#include "base/str.h"
#include "loop/loop.h"
#include "outq.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ws_codec;
struct ws_conn;
struct ws_io;

struct ws_conn_ops {
    void (*text)(struct ws_conn *c, struct pal_str message);
    /* The queue has fallen under WS_LOW after it was over PAL_WS_OUT_SOFT. */
    void (*drained)(struct ws_conn *c);
    /* The queue has risen over PAL_WS_OUT_SOFT. */
    void (*crowded)(struct ws_conn *c);
    /* The descriptor is closed; the owner frees c. */
    void (*closed)(struct ws_conn *c);
};

enum ws_conn_state {
    WS_NEW, /* no descriptor yet */
    WS_OPEN,
    WS_CLOSING, /* our close frame is queued or sent, or the peer's was answered */
    WS_LINGER, /* all written and shut down; reading until the peer ends, so that it gets to see the
                  close */
    WS_DEAD    /* on the way to `closed` */
};

enum { WS_LOW = 256 << 10, WS_LINGER_MS = 3000, WS_SLOW_MS = 10000 };

struct ws_conn {
    struct pal_watch watch;
    struct ws_io *io;
    struct ws_codec *codec; /* only while a frame is under way */
    struct outq out;
    struct pal_list in_dirty; /* has something to write, or is dead */
    struct pal_list in_timed; /* crowded, closing or lingering: looked at every second */
    int64_t since_ms;         /* of what put it on that list */
    int64_t heard_ms;         /* last sign of life */
    uint8_t state;            /* enum ws_conn_state */
    bool paused;              /* not read */
    bool crowded;
};

void ws_conn_init(struct ws_io *io, struct ws_conn *c);
/* Takes the descriptor; `early` are bytes that came with the handshake. */
void ws_conn_start(struct ws_conn *c, int fd, struct pal_str early);
/* Queues a reference to n whole frames; nothing happens when c is closing, or frames is NULL. */
void ws_conn_send_many(struct ws_conn *c, struct pal_blob *frames, size_t n);
void ws_conn_send(struct ws_conn *c, struct pal_blob *frame); /* one */
/* The same, and gives the caller's reference away. */
void ws_conn_send_take(struct ws_conn *c, struct pal_blob *frame);
/* Closing handshake with a code of the table in README.md. Once is enough. */
void ws_conn_close(struct ws_conn *c, uint16_t code, const char *reason);
/* Ends at once, without a word. */
void ws_conn_abort(struct ws_conn *c);
/* Queued too much for too long: forgets the queue and closes with 1013. */
void ws_conn_overrun(struct ws_conn *c);
void ws_conn_flush(struct ws_conn *c); /* for ws_io_turn */
void ws_conn_pause(struct ws_conn *c, bool paused);

#endif
