/* The state that all WebSockets of the process share, and the two moments at which they are looked
 * at. */
#ifndef GATEWAY_WS_IO_H
#define GATEWAY_WS_IO_H

#include "ws_conn.h"

enum { WS_VECTORS = 256 }; /* frames or packs of frames in one writev */

struct ws_io {
    struct pal_loop *loop;
    const struct ws_conn_ops *ops;
    struct ws_codec *spare; /* handed from connection to connection */
    struct pal_str early;   /* bytes of the handshake's packet, while ws_conn_start runs */
    bool dry;               /* the socket that is being read has no more */
    struct pal_list dirty, timed;
    struct iovec vectors[WS_VECTORS]; /* of the write that is being made */
    uint64_t n_frames, n_bytes;       /* since the last turn: queued, written */
    int64_t n_queued;                 /* change of the bytes that wait */
    struct pal_metric *frames_out, *bytes_out, *queued, *slow;
};

void ws_io_init(struct ws_io *io, struct pal_loop *loop, const struct ws_conn_ops *ops);
void ws_io_fini(struct ws_io *io);
void ws_io_turn(struct ws_io *io);                 /* at the end of each turn: writes, buries */
void ws_io_tick(struct ws_io *io, int64_t now_ms); /* once a second: the slow, the closing */

#endif
