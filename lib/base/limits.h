/* Upper bounds of everything that is fed from outside and is not bounded by the catalogue.
 * One place, so that a reviewer sees them together. Units in the names or comments. */
#ifndef PAL_BASE_LIMITS_H
#define PAL_BASE_LIMITS_H

enum {
    PAL_FRAME_BODY_MAX = 1 << 20,  /* bytes of one bus frame's body */
    PAL_BUS_BATCH_MAX = 4 << 20,   /* bytes of one bus message (frames sent together) */
    PAL_BUS_QUEUE_MAX = 32 << 20,  /* bytes waiting for one bus peer before events are dropped */
    PAL_HTTP_BODY_MAX = 256 << 10, /* bytes of a JSON request body; 413 over it */
    PAL_HTTP_TARGET_MAX = 4096,    /* bytes of path and query together */
    PAL_WS_MESSAGE_MAX = 64 << 10, /* bytes of one WebSocket message from a client; 1009 over it */
    PAL_WS_OUT_SOFT = 1 << 20,    /* bytes queued for a socket: over it for 10 s closes with 1013 */
    PAL_WS_OUT_HARD = 8 << 20,    /* bytes queued for a socket: closes at once */
    PAL_JSON_DEPTH_MAX = 16,      /* nesting of any JSON from outside */
    PAL_LIST_LIMIT_MAX = 200,     /* largest ?limit= unless the catalogue says otherwise */
    PAL_RESUME_EVENTS_MAX = 2000, /* events replayed per channel on resume; more becomes a `gap` */
    PAL_LANE_QUEUE_MAX = 2048,    /* calls waiting in one lane; more is answered `unavailable` */
    PAL_WRITER_BATCH_MAX = 512,   /* messages in one commit of the writer */
    PAL_ID_MAX_BITS = 53          /* ids are JSON integers below 2^53 */
};

#define PAL_ID_MAX ((INT64_C(1) << PAL_ID_MAX_BITS) - 1)

#endif
