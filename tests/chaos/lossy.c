/* A gateway that loses one in twenty of the event frames that come over the bus: linked in front of
 * bus_replica_message (ld --wrap), it cuts them out of what a service has sent. Replies and
 * heartbeats stay, so that the loss is what a full queue on the way would do. */
#include "base/blob.h"
#include "base/id.h"
#include "bus/message.h"

#include <stdbool.h>
#include <string.h>

enum { ONE_IN = 20 };

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the linker's names */
bool __real_bus_replica_message(void *replica, struct pal_blob *message);
bool __wrap_bus_replica_message(void *replica, struct pal_blob *message);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

static bool unlucky(void)
{
    uint8_t r;
    pal_random(&r, sizeof r);
    return r < 256 / ONE_IN;
}

/* Without the frames that are lost; takes the message. NULL: nothing is left of it. */
static struct pal_blob *lose_some(struct pal_blob *message)
{
    struct pal_str rest = {message->data, message->n};
    struct pal_blob *left = pal_blob_new(NULL, message->n);
    struct pal_frame f;
    size_t n = 0;
    const char *from = rest.p;
    if (!left)
        return message;
    for (; bus_next_frame(&rest, &f) == PAL_FRAME_OK; from = rest.p) {
        if (f.kind == PAL_KIND_EVENT && unlucky())
            continue;
        memcpy(left->data + n, from, (size_t)(rest.p - from));
        n += (size_t)(rest.p - from);
    }
    bool whole = rest.n > 0 || n == message->n; /* what is no frame is for the reader to refuse */
    pal_blob_unref(whole ? left : message);
    if (whole)
        return message;
    left->n = n;
    if (n > 0)
        return left;
    pal_blob_unref(left);
    return NULL;
}

bool __wrap_bus_replica_message(void *replica, struct pal_blob *message)
{
    struct pal_blob *left = lose_some(message);
    return !left || __real_bus_replica_message(replica, left);
}
