/* Facts that several handlers tell the others of. */
#include "handlers/facts.h"

#include "store/account_json.h"
#include "store/organization.h"
#include "store/session.h"

/* How long an answer waits for the others to know. One of them that is down costs this much, for as
 * long as it counts as there (5 s). */
enum { KNOWN_WITHIN_MS = 1500 };

/* Parses JSON that PostgreSQL made and emits it; type: what clients get as "type", or NULL. */
static enum pal_code emit_text(struct pal_call *c, const struct pal_event *ev, uint64_t org,
                               uint64_t user, struct pal_str text)
{
    char why[80];
    json_t *body = pal_json_parse(text, why);
    if (!body)
        return pal_fail(c, &pal_err_service_internal, "%s: %s", ev->name, why);
    if (ev->ws_type)
        json_object_set_new(body, "type", json_string(ev->ws_type));
    return pal_emit(c, ev, org, user, body);
}

static enum pal_code fact_user(struct pal_call *c, const struct pal_event *ev, uint64_t org,
                               uint64_t user)
{
    struct pal_str text;
    bool with_email =
        ev->audience == PAL_TO_SERVICES; /* everyone of the organisation gets the others */
    enum pal_code code = account_json_get(c->db, c->arena, org, user, with_email, &text, &c->err);
    if (code == PAL_NOT_FOUND)
        return pal_fail(c, &pal_err_service_internal, "%s: no such user", ev->name);
    return code == PAL_OK ? emit_text(c, ev, org, user, text) : code;
}

enum pal_code fact_user_created(struct pal_call *c, uint64_t org, uint64_t user)
{
    return fact_user(c, &pal_ev_user_created, org, user);
}

enum pal_code fact_user_updated(struct pal_call *c, uint64_t org, uint64_t user)
{
    return fact_user(c, &pal_ev_user_updated, org, user);
}

enum pal_code fact_user_deactivated(struct pal_call *c, uint64_t org, uint64_t user)
{
    return fact_user(c, &pal_ev_user_deactivated, org, user);
}

enum pal_code fact_email_changed(struct pal_call *c, uint64_t org, uint64_t user,
                                 struct pal_str email)
{
    return pal_emit(c, &pal_ev_user_email_changed, org, user,
                    json_pack("{sI sI ss%}", "id", (json_int_t)user, "organization_id",
                              (json_int_t)org, "email", email.p, email.n));
}

enum pal_code fact_session_revoked(struct pal_call *c, uint64_t org, uint64_t user,
                                   uint64_t session, const char *reason)
{
    json_t *id = session ? json_integer((json_int_t)session) : json_null();
    return pal_emit(
        c, &pal_ev_session_revoked, org, user,
        json_pack("{sI so ss}", "user_id", (json_int_t)user, "session_id", id, "reason", reason));
}

enum pal_code fact_sessions_end(struct pal_call *c, uint64_t org, uint64_t user, uint64_t except,
                                const char *reason)
{
    int64_t *ids = NULL;
    size_t n = 0;
    enum pal_code code =
        session_store_end_all(c->db, c->arena, user, except, reason, &ids, &n, &c->err);
    for (size_t i = 0; code == PAL_OK && i < n; i++)
        code = fact_session_revoked(c, org, user, (uint64_t)ids[i], reason);
    /* More than were counted up: whoever is left has to sign in again. */
    if (code == PAL_OK && n == SESSIONS_ENDED_MAX)
        code = fact_session_revoked(c, org, user, 0, reason);
    return code;
}

enum pal_code fact_organization(struct pal_call *c, const struct pal_event *ev, uint64_t org)
{
    struct pal_str text;
    enum pal_code code = organization_store_json(c->db, c->arena, org, &text, &c->err);
    if (code == PAL_NOT_FOUND)
        return pal_fail(c, &pal_err_service_internal, "%s: no such organisation", ev->name);
    return code == PAL_OK ? emit_text(c, ev, org, 0, text) : code;
}

void fact_await(struct pal_call *c)
{
    pal_await_consumers(c, "chat,notify,admin", KNOWN_WITHIN_MS);
}
