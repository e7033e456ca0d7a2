/* What a channel's activity stream needs, from chat: may the caller follow it, and which events
 * came after a seq. A worker of the read lane waits for chat; chat never waits for notify. */
#include "handlers.h"

#include "base/clock.h"

#include <string.h>

enum { CHAT_WITHIN_MS = 3000, EVENTS_AT_ONCE = 200 };

/* Asks chat and gives its reply; a refusal of chat's becomes the reply of this call (then *out is
 * NULL). */
static enum pal_code ask_chat(struct pal_call *c, uint16_t command, struct pal_str body,
                              uint64_t channel, json_t **out)
{
    struct pal_frame request = {.kind = PAL_KIND_REQUEST,
                                .id = command,
                                .caller = c->caller,
                                .deadline_ms = (uint64_t)(pal_now_ms() + CHAT_WITHIN_MS),
                                .body = body};
    struct pal_frame reply;
    *out = NULL;
    request.caller.role = PAL_ROLE_SERVICE;
    if (c->trace)
        memcpy(request.trace, c->trace, sizeof request.trace);
    enum pal_code code = pal_bus_call(pal_service_peer(c->service, PAL_OWNER_CHAT), channel,
                                      &request, c->arena, &reply, &c->err);
    if (code != PAL_OK)
        return code;
    if (reply.status != 200) {
        code = pal_reply_text(c, reply.body);
        c->status = reply.status;
        return code;
    }
    char why[80];
    *out = pal_json_parse(reply.body, why);
    return *out ? PAL_OK
                : pal_fail(c, &pal_err_service_internal, "chat answered with something else: %s",
                           why);
}

enum pal_code activity_open(struct pal_call *c)
{
    int64_t channel = pal_json_int(c->in, "channel_id", 0);
    char *body = pal_arena_printf(c->arena, "{\"channel_id\":%lld}", (long long)channel);
    json_t *answer = NULL;
    enum pal_code code =
        ask_chat(c, PAL_CMD_SESSION_OPEN, pal_str_of(body), (uint64_t)channel, &answer);
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
