/* channel.permissions and channel.set_permissions. */
#include "handlers.h"

#include "handlers/tell.h"
#include "store/permission.h"

static const char *const fields[CHANNEL_ACTIONS] = {
    [DO_POST] = "post",         [DO_REPLY] = "post_in_threads", [DO_INVITE] = "invite",
    [DO_PIN] = "pin",           [DO_MANAGE] = "manage",         [DO_MENTION_ALL] = "mention_all",
    [DO_MODERATE] = "moderate", [DO_REACT] = "react",           [DO_EXPORT] = "export",
};

static enum pal_code reply_permissions(struct pal_call *c, uint64_t channel)
{
    struct viewer v = gate_viewer(c);
    struct pal_str json;
    enum pal_code code = permission_store_get(c->db, c->arena, &v, channel, &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code channel_permissions(struct pal_call *c)
{
    uint64_t channel = gate_id(c, "channel_id");
    struct place place;
    enum pal_code code = gate_look(c, channel, &place);
    if (code == PAL_OK)
        code = gate_check(c, may_read(&place.standing), &place);
    return code != PAL_OK ? code : reply_permissions(c, channel);
}

/* The preset first, then what the request names beside it. */
static uint32_t wanted(const struct pal_call *c, uint32_t permissions)
{
    if (pal_json_has(c->in, "announcement")) {
        bool announce = pal_json_bool(c->in, "announcement", false);
        permissions = permission_with(permissions, DO_POST,
                                      announce ? IN_CHANNEL_MODERATOR : IN_CHANNEL_NONE);
        permissions = permission_with(permissions, DO_REPLY, IN_CHANNEL_NONE);
    }
    for (enum channel_action a = 0; a < CHANNEL_ACTIONS; a++) {
        enum channel_role least = channel_role_of(pal_json_str(c->in, fields[a]));
        if (least != IN_CHANNEL_NONE)
            permissions = permission_with(permissions, a, least);
    }
    return permissions;
}

static enum pal_code change(struct pal_call *c, uint64_t channel, const struct place *place)
{
    uint32_t permissions = wanted(c, place->standing.permissions);
    if (permissions_same(permissions, place->standing.permissions))
        return PAL_OK;
    enum pal_code code = permission_store_set(c->db, c->arena, channel, permissions, &c->err);
    return code != PAL_OK ? code : tell_channel(c, channel, false);
}

enum pal_code channel_set_permissions(struct pal_call *c)
{
    uint64_t channel = gate_id(c, "channel_id");
    struct place place;
    enum pal_code code = gate_lock(c, channel, &place);
    if (code == PAL_OK)
        code = gate_check(c, may_own(&place.standing), &place);
    if (code == PAL_OK)
        code = change(c, channel, &place);
    return code != PAL_OK ? code : reply_permissions(c, channel);
}
