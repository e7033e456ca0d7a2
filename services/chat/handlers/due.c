/* Scheduled messages whose time has come. Each is locked (for update skip locked: another replica
 * takes others), posted by the writer's statement under the client_id that it was given when it was
 * written down, and marked as sent in the same transaction: whatever process dies at whatever
 * moment, it is sent once. Who may post is judged then, by that statement. */
#include "handlers/due.h"

#include "handlers.h"
#include "handlers/writer.h"
#include "proto/lookup.h"
#include "proto/validate.h"
#include "store/scheduled.h"

/* Of one run; SCRATCH_BYTES: what is needed to store them. */
enum { TAKE_MAX = 200, TAKE_BYTES = 2 << 20, SCRATCH_BYTES = 64 << 20 };

static enum pal_code no_room(struct pal_call *c)
{
    return pal_fail(c, &pal_err_service_internal, "the scheduled messages do not fit");
}

/* The call that its author would have made; it is c in all that is not of the author. */
static void author_call(const struct pal_call *c, const struct due *d, struct pal_call *out)
{
    *out = *c;
    out->cmd = &pal_cmd_message_create;
    out->caller =
        (struct pal_caller){.user = d->user, .org = d->org, .role = pal_role_parse(d->role)};
    out->idem = NULL;
    out->in = NULL;
    pal_error_clear(&out->err);
    if (!d->active)
        pal_fail(out, &pal_err_access_denied, "the account is not active");
    else if (pal_validate_text(pal_cmd_message_create.request, d->request, &out->in, &out->err) !=
                 PAL_OK &&
             !out->err.def)
        pal_fail(out, &pal_err_service_internal, "the message cannot be read");
}

/* Posts what can be posted at all; those that are refused have their error. */
static enum pal_code post(struct pal_call *c, struct pal_arena *scratch, struct pal_call *authors,
                          size_t n)
{
    size_t count = 0;
    struct pal_call **good = pal_arena_alloc(scratch, (n + 1) * sizeof *good);
    if (!good)
        return no_room(c);
    for (size_t i = 0; i < n; i++)
        if (!authors[i].err.def)
            good[count++] = &authors[i];
    enum pal_code code =
        count > 0 ? writer_post_here(c->db, scratch, good, count, &c->err) : PAL_OK;
    for (size_t i = 0; i < n; i++)
        if (!c->events)
            c->events = authors[i].events; /* one list for all, which began at the first of them */
    return code;
}

static enum pal_code settle(struct pal_call *c, const struct due *d, const struct pal_call *author)
{
    struct pal_str event;
    struct pal_str reason =
        author->err.def ? pal_str_of(author->err.def->name) : (struct pal_str){NULL, 0};
    enum pal_code code = scheduled_store_settle(c->db, c->arena, d->id, reason, &event, &c->err);
    return code != PAL_OK ? code
                          : pal_publish(c, &pal_ev_scheduled_updated, d->org, d->user, 0, 0, event);
}

static enum pal_code send_all(struct pal_call *c, struct pal_arena *scratch, const struct due *due,
                              size_t n)
{
    struct pal_call *authors = pal_arena_alloc(scratch, (n + 1) * sizeof *authors);
    if (!authors)
        return no_room(c);
    for (size_t i = 0; i < n; i++)
        author_call(c, &due[i], &authors[i]);
    enum pal_code code = post(c, scratch, authors, n);
    for (size_t i = 0; code == PAL_OK && i < n; i++)
        code = settle(c, &due[i], &authors[i]);
    for (size_t i = 0; i < n; i++)
        json_decref(authors[i].in);
    return code;
}

/* As many as may be stored at once; the rest waits for the next run. */
static size_t share(const struct due *due, size_t n)
{
    size_t bytes = 0, count = 0;
    while (count < n && (count == 0 || bytes + due[count].request.n <= TAKE_BYTES))
        bytes += due[count++].request.n;
    return count;
}

/* ---- one by one, when the database has refused them together ---- */

static enum pal_code fail_one(struct pal_call *c, uint64_t id)
{
    struct pal_str event;
    pal_db_rollback(c->db);
    pal_error_clear(&c->err);
    enum pal_code code = pal_db_begin(c->db, PAL_TX_WRITE, &c->err);
    return code != PAL_OK
               ? code
               : scheduled_store_settle(c->db, c->arena, id,
                                        pal_str_of(pal_err_service_internal.name), &event, &c->err);
}

static bool away(enum pal_code code)
{
    return code == PAL_UNAVAILABLE || code == PAL_TIMEOUT;
}

/* In a transaction of its own. */
static enum pal_code send_one(struct pal_call *c, struct pal_arena *scratch, uint64_t id)
{
    struct due d;
    bool taken = false;
    enum pal_code code = scheduled_store_take_one(c->db, scratch, id, &d, &taken, &c->err);
    if (code == PAL_OK && taken)
        code = send_all(c, scratch, &d, 1);
    if (code != PAL_OK && !away(code))
        code = fail_one(c, id);
    if (code == PAL_OK)
        code = pal_db_commit(c->db, &c->err);
    return code != PAL_OK ? code : pal_db_begin(c->db, PAL_TX_WRITE, &c->err);
}

static enum pal_code send_singly(struct pal_call *c, struct pal_arena *scratch,
                                 const struct due *due, size_t n)
{
    pal_db_rollback(c->db);
    pal_error_clear(&c->err);
    enum pal_code code = pal_db_begin(c->db, PAL_TX_WRITE, &c->err);
    for (size_t i = 0; code == PAL_OK && i < n; i++)
        code = send_one(c, scratch, due[i].id);
    return code;
}

/* ---- the two ways ---- */

enum pal_code send_due(struct pal_call *c)
{
    struct pal_arena scratch;
    struct due *due;
    size_t n = 0;
    pal_arena_init(&scratch, SCRATCH_BYTES);
    enum pal_code code = scheduled_store_take(c->db, &scratch, TAKE_MAX, &due, &n, &c->err);
    if (code == PAL_OK && n > 0) {
        n = share(due, n);
        code = send_all(c, &scratch, due, n);
        /* What would be told already must not be told of what was rolled back. */
        if (code != PAL_OK && !away(code) && !pal_db_again(c->db) && !c->events)
            code = send_singly(c, &scratch, due, n);
    }
    pal_arena_fini(&scratch);
    return code;
}

enum pal_code due_send_now(struct pal_call *c, uint64_t id)
{
    struct due d;
    bool taken = false;
    struct pal_call author;
    struct pal_call *calls[] = {&author};
    enum pal_code code = scheduled_store_take_one(c->db, c->arena, id, &d, &taken, &c->err);
    if (code != PAL_OK || !taken)
        return code;
    author_call(c, &d, &author);
    if (!author.err.def)
        code = writer_post_here(c->db, c->arena, calls, 1, &c->err);
    json_decref(author.in);
    c->events = author.events;
    if (code == PAL_OK && author.err.def) {
        c->err = author.err;
        code = c->err.def->code;
    }
    author.in = NULL;
    return code != PAL_OK ? code : settle(c, &d, &author);
}
