/* Questions to chat. A worker waits for the answer; chat never waits for notify. */
#include "handlers/ask.h"

#include "base/clock.h"

#include <string.h>

enum { CHAT_WITHIN_MS = 3000 };

enum pal_code ask_chat(struct pal_call *c, uint16_t command, struct pal_str body, uint64_t channel,
                       json_t **out)
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

enum pal_code ask_membership(struct pal_call *c, uint64_t channel, json_t **out)
{
    char *body = pal_arena_printf(c->arena, "{\"channel_id\":%llu}", (unsigned long long)channel);
    return ask_chat(c, PAL_CMD_SESSION_OPEN, pal_str_of(body), channel, out);
}
