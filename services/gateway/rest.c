/* Forwarding of REST requests. By table: no command is known here but the gateway's own. */
#include "rest.h"

#include "gateway.h"
#include "gen/catalogue.h"
#include "online.h"

#include <stdlib.h>

struct rest_call {
    struct gateway *gw;
    struct pal_http *http; /* NULL: the client has gone */
};

static void on_gone(void *data)
{
    struct rest_call *call = data;
    call->http = NULL;
}

static void on_reply(void *arg, enum pal_code code, const struct pal_frame *reply)
{
    struct rest_call *call = arg;
    struct pal_http *http = call->gw->stopped ? NULL : call->http;
    free(call);
    if (!http)
        return;
    if (code == PAL_OK && reply) {
        pal_http_reply(http, reply);
        return;
    }
    struct pal_error err;
    upstream_error(code, &err);
    pal_http_fail(http, &err);
}

/* Commands of one channel go to one replica, so that they keep their order. */
static uint64_t key_of(const struct pal_http *r, const struct pal_frame *request)
{
    uint64_t channel;
    if (request->channel)
        return request->channel;
    return pal_parse_u64(pal_http_param(r, "channel_id"), &channel) ? channel : 0;
}

void rest_call(void *ctx, struct pal_http *r, struct pal_frame *request,
               const struct pal_command *cmd)
{
    struct gateway *gw = ctx;
    if (cmd->owner == PAL_OWNER_GATEWAY) {
        online_answer(gw, r, request);
        return;
    }
    struct rest_call *call = malloc(sizeof *call);
    if (!call) {
        struct pal_error err;
        upstream_error(PAL_INTERNAL, &err);
        pal_http_fail(r, &err);
        return;
    }
    *call = (struct rest_call){gw, r};
    pal_http_set_data(r, call, on_gone);
    upstream_forward(gw, cmd, key_of(r, request), request, on_reply, call);
}
