/* What a channel's activity stream needs, from chat: may the caller follow it, and which events
 * came after a seq. */
#include "handlers.h"

#include "handlers/ask.h"

enum { EVENTS_AT_ONCE = 200 };

enum pal_code activity_open(struct pal_call *c)
{
    int64_t channel = pal_json_int(c->in, "channel_id", 0);
    json_t *answer = NULL;
    enum pal_code code = ask_membership(c, (uint64_t)channel, &answer);
    if (!answer)
        return code;
    int64_t head =
        pal_json_int(json_array_get(json_object_get(answer, "channels"), 0), "head_seq", 0);
    json_decref(answer);
    return pal_reply_json(c, json_pack("{s:I}", "head_seq", (json_int_t)head));
}

enum pal_code activity_read(struct pal_call *c)
{
    int64_t channel = pal_json_int(c->in, "channel_id", 0);
    char *body = pal_arena_printf(
        c->arena, "{\"items\":[{\"channel_id\":%lld,\"after\":%lld,\"limit\":%d}]}",
        (long long)channel, (long long)pal_json_int(c->in, "after", 0), EVENTS_AT_ONCE);
    json_t *answer = NULL;
    enum pal_code code =
        ask_chat(c, PAL_CMD_EVENT_LIST, pal_str_of(body), (uint64_t)channel, &answer);
    if (!answer)
        return code;
    json_t *found = json_incref(json_array_get(json_object_get(answer, "channels"), 0));
    json_decref(answer);
    if (!found)
        return pal_fail(c, &pal_err_channel_not_found, "the channel is gone");
    return pal_reply_json(c, found);
}
