/* channel.export, and the chore that sends channels into the archive that nobody writes in. */
#include "handlers.h"

#include "handlers/gate.h"
#include "store/life.h"

/* For the audit log. */
static enum pal_code tell_export(struct pal_call *c, uint64_t channel, uint64_t after)
{
    struct viewer v = gate_viewer(c);
    struct pal_str body;
    enum pal_code code = export_store_log(c->db, c->arena, &v, channel, after,
                                          pal_json_str(c->in, "format"), &body, &c->err);
    return code == PAL_OK ? pal_publish(c, &pal_ev_channel_exported, v.org, v.user, 0, 0, body)
                          : code;
}

enum pal_code channel_export(struct pal_call *c)
{
    uint64_t channel = gate_id(c, "channel_id"), after = 0;
    struct place place;
    struct pal_str json = {0};
    enum pal_code code = gate_cursor(c, &after);
    if (code == PAL_OK)
        code = gate_look(c, channel, &place);
    if (code == PAL_OK)
        code = gate_check(c, may_export(&place.standing), &place);
    if (code == PAL_OK)
        code = export_store_page(c->db, c->arena, channel, after, pal_json_str(c->in, "format"),
                                 &json, &c->err);
    if (code == PAL_OK)
        code = tell_export(c, channel, after);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

static enum pal_code step(struct pal_call *c, uint64_t channel)
{
    struct idle_step s;
    enum pal_code code = idle_store_step(c->db, c->arena, channel, &s, &c->err);
    if (code != PAL_OK || s.kind == 0)
        return code;
    const struct pal_event *ev =
        s.kind == PAL_EV_MESSAGE_CREATED ? &pal_ev_message_created : &pal_ev_channel_updated;
    return pal_publish(c, ev, s.org, s.user, channel, s.event.seq, s.event.body);
}

/* Each step happens once, however many of this service run: under the lock of the channel's head.
 */
enum pal_code archive_idle(struct pal_call *c)
{
    uint64_t channels[IDLE_AT_ONCE];
    size_t n = 0;
    enum pal_code code = idle_store_lock(c->db, channels, &n, &c->err);
    for (size_t i = 0; code == PAL_OK && i < n; i++)
        code = step(c, channels[i]);
    return code;
}
