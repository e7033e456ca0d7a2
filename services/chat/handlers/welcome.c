/* The channel that everybody is in: welcome.h. */
#include "handlers/welcome.h"

#include "handlers/channel.h"
#include "handlers/member.h"
#include "settings.h"
#include "store/default_channel.h"

static enum pal_code make(struct pal_call *c, struct pal_str name)
{
    const struct channel_texts t = {
        .name = name, .description = PAL_STR(""), .topic = PAL_STR(""), .type = PAL_STR("public")};
    uint64_t channel = 0;
    enum pal_code code = channel_open(c, &t, &channel);
    if (code == PAL_OK)
        code = default_channel_set(c->db, c->arena, c->caller.org, channel, &c->err);
    return code;
}

static enum pal_code join(struct pal_call *c, uint64_t channel)
{
    const struct newcomer n = {
        .channel = channel, .user = c->caller.user, .role = PAL_STR("member")};
    struct place place;
    enum pal_code code = gate_lock(c, channel, &place);
    if (code != PAL_OK || may_join(&place.standing) != ALLOWED ||
        place.standing.in_channel != IN_CHANNEL_NONE)
        return code;
    return member_take_in(c, &n);
}

static enum pal_code welcome_caller(struct pal_call *c, bool admin, struct pal_str name)
{
    struct default_channel found;
    enum pal_code code = default_channel_get(c->db, c->arena, c->caller.org, &found, &c->err);
    if (code == PAL_OK && found.channel != 0)
        return join(c, found.channel);
    if (code == PAL_OK && admin && !found.others)
        return make(c, name);
    return code;
}

enum pal_code welcome(struct pal_call *c, const json_t *user)
{
    struct pal_str name = pal_str_of(chat_settings_of(c)->default_channel);
    struct pal_caller nobody = c->caller;
    if (pal_str_eq(name, PAL_STR("-")))
        return PAL_OK;
    c->caller.user = (uint64_t)pal_json_int(user, "id", 0);
    c->caller.org = (uint64_t)pal_json_int(user, "organization_id", 0);
    bool admin = pal_str_eq(pal_json_str(user, "role"), PAL_STR("admin"));
    enum pal_code code = welcome_caller(c, admin, name);
    c->caller = nobody;
    return code;
}
