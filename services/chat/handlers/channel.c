/* channel.list, create, get, update, delete. */
#include "handlers.h"

#include "domain/names.h"
#include "handlers/channel.h"
#include "handlers/member.h"
#include "handlers/tell.h"
#include "store/life.h"

#include <string.h>

static enum pal_code reply_channel(struct pal_call *c, uint64_t channel)
{
    struct viewer v = gate_viewer(c);
    struct pal_str json;
    enum pal_code code = channel_store_get(c->db, c->arena, &v, channel, &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code channel_list(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct channel_page page = {.mine = pal_str_eq(pal_json_str(c->in, "scope"), PAL_STR("mine")),
                                .archived = pal_json_bool(c->in, "archived", false),
                                .limit = pal_json_int(c->in, "limit", 100)};
    struct pal_str json;
    enum pal_code code = gate_cursor(c, &page.after);
    if (code == PAL_OK)
        code = channel_store_list(c->db, c->arena, &v, &page, &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code channel_get(struct pal_call *c)
{
    uint64_t channel = gate_id(c, "channel_id");
    struct place place;
    enum pal_code code = gate_look(c, channel, &place);
    if (code == PAL_OK)
        code = gate_check(c, may_read(&place.standing), &place);
    return code != PAL_OK ? code : reply_channel(c, channel);
}

/* {NULL, 0} when there is no name in the request. */
static enum pal_code clean_name(struct pal_call *c, struct pal_str *out)
{
    struct pal_str name = pal_json_str(c->in, "name");
    *out = (struct pal_str){NULL, 0};
    if (!name.p || channel_name_clean(name, out))
        return PAL_OK;
    enum pal_code code = pal_fail(c, &pal_err_request_invalid, "the name is blank");
    pal_error_field(&c->err, "/name", "must not be blank");
    return code;
}

/* The one unique index that creating and renaming can meet. */
static enum pal_code name_taken(struct pal_call *c, enum pal_code code)
{
    if (code != PAL_CONFLICT || strcmp(pal_db_constraint(c->db), "channel_name") != 0)
        return code;
    return pal_fail(c, &pal_err_channel_name_taken, "there is a channel with this name already");
}

enum pal_code channel_open(struct pal_call *c, const struct channel_texts *t, uint64_t *channel)
{
    struct viewer v = gate_viewer(c);
    struct newcomer owner = {.user = v.user, .role = PAL_STR("owner")};
    enum pal_code code = channel_store_create(c->db, c->arena, &v, t, channel, &c->err);
    owner.channel = *channel;
    if (code == PAL_OK)
        code = tell_channel(c, *channel, true);
    if (code == PAL_OK)
        code = member_take_in(c, &owner);
    return code != PAL_OK ? code : tell_organization(c, *channel);
}

enum pal_code channel_create(struct pal_call *c)
{
    struct channel_texts t = {.description = pal_json_str(c->in, "description"),
                              .topic = pal_json_str(c->in, "topic"),
                              .type = pal_json_str(c->in, "type")};
    uint64_t channel = 0;
    enum pal_code code = clean_name(c, &t.name);
    if (code == PAL_OK)
        code = name_taken(c, channel_open(c, &t, &channel));
    return code != PAL_OK ? code : reply_channel(c, channel);
}

static enum pal_code change(struct pal_call *c, uint64_t channel, bool *changed)
{
    struct channel_texts t = {.description = pal_json_str(c->in, "description"),
                              .topic = pal_json_str(c->in, "topic"),
                              .type = pal_json_str(c->in, "type")};
    int archived =
        pal_json_has(c->in, "is_archived") ? pal_json_bool(c->in, "is_archived", false) : -1;
    enum pal_code code = clean_name(c, &t.name);
    if (code != PAL_OK)
        return code;
    code = name_taken(
        c, channel_store_update(c->db, c->arena, channel, &t, archived, changed, &c->err));
    if (code == PAL_OK && pal_json_has(c->in, "auto_archive_days"))
        code = idle_store_set(c->db, c->arena, channel, pal_json_int(c->in, "auto_archive_days", 0),
                              changed, &c->err);
    return code;
}

enum pal_code channel_update(struct pal_call *c)
{
    uint64_t channel = gate_id(c, "channel_id");
    struct place place = {0};
    bool changed = false;
    enum pal_code code = gate_lock(c, channel, &place);
    bool converts = channel_type_of(pal_json_str(c->in, "type")) != place.standing.type &&
                    pal_json_has(c->in, "type");
    if (code == PAL_OK)
        code = gate_check(c, may_manage(&place.standing), &place);
    if (code == PAL_OK && converts)
        code = gate_check(c, may_own(&place.standing), &place);
    if (code == PAL_OK)
        code = change(c, channel, &changed);
    if (code == PAL_OK && changed)
        code = tell_channel(c, channel, false);
    if (code == PAL_OK && changed)
        code = tell_organization(c, channel);
    if (code == PAL_OK && converts && place.standing.type == CHANNEL_PUBLIC)
        code = tell_withdrawn(c, channel);
    return code != PAL_OK ? code : reply_channel(c, channel);
}

enum pal_code channel_delete(struct pal_call *c)
{
    uint64_t channel = gate_id(c, "channel_id");
    struct viewer v = gate_viewer(c);
    struct place place;
    struct logged e = {0};
    enum pal_code code = gate_lock(c, channel, &place);
    if (code == PAL_OK)
        code = gate_check(c, may_own(&place.standing), &place);
    if (code == PAL_OK)
        code = channel_store_delete(c->db, c->arena, &v, channel, &e, &c->err);
    if (code == PAL_OK)
        code = gate_tell(c, &pal_ev_channel_deleted, v.user, channel, &e);
    if (code == PAL_OK && place.standing.type == CHANNEL_PUBLIC)
        code = tell_withdrawn(c, channel);
    return code != PAL_OK ? code : pal_reply_empty(c);
}
