/* What connections ask for: session.open, event.list, typing, bootstrap. */
#include "base/limits.h"
#include "handlers.h"

#include "store/session.h"

#include <inttypes.h>

enum { MESSAGE_MAX = 16000, CHANNEL_NAME_MAX = 80 };

static struct viewer viewer_of(const struct pal_call *c)
{
    return (struct viewer){.user = c->caller.user, .org = c->caller.org};
}

/* Finds a channel that the caller is in, or fails the call. */
static enum pal_code own_channel(struct pal_call *c, uint64_t channel, struct session_channel *out)
{
    struct viewer v = viewer_of(c);
    enum pal_code code = session_channel(c->db, c->arena, &v, channel, out, &c->err);
    if (code != PAL_OK)
        return code;
    if (!out->visible)
        return pal_fail(c, &pal_err_channel_not_found, "no channel %" PRIu64, channel);
    if (!out->member)
        return pal_fail(c, &pal_err_channel_not_member, "not in channel %" PRIu64, channel);
    return PAL_OK;
}

enum pal_code session_open(struct pal_call *c)
{
    uint64_t channel = (uint64_t)pal_json_int(c->in, "channel_id", 0);
    struct session_channel found = {0};
    struct viewer v = viewer_of(c);
    enum pal_code code = channel ? own_channel(c, channel, &found)
                                 : session_channels(c->db, c->arena, &v, &found.json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, found.json);
}

enum pal_code event_list(struct pal_call *c)
{
    struct pal_buf items;
    struct pal_str json = {0};
    pal_buf_init(&items, PAL_FRAME_BODY_MAX);
    enum pal_code code = pal_json_dump(json_object_get(c->in, "items"), &items)
                             ? events_after(c->db, c->arena, pal_buf_view(&items),
                                            PAL_FRAME_BODY_MAX / 2, &json, &c->err)
                             : pal_fail(c, &pal_err_service_internal, "the question is too large");
    pal_buf_fini(&items);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

/* Ephemeral: told to who is connected now, without a seq, stored nowhere. */
enum pal_code typing_start(struct pal_call *c)
{
    uint64_t channel = (uint64_t)pal_json_int(c->in, "channel_id", 0);
    struct session_channel found;
    enum pal_code code = own_channel(c, channel, &found);
    if (code != PAL_OK)
        return code;
    struct pal_buf body;
    pal_buf_init(&body, 1024);
    pal_buf_printf(&body,
                   "{\"type\":\"user_typing\",\"channel_id\":%" PRIu64 ",\"user_id\":%" PRIu64
                   ",\"username\":",
                   channel, c->caller.user);
    pal_buf_json_str(&body, found.username);
    pal_buf_char(&body, '}');
    code = pal_publish(c, &pal_ev_typing_started, c->caller.org, c->caller.user, channel, 0,
                       pal_buf_view(&body));
    pal_buf_fini(&body);
    return code != PAL_OK ? code : pal_reply_empty(c);
}

enum pal_code bootstrap(struct pal_call *c)
{
    struct viewer v = viewer_of(c);
    struct pal_str json;
    const char *settings = pal_arena_printf(
        c->arena, "{\"message_max\":%d,\"channel_name_max\":%d,\"resume_events_max\":%d}",
        MESSAGE_MAX, CHANNEL_NAME_MAX, PAL_RESUME_EVENTS_MAX);
    enum pal_code code = bootstrap_read(c->db, c->arena, &v, pal_str_of(settings), &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}
