/* One call on a worker: check, open the transaction, run the handler, commit, answer, publish. */
#include "service/call.h"

#include "base/clock.h"
#include "proto/validate.h"

#include <string.h>

enum { TRIES_MAX = 4 };

void pal_call_init(struct pal_call *c, struct pal_call_private *p, struct pal_service *s,
                   struct pal_db *db, struct pal_arena *arena, struct pal_job *job)
{
    static const uint8_t none[16];
    *p = (struct pal_call_private){.service = s, .job = job};
    *c = (struct pal_call){
        .db = db, .arena = arena, .now_ms = pal_now_ms(), .service = s, .priv = p};
    if (!job || !job->route)
        return;
    c->cmd = job->route->route->cmd;
    c->caller = job->frame.caller;
    c->trace = job->frame.trace;
    if (memcmp(job->frame.idem, none, sizeof none) != 0)
        c->idem = job->frame.idem;
}

void pal_call_fini(struct pal_call *c)
{
    json_decref(c->in);
    c->in = NULL;
}

static enum pal_code check_role(struct pal_call *c, const struct pal_command *cmd)
{
    if (c->caller.role >= cmd->min_role)
        return PAL_OK;
    return pal_fail(c, &pal_err_access_denied, "%s is not for this role", cmd->name);
}

enum pal_code pal_call_prepare(struct pal_call *c)
{
    const struct pal_frame *f = &c->priv->job->frame;
    const struct pal_command *cmd = c->priv->job->route->route->cmd;
    if (f->deadline_ms != 0 && (uint64_t)c->now_ms > f->deadline_ms)
        return pal_fail(c, &pal_err_service_timeout,
                        "the deadline passed while the request was waiting");
    enum pal_code code = check_role(c, cmd);
    return code == PAL_OK ? pal_validate_text(cmd->request, f->body, &c->in, &c->err) : code;
}

enum pal_code pal_call_blame(struct pal_call *c, enum pal_code code)
{
    if (code != PAL_OK && !c->err.def)
        return pal_fail(c, &pal_err_service_internal, "failed without a reason");
    return code;
}

/* Only who claims to be more than a member is looked up. */
static enum pal_code lower_role(struct pal_call *c)
{
    const struct pal_statement *known = c->priv->service->spec->role;
    if (!known || c->caller.role <= PAL_ROLE_MEMBER || c->caller.role > PAL_ROLE_ADMIN)
        return PAL_OK;
    PAL_ROWS rows = {0};
    struct pal_params p;
    pal_params_init(&p, c->arena);
    pal_p_id(&p, c->caller.user);
    enum pal_code code = pal_db_run(c->db, known, &p, &rows, &c->err);
    if (code != PAL_OK || rows.n == 0)
        return code;
    uint8_t role = pal_role_parse(pal_row_str(&rows, 0, 0));
    if (role < c->caller.role)
        c->caller.role = role;
    return check_role(c, c->cmd);
}

/* In the transaction. A repeat of a request that was answered before gets that answer. */
static enum pal_code handle(struct pal_call *c, const struct pal_route *route, bool *repeated)
{
    bool keyed = route->tx == PAL_TX_WRITE && pal_idempotency_wanted(c);
    enum pal_code code = lower_role(c);
    if (code == PAL_OK && keyed)
        code = pal_idempotency_find(c, repeated);
    if (code != PAL_OK || *repeated)
        return code;
    code = pal_call_blame(c, route->fn(c));
    return code == PAL_OK && keyed && !c->priv->refused ? pal_idempotency_store(c) : code;
}

static enum pal_code in_transaction(struct pal_call *c, const struct pal_route *route,
                                    bool *repeated)
{
    enum pal_code code = pal_db_begin(c->db, route->tx, &c->err);
    if (code != PAL_OK) {
        pal_database_is(c->priv->service, false, &c->err);
        return code;
    }
    code = handle(c, route, repeated);
    if (code == PAL_OK)
        return pal_db_commit(c->db, &c->err);
    pal_db_rollback(c->db);
    return code;
}

/* What a handler had prepared before its transaction was lost. */
static void forget(struct pal_call *c)
{
    c->events = NULL;
    c->status = 0;
    c->body = (struct pal_str){NULL, 0};
    *c->priv = (struct pal_call_private){.service = c->priv->service, .job = c->priv->job};
}

struct pal_metric *pal_calls_retried(void)
{
    return pal_counter("palique_calls_retried_total", NULL,
                       "Transactions done again because the database rolled them back");
}

/* Either the same request ran at the same time and won: its answer is there now. Or the database
 * has rolled back for the sake of others. */
static bool worth_another(const struct pal_call *c, enum pal_code code)
{
    if (code == PAL_CONFLICT)
        return strcmp(pal_db_constraint(c->db), "idempotency_pkey") == 0;
    return code != PAL_OK && pal_db_again(c->db);
}

static enum pal_code execute(struct pal_call *c, const struct pal_route *route)
{
    bool repeated = false;
    enum pal_code code = in_transaction(c, route, &repeated);
    for (int tries = 1; tries < TRIES_MAX && worth_another(c, code); tries++) {
        pal_metric_add(pal_calls_retried(), 1);
        forget(c);
        pal_error_clear(&c->err);
        code = in_transaction(c, route, &repeated);
    }
    if (code != PAL_OK)
        forget(c);
    return code;
}

/* Events that a reply waits for must be out before it; otherwise who asked hears first. */
static void answer_and_publish(struct pal_service *s, struct pal_call *c, enum pal_code code)
{
    struct pal_job *job = c->priv->job;
    struct pal_call_private *p = c->priv;
    struct pal_frame reply;
    pal_call_answer(c, code, &reply);
    bool waits = code == PAL_OK && p->await && p->emitted.id != 0;
    if (waits) {
        pal_calls_publish(s, &c, 1);
        pal_await_reached(s->await, p->await, p->emitted, p->await_ms);
    }
    pal_job_reply(job, reply.status, reply.body);
    if (!waits && code == PAL_OK)
        pal_calls_publish(s, &c, 1);
}

void pal_call_run(struct pal_service *s, struct pal_db *db, struct pal_arena *arena,
                  struct pal_job *job)
{
    struct pal_call c;
    struct pal_call_private p;
    pal_call_init(&c, &p, s, db, arena, job);
    enum pal_code code = pal_call_prepare(&c);
    if (code == PAL_OK)
        code = execute(&c, job->route->route);
    answer_and_publish(s, &c, code);
    if (code == PAL_OK && job->route->route->tx == PAL_TX_WRITE)
        pal_keeper_stir(s);
    pal_call_fini(&c);
}

enum pal_code pal_call_background(struct pal_service *s, struct pal_db *db, struct pal_arena *arena,
                                  enum pal_tx tx, pal_handler_fn *fn, struct pal_error *err)
{
    struct pal_call c;
    struct pal_call_private p;
    struct pal_call *calls = &c;
    pal_call_init(&c, &p, s, db, arena, NULL);
    enum pal_code code = tx == PAL_TX_NONE ? PAL_OK : pal_db_begin(db, tx, &c.err);
    if (code != PAL_OK)
        pal_database_is(s, false, &c.err);
    else
        code = pal_call_blame(&c, fn(&c));
    if (code == PAL_OK && tx != PAL_TX_NONE)
        code = pal_db_commit(db, &c.err);
    else if (code != PAL_OK)
        pal_db_rollback(db);
    if (code == PAL_OK)
        pal_calls_publish(s, &calls, 1);
    *err = c.err;
    pal_call_fini(&c);
    return code;
}
