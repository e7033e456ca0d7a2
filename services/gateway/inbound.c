/* From text to command: parse and validate by the catalogue, limit, forward, answer. The gateway
 * knows no command but its own (local.c) and the throttling of typing. */
#include "inbound.h"

#include "base/clock.h"
#include "base/limits.h"
#include "gateway.h"
#include "gen/catalogue.h"
#include "http/limit.h"
#include "local.h"

#include <stdlib.h>

enum { INVALID_WINDOW_MS = 60000, TYPING_EVERY_MS = 2000 };

struct forward {
    struct ticket ticket;
    struct asked asked;
};

void inbound_invalid(struct session *s, const struct asked *a, const struct pal_error *err)
{
    int64_t now = pal_loop_now(s->gw->loop);
    if (now - s->invalid_ms >= INVALID_WINDOW_MS) {
        s->invalid_ms = now;
        s->invalid = 0;
    }
    pal_metric_add(s->gw->metrics.invalid, 1);
    session_tell(s, reply_error(a, err));
    if (++s->invalid >= SESSION_INVALID_MAX)
        session_end(s, CLOSE_POLICY, "too many invalid messages");
}

/* ---- answers ---- */

static void answer(struct session *s, const struct asked *a, enum pal_code code,
                   const struct pal_frame *reply)
{
    char why[80];
    struct pal_error err;
    if (code != PAL_OK || !reply) {
        upstream_error(code, &err);
        session_tell(s, reply_error(a, &err));
    } else if (reply->status >= 400) {
        json_t *problem = pal_json_parse(reply->body, why);
        session_tell(s, reply_problem(a, problem));
        json_decref(problem);
    } else if (a->cmd->id != PAL_CMD_TYPING_START) {
        ws_conn_send_take(&s->conn, reply_ack(a, reply->body));
    }
}

static void on_reply(void *arg, enum pal_code code, const struct pal_frame *reply)
{
    struct forward *fw = arg;
    struct session *s = ticket_close(&fw->ticket);
    if (s) {
        answer(s, &fw->asked, code, reply);
        s->in_flight--;
        if (s->end_when_quiet && s->in_flight == 0)
            session_restart(s);
        else if (!s->end_when_quiet && s->in_flight < SESSION_WINDOW)
            ws_conn_pause(&s->conn, false);
    }
    free(fw);
}

static void forward(struct session *s, const struct message *m, const struct asked *a)
{
    struct forward *fw = calloc(1, sizeof *fw);
    struct pal_error err;
    if (!fw) {
        upstream_error(PAL_INTERNAL, &err);
        session_tell(s, reply_error(a, &err));
        return;
    }
    struct pal_caller caller;
    session_caller(s, &caller);
    fw->asked = *a;
    session_ticket(s, &fw->ticket);
    pal_metric_add(s->gw->metrics.requests, 1);
    /* A window of requests: beyond it the socket is not read and TCP holds the client back. */
    if (++s->in_flight >= SESSION_WINDOW)
        ws_conn_pause(&s->conn, true);
    struct pal_buf body;
    pal_buf_init(&body, PAL_FRAME_BODY_MAX);
    if (message_body(m, &body))
        upstream_message(s->gw, m->cmd, m->channel, &caller, pal_buf_view(&body), on_reply, fw);
    else
        on_reply(fw, PAL_INTERNAL, NULL);
    pal_buf_fini(&body);
}

/* ---- checks ---- */

static bool allowed(struct session *s, const struct message *m, const struct asked *a)
{
    struct pal_error err;
    pal_error_clear(&err);
    bool known_here = s->kind != SESSION_NOTES || m->cmd->owner == PAL_OWNER_GATEWAY;
    if (s->role >= m->cmd->min_role && known_here)
        return true;
    (void)pal_error_set(&err, &pal_err_access_denied, "%s",
                        known_here ? "your role does not allow this"
                                   : "this socket is for notifications only");
    inbound_invalid(s, a, &err);
    return false;
}

static bool within_rate(struct session *s, const struct message *m, const struct asked *a)
{
    const struct pal_rate *rate = m->cmd->rate ? pal_rate_by_name(pal_str_of(m->cmd->rate)) : NULL;
    struct pal_limit_state state;
    struct pal_error err;
    if (!rate || pal_limit_take(s->gw->limiter, rate, s->subscriber.user, &state))
        return true;
    pal_error_clear(&err);
    (void)pal_error_set(&err, &pal_err_rate_limited, "at most %u in %u s", state.limit,
                        rate->window_ms / 1000);
    err.retry_after_ms = state.retry_after_ms;
    session_tell(s, reply_error(a, &err));
    return false;
}

/* One in two seconds and channel is passed on; the rest says nothing new. */
static bool typing_is_new(struct session *s, const struct message *m)
{
    struct subscription *sub = fanout_find(&s->subscriber, m->channel);
    int64_t now = pal_loop_now(s->gw->loop);
    if (!sub)
        return true;
    if (sub->typing_ms && now - sub->typing_ms < TYPING_EVERY_MS)
        return false;
    sub->typing_ms = now;
    return true;
}

static void dispatch(struct session *s, struct message *m, const struct asked *a)
{
    if (!allowed(s, m, a))
        return;
    if (m->cmd->owner != PAL_OWNER_GATEWAY)
        local_active(s);
    if (m->cmd->id == PAL_CMD_TYPING_START && !typing_is_new(s, m))
        return;
    if (!within_rate(s, m, a))
        return;
    if (m->cmd->owner == PAL_OWNER_GATEWAY)
        local_run(s, m, a);
    else
        forward(s, m, a);
    /* Whatever it said, it has had its chance to resume first. */
    session_release(s);
}

void inbound_text(struct session *s, struct pal_str text)
{
    struct message m;
    struct pal_error err;
    struct asked a;
    pal_error_clear(&err);
    enum pal_code code = message_parse(text, s->channel, &m, &err);
    asked_from(&a, &m);
    metrics_received(&s->gw->metrics, m.cmd);
    if (code == PAL_OK)
        dispatch(s, &m, &a);
    else
        inbound_invalid(s, &a, &err);
    message_fini(&m);
}
