/* A few changes are a `presence` each; many are one `presence_batch`. */
#include "presence_tell.h"

#include "gateway.h"
#include "ws_frame.h"

/* What an organisation of ordinary size sees of a moment; a client that knows nothing of batches
 * misses little there. */
enum { FEW = 8 };

static void send(struct gateway *gw, uint64_t org, json_t *frame)
{
    struct pal_blob *blob = ws_frame_json(frame);
    if (blob)
        people_tell_org(&gw->people, org, blob);
    pal_blob_unref(blob);
}

/* Ids by status: a third of the bytes of an object for each. */
static json_t *batch(const struct presence_change *changes, size_t n)
{
    json_t *frame = json_pack("{ss}", "type", "presence_batch");
    for (size_t i = 0; frame && i < n; i++) {
        const char *status = presence_name(changes[i].status);
        json_t *ids = json_object_get(frame, status);
        if (!ids) {
            ids = json_array();
            (void)json_object_set_new(frame, status, ids);
        }
        (void)json_array_append_new(ids, json_integer((json_int_t)changes[i].user));
    }
    return frame;
}

void presence_tell(void *ctx, uint64_t org, const struct presence_change *changes, size_t n)
{
    struct gateway *gw = ctx;
    if (n > FEW) {
        send(gw, org, batch(changes, n));
        return;
    }
    for (size_t i = 0; i < n; i++)
        send(gw, org,
             json_pack("{sssIss}", "type", "presence", "user_id", (json_int_t)changes[i].user,
                       "status", presence_name(changes[i].status)));
}
