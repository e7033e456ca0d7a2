/* Writing events, reading positions. */
#include "domain/sse.h"

#include <inttypes.h>

void sse_event(struct pal_buf *out, uint64_t id, struct pal_str event, struct pal_str data)
{
    pal_buf_printf(out, "id: %" PRIu64 "\nevent: ", id);
    pal_buf_str(out, event);
    pal_buf_z(out, "\ndata: ");
    pal_buf_str(out, data);
    pal_buf_z(out, "\n\n");
}

bool sse_position(struct pal_str header, struct pal_str query, int64_t *out, bool *bad)
{
    struct pal_str given = header.n > 0 ? header : query;
    *bad = false;
    if (given.n == 0)
        return false;
    *bad = !pal_parse_i64(given, out) || *out < 0;
    return !*bad;
}
