/* The message that a command is about: subject.h. */
#include "handlers/subject.h"

static enum pal_code find(struct pal_call *c, struct subject *s)
{
    struct mark_subject m = {0};
    *s = (struct subject){.message = gate_id(c, "message_id")};
    enum pal_code code = mark_store_subject(c->db, c->arena, s->message, &m, &c->err);
    s->channel = m.channel;
    s->deleted = m.deleted;
    return code;
}

enum pal_code subject_look(struct pal_call *c, struct subject *out)
{
    enum pal_code code = find(c, out);
    return code != PAL_OK || out->channel == 0 ? code : gate_look(c, out->channel, &out->place);
}

/* Read once to know the channel, and again under its lock. */
enum pal_code subject_lock(struct pal_call *c, struct subject *out)
{
    struct place place = {0};
    enum pal_code code = find(c, out);
    if (code != PAL_OK || out->channel == 0)
        return code;
    code = gate_lock(c, out->channel, &place);
    if (code == PAL_OK)
        code = find(c, out);
    out->place = place;
    return code;
}

enum pal_code subject_done(struct pal_call *c, const struct subject *s, const struct pal_event *ev,
                           const struct logged *e)
{
    enum pal_code code = gate_tell(c, ev, c->caller.user, s->channel, e);
    if (code != PAL_OK)
        return code;
    return pal_reply_json(c, json_pack("{s:I, s:I, s:I}", "message_id", (json_int_t)s->message,
                                       "channel_id", (json_int_t)s->channel, "seq",
                                       (json_int_t)e->seq));
}
