/* Direct conversations: one for each set of people, made when it is first needed. */
#include "handlers.h"

#include "domain/people.h"
#include "handlers/history.h"
#include "handlers/posting.h"
#include "handlers/tell.h"
#include "store/direct.h"
#include "store/member.h"

#include <inttypes.h>

/* The caller and whom he names in `user_ids` or `to`, in the arena. */
static enum pal_code name_people(struct pal_call *c, struct people *out)
{
    const json_t *list = json_object_get(c->in, "user_ids");
    int64_t others[DIRECT_OTHERS_MAX] = {pal_json_int(c->in, "to", 0)};
    size_t n = others[0] ? 1 : 0;
    if ((n > 0) == (json_array_size(list) > 0))
        return pal_fail(c, &pal_err_request_invalid, "say to whom: either to or user_ids");
    for (size_t i = 0; n < DIRECT_OTHERS_MAX && i < json_array_size(list); i++)
        others[n++] = json_integer_value(json_array_get(list, i));
    int64_t *ids = pal_arena_alloc(c->arena, DIRECT_MAX * sizeof *ids);
    if (!ids)
        return pal_fail(c, &pal_err_service_internal, "out of request memory");
    *out = (struct people){c->caller.org, ids, people_of((int64_t)c->caller.user, others, n, ids)};
    return PAL_OK;
}

/* Everybody is told of it, as of a channel that he has been taken into. */
static enum pal_code make(struct pal_call *c, const struct people *people, uint64_t *channel)
{
    struct viewer v = gate_viewer(c);
    const struct channel_texts t = {.name = PAL_STR(""),
                                    .description = PAL_STR(""),
                                    .topic = PAL_STR(""),
                                    .type = PAL_STR("direct")};
    enum pal_code code = channel_store_create(c->db, c->arena, &v, &t, channel, &c->err);
    if (code == PAL_OK)
        code = direct_store_put(c->db, c->arena, people, *channel, &c->err);
    if (code == PAL_OK)
        code = tell_channel(c, *channel, true);
    for (size_t i = 0; code == PAL_OK && i < people->n; i++) {
        struct newcomer n = {.channel = *channel,
                             .user = (uint64_t)people->ids[i],
                             .role = PAL_STR("member"),
                             .invited_by = c->caller.user};
        struct logged e = {0};
        code = member_store_add(c->db, c->arena, c->caller.org, &n, &e, &c->err);
        if (code == PAL_OK)
            code = gate_tell(c, &pal_ev_member_joined, n.user, *channel, &e);
    }
    return code;
}

static enum pal_code find_or_make(struct pal_call *c, uint64_t *channel)
{
    struct people people = {0};
    bool reachable = false;
    enum pal_code code = name_people(c, &people);
    if (code == PAL_OK)
        code = direct_store_reachable(c->db, c->arena, &people, &reachable, &c->err);
    if (code == PAL_OK && !reachable)
        return pal_fail(c, &pal_err_channel_user_not_found,
                        "not all of them are active users of the organisation");
    if (code == PAL_OK)
        code = direct_store_lock(c->db, c->arena, &people, &c->err);
    if (code == PAL_OK)
        code = direct_store_find(c->db, c->arena, &people, channel, &c->err);
    return code != PAL_OK || *channel != 0 ? code : make(c, &people, channel);
}

static enum pal_code set_hidden(struct pal_call *c, uint64_t channel, bool hide)
{
    struct viewer v = gate_viewer(c);
    bool changed = false;
    enum pal_code code = direct_store_hide(c->db, c->arena, &v, channel, hide, &changed, &c->err);
    if (code != PAL_OK || !changed)
        return code;
    const char *body = pal_arena_printf(
        c->arena, "{\"type\":\"direct_hidden\",\"channel_id\":%" PRIu64 ",\"hidden\":%s}", channel,
        hide ? "true" : "false");
    return pal_publish(c, &pal_ev_direct_hidden, v.org, v.user, channel, 0, pal_str_of(body));
}

enum pal_code direct_open(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    uint64_t channel = 0;
    struct pal_str json;
    enum pal_code code = find_or_make(c, &channel);
    if (code == PAL_OK)
        code = set_hidden(c, channel, false);
    if (code == PAL_OK)
        code = channel_store_get(c->db, c->arena, &v, channel, &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code direct_post(struct pal_call *c)
{
    uint64_t channel = 0;
    enum pal_code code = posting_check(c);
    if (code == PAL_OK)
        code = find_or_make(c, &channel);
    return code != PAL_OK ? code : posting_post(c, channel);
}

enum pal_code direct_messages(struct pal_call *c)
{
    int64_t with = pal_json_int(c->in, "with", 0), ids[2];
    struct people people = {c->caller.org, ids, people_of((int64_t)c->caller.user, &with, 1, ids)};
    uint64_t channel = 0;
    bool known = false;
    enum pal_code code =
        direct_store_known(c->db, c->arena, people.org, (uint64_t)with, &known, &c->err);
    if (code == PAL_OK && !known)
        return pal_fail(c, &pal_err_channel_user_not_found,
                        "no user of the organisation has this id");
    if (code == PAL_OK)
        code = direct_store_find(c->db, c->arena, &people, &channel, &c->err);
    if (code != PAL_OK)
        return code;
    return channel ? history_reply(c, channel)
                   : pal_reply_json(c, json_pack("{s:[], s:b, s:b, s:i}", "items", "has_before", 0,
                                                 "has_after", 0, "head_seq", 0));
}

static enum pal_code hide(struct pal_call *c, bool hide)
{
    uint64_t channel = gate_id(c, "channel_id");
    struct place place;
    enum pal_code code = gate_look(c, channel, &place);
    if (code == PAL_OK)
        code = gate_check(c, may_take_part(&place.standing), &place);
    if (code == PAL_OK && place.standing.type != CHANNEL_DIRECT)
        return pal_fail(c, &pal_err_channel_not_direct, "%s", pal_err_channel_not_direct.title);
    if (code == PAL_OK)
        code = set_hidden(c, channel, hide);
    return code != PAL_OK ? code : pal_reply_empty(c);
}

enum pal_code direct_hide(struct pal_call *c)
{
    return hide(c, true);
}

enum pal_code direct_show(struct pal_call *c)
{
    return hide(c, false);
}
