/* Saved messages: what somebody wants to find again. */
#include "handlers.h"

#include "domain/later.h"
#include "handlers/personal.h"
#include "handlers/subject.h"
#include "store/personal.h"

static enum pal_code done(struct pal_call *c, const struct subject *s, const struct pal_event *ev,
                          struct pal_str event)
{
    enum pal_code code = personal_tell(c, ev, s->channel, event);
    return code != PAL_OK ? code : pal_reply_empty(c);
}

static enum pal_code save(struct pal_call *c, const struct subject *s)
{
    struct viewer v = gate_viewer(c);
    struct saved_facts facts;
    struct pal_str event;
    enum pal_code code = saved_store_facts(c->db, c->arena, &v, s->message, &facts, &c->err);
    if (code == PAL_OK && !facts.there && facts.count >= SAVED_MAX)
        return pal_fail(c, &pal_err_saved_too_many, "%d saved messages", SAVED_MAX);
    if (code == PAL_OK)
        code = saved_store_put(c->db, c->arena, &v, s->message, pal_json_str(c->in, "note"), &event,
                               &c->err);
    return code != PAL_OK ? code : done(c, s, &pal_ev_saved_updated, event);
}

enum pal_code saved_put(struct pal_call *c)
{
    struct subject s;
    enum pal_code code = subject_look(c, &s);
    if (code == PAL_OK)
        code = gate_check_message(c, may_read(&s.place.standing), &s.place);
    if (code == PAL_OK && s.deleted)
        return pal_fail(c, &pal_err_message_deleted, "%s", pal_err_message_deleted.title);
    return code != PAL_OK ? code : save(c, &s);
}

/* What was saved is one's own, also when the message cannot be read any more. */
enum pal_code saved_delete(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct subject s;
    struct pal_str event = {0};
    enum pal_code code = subject_look(c, &s);
    if (code == PAL_OK)
        code = saved_store_delete(c->db, c->arena, &v, s.message, &event, &c->err);
    if (code == PAL_OK && event.n == 0)
        code = gate_check_message(c, may_read(&s.place.standing), &s.place);
    return code != PAL_OK ? code : done(c, &s, &pal_ev_saved_deleted, event);
}

enum pal_code saved_list(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct pal_str json;
    uint64_t before = 0;
    enum pal_code code = gate_cursor(c, &before);
    if (code == PAL_OK)
        code = saved_store_list(c->db, c->arena, &v, pal_json_int(c->in, "limit", 50), before,
                                &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}
