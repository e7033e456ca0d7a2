/* Revocation of sessions. */
#include "ended.h"

#include "base/clock.h"
#include "gateway.h"
#include "gen/catalogue.h"
#include "session.h"

static bool for_good(struct pal_str reason)
{
    return pal_str_eq(reason, PAL_STR("ban")) || pal_str_eq(reason, PAL_STR("deactivated"));
}

struct fact {
    uint64_t user, session; /* session 0: all of the user's */
    int64_t until_s;        /* that were opened with a token issued until then */
    bool final;
};

static bool meant(const struct session *s, const struct fact *f)
{
    return f->session ? s->session_id == f->session : s->issued_s <= f->until_s;
}

/* Walked by hand: a session that has no socket yet is freed here, the last one with its person. */
static void close_sockets(struct gateway *gw, const struct fact *f)
{
    struct person *p = person_find(&gw->people, f->user);
    struct pal_list *end = p ? &p->sessions : NULL;
    for (struct pal_list *it = p ? end->next : NULL, *next; it != end; it = next) {
        struct session *s = PAL_CONTAINER(it, struct session, in_person);
        next = it->next;
        if (!meant(s, f))
            continue;
        revoked_add_session(&gw->revoked, s->session_id);
        session_end(s, f->final ? CLOSE_BANNED : CLOSE_TOKEN,
                    f->final ? "this account may not connect" : "the session has ended");
    }
}

/* Who changes his password signs in again within the same second; who is banned does not. */
static void apply(struct gateway *gw, const json_t *body, bool live)
{
    int64_t at_ms = pal_now_ms();
    (void)pal_iso_parse(pal_json_str(body, "at"), &at_ms);
    struct fact f = {.user = (uint64_t)pal_json_int(body, "user_id", 0),
                     .session = (uint64_t)pal_json_int(body, "session_id", 0),
                     .final = for_good(pal_json_str(body, "reason"))};
    f.until_s = f.final ? at_ms / 1000 : at_ms / 1000 - 1;
    if (f.session)
        revoked_add_session(&gw->revoked, f.session);
    else
        revoked_add_user(&gw->revoked, f.user, f.until_s);
    /* Told as it happens it means every socket that is there. */
    if (live)
        f.until_s = INT64_MAX;
    close_sockets(gw, &f);
}

void ended_session(struct gateway *gw, const json_t *fact)
{
    apply(gw, fact, true);
}

static void on_facts(void *arg, enum pal_code code, const struct pal_frame *reply)
{
    struct gateway *gw = arg;
    if (gw->stopped)
        return;
    json_t *body = upstream_body(code, reply);
    size_t i;
    json_t *fact;
    json_array_foreach(json_object_get(body, "items"), i, fact)
        apply(gw, fact, false);
    json_decref(body);
}

void ended_refresh(struct gateway *gw)
{
    upstream_request(gw, &pal_cmd_session_revoked, 0, NULL, json_object(), on_facts, gw);
}
