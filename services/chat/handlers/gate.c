/* What the handlers share: gate.h. */
#include "handlers/gate.h"

#include "base/limits.h"

struct viewer gate_viewer(const struct pal_call *c)
{
    return (struct viewer){.user = c->caller.user, .org = c->caller.org};
}

uint64_t gate_id(const struct pal_call *c, const char *field)
{
    return (uint64_t)pal_json_int(c->in, field, 0);
}

enum pal_code gate_look(struct pal_call *c, uint64_t channel, struct place *out)
{
    struct viewer v = gate_viewer(c);
    enum pal_code code = channel_store_place(c->db, c->arena, &v, channel, out, &c->err);
    if (code == PAL_OK)
        out->standing.role = (enum pal_role)c->caller.role;
    return code;
}

enum pal_code gate_lock(struct pal_call *c, uint64_t channel, struct place *out)
{
    enum pal_code code = channel_store_lock(c->db, c->arena, channel, &c->err);
    return code != PAL_OK ? code : gate_look(c, channel, out);
}

static const struct pal_err_def *error_of(enum verdict v)
{
    switch (v) {
    case CHANNEL_UNSEEN:
        return &pal_err_channel_not_found;
    case NOT_MEMBER:
        return &pal_err_channel_not_member;
    case ARCHIVED:
        return &pal_err_channel_archived;
    case MUTED:
        return &pal_err_channel_muted;
    case MESSAGE_DELETED:
        return &pal_err_message_deleted;
    case MESSAGE_OWN:
        return &pal_err_message_own;
    case LAST_OWNER:
        return &pal_err_channel_last_owner;
    case IN_CHANNEL_NOT:
        return &pal_err_channel_member_not_found;
    case NOT_PERMITTED:
        return &pal_err_channel_not_permitted;
    case IS_DIRECT:
        return &pal_err_channel_is_direct;
    case ALLOWED:
    case DENIED:
        break;
    }
    return &pal_err_access_denied;
}

enum pal_code gate_check(struct pal_call *c, enum verdict v, const struct place *place)
{
    if (v == ALLOWED)
        return PAL_OK;
    const struct pal_err_def *def = error_of(v);
    enum pal_code code = pal_fail(c, def, "%s", def->title);
    if (v == MUTED && place->muted_until.n > 0)
        pal_error_member(&c->err, "expires_at", place->muted_until.p);
    return code;
}

enum pal_code gate_check_message(struct pal_call *c, enum verdict v, const struct place *place)
{
    if (v == CHANNEL_UNSEEN)
        return pal_fail(c, &pal_err_message_not_found, "no message %llu",
                        (unsigned long long)gate_id(c, "message_id"));
    return gate_check(c, v, place);
}

enum pal_code gate_tell(struct pal_call *c, const struct pal_event *ev, uint64_t user,
                        uint64_t channel, const struct logged *e)
{
    if (e->seq == 0)
        return PAL_OK;
    return pal_publish(c, ev, c->caller.org, user, channel, e->seq, e->body);
}

enum pal_code gate_cursor(struct pal_call *c, uint64_t *after)
{
    struct pal_str text = pal_json_str(c->in, "cursor");
    *after = 0;
    if (!text.p || (pal_parse_u64(text, after) && *after > 0 && *after <= (uint64_t)PAL_ID_MAX))
        return PAL_OK;
    enum pal_code code = pal_fail(c, &pal_err_request_invalid, "the cursor is not one of ours");
    pal_error_field(&c->err, "/cursor", "must be next_cursor of the page before");
    return code;
}
