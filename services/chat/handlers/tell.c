/* Telling what has become of a channel: tell.h. */
#include "handlers/tell.h"

#include <inttypes.h>

enum pal_code tell_organization(struct pal_call *c, uint64_t channel)
{
    struct pal_str json;
    enum pal_code code = channel_store_announcement(c->db, c->arena, channel, &json, &c->err);
    if (code != PAL_OK || json.n == 0)
        return code;
    return pal_publish(c, &pal_ev_channel_announced, c->caller.org, 0, 0, 0, json);
}

enum pal_code tell_channel(struct pal_call *c, uint64_t channel, bool created)
{
    struct viewer v = gate_viewer(c);
    struct logged e = {0};
    enum pal_code code = channel_store_log(c->db, c->arena, &v, channel, created, &e, &c->err);
    return code != PAL_OK
               ? code
               : gate_tell(c, created ? &pal_ev_channel_created : &pal_ev_channel_updated, v.user,
                           channel, &e);
}

enum pal_code tell_withdrawn(struct pal_call *c, uint64_t channel)
{
    const char *body = pal_arena_printf(
        c->arena, "{\"type\":\"channel_withdrawn\",\"channel_id\":%" PRIu64 "}", channel);
    return pal_publish(c, &pal_ev_channel_withdrawn, c->caller.org, 0, 0, 0, pal_str_of(body));
}
