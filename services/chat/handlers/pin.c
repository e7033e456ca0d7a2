/* Pins: what a channel keeps in sight. */
#include "handlers.h"

#include "domain/marks.h"
#include "handlers/subject.h"

static enum pal_code pin(struct pal_call *c, const struct subject *s)
{
    struct viewer v = gate_viewer(c);
    struct pin_facts facts;
    struct logged e = {0};
    enum pal_code code = pin_store_facts(c->db, c->arena, s->channel, s->message, &facts, &c->err);
    if (code == PAL_OK && !facts.pinned && facts.pins >= PINS_MAX)
        return pal_fail(c, &pal_err_pin_too_many, "%d pins", PINS_MAX);
    if (code == PAL_OK && !facts.pinned)
        code = pin_store_add(c->db, c->arena, &v, s->channel, s->message, &e, &c->err);
    return code != PAL_OK ? code : subject_done(c, s, &pal_ev_message_pinned, &e);
}

enum pal_code message_pin(struct pal_call *c)
{
    struct subject s;
    enum pal_code code = subject_lock(c, &s);
    if (code == PAL_OK)
        code = gate_check_message(c, may_pin(&s.place.standing, s.deleted), &s.place);
    return code != PAL_OK ? code : pin(c, &s);
}

enum pal_code message_unpin(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct subject s;
    struct logged e = {0};
    enum pal_code code = subject_lock(c, &s);
    if (code == PAL_OK)
        code = gate_check_message(c, may_unpin(&s.place.standing), &s.place);
    if (code == PAL_OK)
        code = pin_store_remove(c->db, c->arena, &v, s.channel, s.message, &e, &c->err);
    return code != PAL_OK ? code : subject_done(c, &s, &pal_ev_message_unpinned, &e);
}

enum pal_code pin_list(struct pal_call *c)
{
    uint64_t channel = gate_id(c, "channel_id"), before = 0;
    struct place place;
    struct pal_str json;
    enum pal_code code = gate_cursor(c, &before);
    if (code == PAL_OK)
        code = gate_look(c, channel, &place);
    if (code == PAL_OK)
        code = gate_check(c, may_read(&place.standing), &place);
    if (code == PAL_OK)
        code = pin_store_list(c->db, c->arena, channel, pal_json_int(c->in, "limit", 50), before,
                              &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}
