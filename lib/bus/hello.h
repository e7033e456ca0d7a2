/* The first frame of either side: who speaks, to which service, and where the stream of events
 * stands. */
#ifndef PAL_BUS_HELLO_H
#define PAL_BUS_HELLO_H

#include "base/blob.h"
#include "proto/frame.h"

#include <stdbool.h>
#include <stdint.h>

struct bus_hello {
    char service[32]; /* server: what it is; client: what it wants */
    char name[64];    /* of the process */
    uint64_t stream;  /* server: sequence of the last event published before this subscriber */
    bool subscribe;
    bool wake; /* client: heartbeats that it asks for instead of the events */
};

/* NULL: out of memory. */
struct pal_blob *bus_hello_encode(const struct bus_hello *h);
/* False: not a hello of this version. */
bool bus_hello_decode(const struct pal_frame *f, struct bus_hello *out);

/* One frame as a blob of its own; NULL when it is too large or memory is out. */
struct pal_blob *bus_frame_blob(const struct pal_frame *f);

#endif
