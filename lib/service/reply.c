/* What handlers say, and what becomes of it: the reply frame, the log line and the counters of a
 * call. */
#include "service/call.h"

#include "base/id.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "proto/validate.h"

#include <string.h>

enum { RETRY_AFTER_MS = 1000, TRACE_TEXT = 33, STATUS_OK = 200, STATUS_EMPTY = 204 };

static enum pal_code set_reply(struct pal_call *c, struct pal_str text)
{
    if (text.n > PAL_FRAME_BODY_MAX)
        return pal_fail(c, &pal_err_service_internal, "the reply has %zu bytes", text.n);
    char *copy = pal_arena_strdup(c->arena, text);
    if (!copy)
        return pal_fail(c, &pal_err_service_internal, "no room for the reply");
    c->body = (struct pal_str){copy, text.n};
    c->priv->replied = true;
    return PAL_OK;
}

enum pal_code pal_reply_json(struct pal_call *c, json_t *body)
{
    struct pal_buf text;
    if (!body)
        return pal_fail(c, &pal_err_service_internal, "out of memory");
    pal_buf_init(&text, PAL_FRAME_BODY_MAX + 1);
    bool ok = pal_json_dump(body, &text);
    json_decref(body);
    enum pal_code code = ok ? set_reply(c, pal_buf_view(&text))
                            : pal_fail(c, &pal_err_service_internal, "the reply is too large");
    pal_buf_fini(&text);
    return code;
}

enum pal_code pal_reply_text(struct pal_call *c, struct pal_str body)
{
    return set_reply(c, body);
}

enum pal_code pal_reply_empty(struct pal_call *c)
{
    c->status = STATUS_EMPTY;
    c->body = (struct pal_str){"", 0};
    c->priv->replied = true;
    return PAL_OK;
}

enum pal_code pal_refuse(struct pal_call *c)
{
    c->priv->refused = true;
    return PAL_OK;
}

static void trace_text(const uint8_t trace[16], char out[TRACE_TEXT])
{
    pal_hex_encode(trace, 16, out);
}

struct pal_str pal_problem_text(const struct pal_error *err, const uint8_t trace[16],
                                struct pal_buf *into)
{
    char id[TRACE_TEXT];
    trace_text(trace, id);
    pal_problem_write(err, pal_str_of(id), into);
    return into->failed ? PAL_STR("{}") : pal_buf_view(into);
}

/* What a client has no use for: what the database said, names of constraints, how a bug shows
 * itself. */
static bool is_private(const struct pal_error *err, const char *constraint)
{
    if (err->def->code == PAL_INTERNAL)
        return true;
    if (err->def == &pal_err_resource_conflict)
        return strcmp(err->detail, constraint) == 0;
    return pal_str_starts(pal_str_of(err->detail), PAL_STR("database:"));
}

static struct pal_error public_error(const struct pal_error *err, const char *constraint)
{
    struct pal_error out = *err;
    if (is_private(err, constraint))
        out.detail[0] = '\0';
    if (err->def->code == PAL_UNAVAILABLE && err->retry_after_ms == 0)
        out.retry_after_ms = RETRY_AFTER_MS;
    return out;
}

static enum pal_outcome outcome_of(const struct pal_err_def *def)
{
    if (!def)
        return PAL_DONE;
    if (def->code == PAL_UNAVAILABLE || def->code == PAL_TIMEOUT)
        return PAL_RETRYABLE;
    return def->code == PAL_INTERNAL ? PAL_BROKEN : PAL_REFUSED;
}

static void log_failure(const struct pal_job *job, const struct pal_error *err)
{
    char trace[TRACE_TEXT];
    trace_text(job->frame.trace, trace);
    enum pal_level level = outcome_of(err->def) == PAL_REFUSED ? PAL_WARN : PAL_ERROR;
    const char *field = err->n_fields > 0 ? err->fields[0].pointer : "";
    pal_log(level, "request failed", PAL_LS("trace", trace),
            PAL_LS("command", job->route ? job->route->route->cmd->name : ""),
            PAL_LI("status", err->def->status), PAL_LS("code", err->def->name),
            PAL_LS("detail", err->detail), PAL_LS("field", field),
            PAL_LI("user", job->frame.caller.user));
}

static void note_failure(const struct pal_job *job, const struct pal_error *err)
{
    if (job->route)
        pal_metric_add(job->route->counts[outcome_of(err->def)], 1);
    log_failure(job, err);
}

void pal_job_fail(struct pal_job *job, const struct pal_error *err)
{
    struct pal_buf text;
    pal_buf_init(&text, 8 << 10);
    note_failure(job, err);
    struct pal_error shown = public_error(err, "");
    pal_job_reply(job, err->def->status, pal_problem_text(&shown, job->frame.trace, &text));
    pal_buf_fini(&text);
}

/* The body in the arena, so that it lives until the replies of a batch are put together. */
static struct pal_str problem_in_arena(struct pal_call *c)
{
    struct pal_buf text;
    pal_buf_init(&text, 8 << 10);
    struct pal_error shown = public_error(&c->err, pal_db_constraint(c->db));
    struct pal_str body = pal_problem_text(&shown, c->priv->job->frame.trace, &text);
    char *copy = pal_arena_strdup(c->arena, body);
    body = copy ? (struct pal_str){copy, body.n} : PAL_STR("{}");
    pal_buf_fini(&text);
    return body;
}

void pal_call_answer(struct pal_call *c, enum pal_code code, struct pal_frame *reply)
{
    struct pal_job *job = c->priv->job;
    if (code == PAL_OK && !c->priv->refused) {
        uint16_t status = c->status ? c->status : c->cmd->status;
        struct pal_str body = c->priv->replied ? c->body : PAL_STR("{}");
        pal_metric_add(job->route->counts[PAL_DONE], 1);
        *reply = pal_job_reply_frame(job, status ? status : STATUS_OK, body);
        return;
    }
    pal_call_blame(c, PAL_INTERNAL);
    note_failure(job, &c->err);
    *reply = pal_job_reply_frame(job, c->err.def->status, problem_in_arena(c));
}
