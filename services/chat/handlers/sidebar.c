/* Favourites and sections: each change is told to the user's other connections as a whole. */
#include "handlers.h"

#include "handlers/gate.h"
#include "store/sidebar.h"

enum { SECTIONS_MAX = 50, FAVORITES_MAX = 500 };

/* Answers with the sidebar as it is now. */
static enum pal_code reply_sidebar(struct pal_call *c, bool tell)
{
    struct viewer v = gate_viewer(c);
    struct pal_str json;
    enum pal_code code = sidebar_store_get(c->db, c->arena, &v, &json, &c->err);
    if (code != PAL_OK)
        return code;
    struct pal_buf body;
    pal_buf_init(&body, PAL_FRAME_BODY_MAX);
    pal_buf_printf(&body, "{\"type\":\"sidebar_updated\",\"sidebar\":%s}", json.p);
    if (tell)
        code = pal_publish(c, &pal_ev_sidebar_updated, v.org, v.user, 0, 0, pal_buf_view(&body));
    pal_buf_fini(&body);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code section_list(struct pal_call *c)
{
    return reply_sidebar(c, false);
}

/* Channels that the caller is in have a place in his sidebar. */
static enum pal_code check_channel(struct pal_call *c)
{
    struct place place;
    enum pal_code code = gate_look(c, gate_id(c, "channel_id"), &place);
    return code != PAL_OK ? code : gate_check(c, may_take_part(&place.standing), &place);
}

static enum pal_code check_room(struct pal_call *c, bool section)
{
    struct viewer v = gate_viewer(c);
    int64_t sections = 0, favorites = 0;
    enum pal_code code = sidebar_store_count(c->db, c->arena, &v, &sections, &favorites, &c->err);
    if (code == PAL_OK && (section ? sections >= SECTIONS_MAX : favorites >= FAVORITES_MAX))
        return pal_fail(c, &pal_err_section_too_many, "%s", pal_err_section_too_many.title);
    return code;
}

static enum pal_code set_favorite(struct pal_call *c, bool on)
{
    struct viewer v = gate_viewer(c);
    enum pal_code code = check_channel(c);
    if (code == PAL_OK && on)
        code = check_room(c, false);
    if (code == PAL_OK)
        code = favorite_store_set(c->db, c->arena, &v, gate_id(c, "channel_id"), on, &c->err);
    return code != PAL_OK ? code : reply_sidebar(c, true);
}

enum pal_code channel_favorite(struct pal_call *c)
{
    return set_favorite(c, true);
}

enum pal_code channel_unfavorite(struct pal_call *c)
{
    return set_favorite(c, false);
}

enum pal_code section_create(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    enum pal_code code = check_room(c, true);
    if (code == PAL_OK)
        code = section_store_add(c->db, c->arena, &v, pal_json_str(c->in, "name"), &c->err);
    return code != PAL_OK ? code : reply_sidebar(c, true);
}

static enum pal_code done(struct pal_call *c, enum pal_code code, bool found)
{
    if (code == PAL_OK && !found)
        return pal_fail(c, &pal_err_section_not_found, "%s", pal_err_section_not_found.title);
    return code != PAL_OK ? code : reply_sidebar(c, true);
}

enum pal_code section_update(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    bool found = false;
    enum pal_code code = section_store_update(c->db, c->arena, &v, gate_id(c, "section_id"),
                                              pal_json_str(c->in, "name"),
                                              pal_json_int(c->in, "position", -1), &found, &c->err);
    return done(c, code, found);
}

enum pal_code section_delete(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    bool found = false;
    enum pal_code code =
        section_store_delete(c->db, c->arena, &v, gate_id(c, "section_id"), &found, &c->err);
    return done(c, code, found);
}

enum pal_code section_add(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    bool found = false;
    enum pal_code code = check_channel(c);
    if (code == PAL_OK)
        code = section_store_put(c->db, c->arena, &v, gate_id(c, "section_id"),
                                 gate_id(c, "channel_id"), &found, &c->err);
    return done(c, code, found);
}

enum pal_code section_remove(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    bool found = false;
    enum pal_code code = check_channel(c);
    if (code == PAL_OK)
        code = section_store_take(c->db, c->arena, &v, gate_id(c, "section_id"),
                                  gate_id(c, "channel_id"), &found, &c->err);
    return done(c, code, found);
}
