/* Inside of the front: one connection, one request, and what the files of this folder say to each
 * other. Everything here belongs to the loop's thread.
 *
 * Life of a request: HEAD (target seen, headers coming) -> BODY (headers judged) -> RUN (handed to
 * a route; the connection is suspended until the answer) -> SENT. libmicrohttpd's "completed" ends
 * it, at any stage. A request whose client left while it ran, and whose owner did not ask to be
 * told, lives on without a connection until the answer that nobody gets. */
#ifndef PAL_HTTP_REQUEST_H
#define PAL_HTTP_REQUEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/list.h"
#include "base/metrics.h"
#include "gen/catalogue.h"
#include "http/front.h"
#include "http/guard.h"
#include "http/query.h"

#include <microhttpd.h>

enum {
    PAL_HTTP_HEAD_MAX = 16 << 10, /* bytes of one connection's pool: request head and reply head */
    PAL_HTTP_RAW_BODY_MAX =
        700 << 10, /* bytes of a raw body: it travels in base64 in one bus frame */
    PAL_STREAM_QUEUE_MAX = 1 << 20
};

enum pal_http_stage {
    PAL_HTTP_HEAD,
    PAL_HTTP_BODY,
    PAL_HTTP_PIECES, /* with its route already, which reads the body as it likes (pieces.c) */
    PAL_HTTP_RUN,
    PAL_HTTP_SENT
};

/* One socket of ours that libmicrohttpd holds. */
struct pal_http_conn {
    struct pal_list link;
    struct MHD_Connection *mhd;
    int64_t since_ms; /* monotonic: when it began to be the client's turn */
    bool running;     /* a request of it is with a route, or its answer is being sent */
};

struct pal_http {
    struct pal_list link; /* front->requests */
    struct pal_front *front;
    struct MHD_Connection *mhd; /* NULL: the client is gone */
    struct pal_http_conn *conn; /* borrowed; NULL with mhd */
    enum pal_http_stage stage;
    bool suspended;
    bool answered; /* pal_respond was called */
    bool aborted;  /* close the connection without an answer */
    bool close;    /* close it after the answer */
    bool head_only;
    bool http11;
    int linger_fd;  /* owned; -1: none. Answered before the body was read */
    bool too_large; /* the body; it is read to its end, up to a point, and thrown away */

    struct pal_arena arena; /* owns the texts below */
    struct pal_str method, target, path, query_text;
    struct pal_query query;
    uint8_t trace[16], span[8], address[16];
    char request_id[33];

    const struct pal_http_special *special; /* one of the two is set when a route was found */
    const struct pal_rest *face;
    struct pal_query params; /* of the path; values are decoded */

    struct pal_buf body;
    size_t body_max;
    size_t overread; /* bytes beyond body_max */
    bool has_body, chunked;
    int64_t length;       /* of the body as announced; -1: it was not */
    bool ended;           /* PIECES: the body was read to its end */
    bool counted;         /* in front->running */
    struct pal_buf *into; /* PIECES: borrowed, where the next piece goes; NULL: nobody reads */
    size_t want;          /* bytes of it */
    pal_http_piece_fn *piece;

    struct pal_limit_state limit; /* limit 0: not counted */
    struct pal_claims claims;     /* of catalogue routes, when has_claims */
    bool has_claims;
    struct pal_buf frame_body;

    void *data;
    void (*on_gone)(void *data);
    struct pal_watch
        gone; /* the socket, while it is suspended: libmicrohttpd does not look at it then */
    bool watching;

    struct MHD_Response *response; /* owned until it is queued */
    unsigned status;
    struct pal_stream *stream; /* owned */
    pal_upgraded_fn *upgraded;
    void *upgraded_arg;
    int64_t started_us;
};

struct pal_http_metrics {
    struct pal_metric *requests[6]; /* by class of status; 0: no answer */
    struct pal_metric *open, *streams, *seconds;
};

struct pal_front {
    struct pal_front_config config; /* strings are copies, owned */
    struct MHD_Daemon *daemon;
    int listen_fd; /* owned; -1 once it does not accept any more */
    char address[128];
    char unix_path[108]; /* "": tcp */
    struct pal_watch watch;
    struct pal_timer timer, sweep;
    struct pal_list requests, conns;
    struct pal_list lingering;
    size_t n_lingering;
    size_t running;
    bool stopping;
    bool resumed;   /* since libmicrohttpd ran last */
    bool progress;  /* it has called back since */
    unsigned spins; /* times in a row that it wanted to run again and did nothing */
    int64_t keys_asked_ms;
    struct pal_http_metrics metrics;
};

#endif
