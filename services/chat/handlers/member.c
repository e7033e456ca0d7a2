/* Joining, leaving, inviting, removing, roles. All but the list lock the channel's head first. */
#include "handlers.h"

#include "handlers/member.h"

enum pal_code member_take_in(struct pal_call *c, const struct newcomer *n)
{
    struct logged e = {0};
    enum pal_code code = member_store_add(c->db, c->arena, c->caller.org, n, &e, &c->err);
    return code != PAL_OK ? code : gate_tell(c, &pal_ev_member_joined, n->user, n->channel, &e);
}

enum pal_code channel_join(struct pal_call *c)
{
    struct newcomer n = {
        .channel = gate_id(c, "channel_id"), .user = c->caller.user, .role = PAL_STR("member")};
    struct viewer v = gate_viewer(c);
    struct place place;
    struct pal_str json;
    enum pal_code code = gate_lock(c, n.channel, &place);
    if (code == PAL_OK)
        code = gate_check(c, may_join(&place.standing), &place);
    if (code == PAL_OK && place.standing.in_channel == IN_CHANNEL_NONE)
        code = member_take_in(c, &n);
    if (code == PAL_OK)
        code = channel_store_get(c->db, c->arena, &v, n.channel, &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

static enum pal_code set_role(struct pal_call *c, uint64_t channel, uint64_t user,
                              struct pal_str role)
{
    struct logged e = {0};
    enum pal_code code =
        member_store_set_role(c->db, c->arena, c->caller.org, channel, user, role, &e, &c->err);
    return code != PAL_OK ? code : gate_tell(c, &pal_ev_member_updated, user, channel, &e);
}

/* Nobody is left in a private channel: nobody could ever come in again, so it goes to the archive.
 */
static enum pal_code archive(struct pal_call *c, uint64_t channel)
{
    struct viewer v = gate_viewer(c);
    struct channel_texts same = {0};
    struct logged e = {0};
    bool changed = false;
    enum pal_code code =
        channel_store_update(c->db, c->arena, channel, &same, 1, &changed, &c->err);
    if (code == PAL_OK && changed)
        code = channel_store_log(c->db, c->arena, &v, channel, false, &e, &c->err);
    return code != PAL_OK ? code : gate_tell(c, &pal_ev_channel_updated, v.user, channel, &e);
}

/* After someone has gone: the longest member inherits a channel without owner. */
static enum pal_code settle(struct pal_call *c, uint64_t channel, const struct place *place)
{
    struct member_facts left;
    enum pal_code code = member_store_facts(c->db, c->arena, channel, 0, &left, &c->err);
    if (code != PAL_OK || left.owners > 0)
        return code;
    if (left.members > 0)
        return set_role(c, channel, left.longest, PAL_STR("owner"));
    return place->standing.type == CHANNEL_PUBLIC ? PAL_OK : archive(c, channel);
}

enum pal_code member_take_out(struct pal_call *c, uint64_t channel, uint64_t user,
                              const struct place *place)
{
    uint64_t by = user == c->caller.user ? 0 : c->caller.user;
    struct logged e = {0};
    enum pal_code code =
        member_store_remove(c->db, c->arena, c->caller.org, channel, user, by, &e, &c->err);
    if (code == PAL_OK)
        code = gate_tell(c, &pal_ev_member_left, user, channel, &e);
    return code != PAL_OK ? code : settle(c, channel, place);
}

enum pal_code channel_leave(struct pal_call *c)
{
    uint64_t channel = gate_id(c, "channel_id");
    struct place place;
    enum pal_code code = gate_lock(c, channel, &place);
    if (code == PAL_OK)
        code = gate_check(c, may_leave(&place.standing), &place);
    if (code == PAL_OK && place.standing.in_channel != IN_CHANNEL_NONE)
        code = member_take_out(c, channel, c->caller.user, &place);
    return code != PAL_OK ? code : pal_reply_empty(c);
}

enum pal_code channel_members(struct pal_call *c)
{
    uint64_t channel = gate_id(c, "channel_id"), after = 0;
    struct place place;
    struct pal_str json;
    enum pal_code code = gate_cursor(c, &after);
    if (code == PAL_OK)
        code = gate_look(c, channel, &place);
    if (code == PAL_OK)
        code = gate_check(c, may_read(&place.standing), &place);
    if (code == PAL_OK)
        code = member_store_list(c->db, c->arena, channel, pal_json_int(c->in, "limit", 100), after,
                                 &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

static enum pal_code reply_member(struct pal_call *c, uint64_t channel, uint64_t user)
{
    struct pal_str json;
    enum pal_code code = member_store_get(c->db, c->arena, channel, user, &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

/* Adds the user unless he is there already. */
static enum pal_code invite(struct pal_call *c, const struct newcomer *n)
{
    struct member_facts facts = {0};
    bool known = false;
    enum pal_code code =
        member_store_known(c->db, c->arena, c->caller.org, n->user, &known, &c->err);
    if (code == PAL_OK && !known)
        return pal_fail(c, &pal_err_channel_user_not_found,
                        "no active user of the organisation has this id");
    if (code == PAL_OK)
        code = member_store_facts(c->db, c->arena, n->channel, n->user, &facts, &c->err);
    if (code != PAL_OK || facts.role != IN_CHANNEL_NONE)
        return code;
    return member_take_in(c, n);
}

enum pal_code channel_invite(struct pal_call *c)
{
    struct newcomer n = {.channel = gate_id(c, "channel_id"),
                         .user = gate_id(c, "user_id"),
                         .role = PAL_STR("member"),
                         .invited_by = c->caller.user};
    struct place place;
    enum pal_code code = gate_lock(c, n.channel, &place);
    if (code == PAL_OK)
        code = gate_check(c, may_invite(&place.standing), &place);
    if (code == PAL_OK)
        code = invite(c, &n);
    return code != PAL_OK ? code : reply_member(c, n.channel, n.user);
}

enum pal_code channel_remove_member(struct pal_call *c)
{
    uint64_t channel = gate_id(c, "channel_id"), user = gate_id(c, "user_id");
    struct place place;
    struct member_facts facts;
    enum pal_code code = gate_lock(c, channel, &place);
    if (code == PAL_OK)
        code = member_store_facts(c->db, c->arena, channel, user, &facts, &c->err);
    if (code != PAL_OK)
        return code;
    bool leaving = user == c->caller.user && facts.role != IN_CHANNEL_NONE;
    code = gate_check(
        c, leaving ? may_leave(&place.standing) : may_remove(&place.standing, facts.role), &place);
    if (code == PAL_OK)
        code = member_take_out(c, channel, user, &place);
    return code != PAL_OK ? code : pal_reply_empty(c);
}

enum pal_code channel_set_role(struct pal_call *c)
{
    uint64_t channel = gate_id(c, "channel_id"), user = gate_id(c, "user_id");
    struct pal_str role = pal_json_str(c->in, "role");
    struct place place;
    struct member_facts facts;
    enum pal_code code = gate_lock(c, channel, &place);
    if (code == PAL_OK)
        code = member_store_facts(c->db, c->arena, channel, user, &facts, &c->err);
    if (code == PAL_OK)
        code = gate_check(
            c, may_set_role(&place.standing, facts.role, channel_role_of(role), facts.owners),
            &place);
    if (code == PAL_OK)
        code = set_role(c, channel, user, role);
    return code != PAL_OK ? code : reply_member(c, channel, user);
}
