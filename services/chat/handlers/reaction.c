/* Reactions: adding, taking back, who has reacted. */
#include "handlers.h"

#include "domain/emoji.h"
#include "domain/marks.h"
#include "handlers/subject.h"
#include "store/emoji.h"

static enum pal_code unknown(struct pal_call *c)
{
    return pal_fail(c, &pal_err_reaction_unknown_emoji, "%s", pal_err_reaction_unknown_emoji.title);
}

/* The field as it is kept. */
static enum pal_code read_emoji(struct pal_call *c, struct pal_str *out, bool *custom)
{
    struct pal_str text = pal_json_str(c->in, "emoji"), found;
    enum emoji_kind kind = emoji_read(text, &found);
    *custom = kind == EMOJI_CUSTOM;
    *out = *custom ? text : found;
    return kind == EMOJI_NONE ? unknown(c) : PAL_OK;
}

static enum pal_code check_custom(struct pal_call *c, struct pal_str emoji)
{
    struct viewer v = gate_viewer(c);
    bool there = false;
    struct pal_str name = {emoji.p + 1, emoji.n - 2};
    enum pal_code code = emoji_store_there(c->db, c->arena, &v, name, &there, &c->err);
    return code != PAL_OK || there ? code : unknown(c);
}

static enum pal_code add(struct pal_call *c, const struct subject *s, const struct reaction *r,
                         bool custom)
{
    struct viewer v = gate_viewer(c);
    struct logged e = {0};
    struct reaction_facts facts;
    enum pal_code code = reaction_store_facts(c->db, c->arena, &v, r, &facts, &c->err);
    if (code == PAL_OK && custom && !facts.known)
        code = check_custom(c, r->emoji);
    if (code == PAL_OK && !reaction_fits(facts.kinds, facts.known))
        return pal_fail(c, &pal_err_reaction_too_many, "%d different emoji", REACTION_KINDS_MAX);
    if (code == PAL_OK && !facts.mine)
        code = reaction_store_add(c->db, c->arena, &v, r, &e, &c->err);
    return code != PAL_OK ? code : subject_done(c, s, &pal_ev_reaction_added, &e);
}

enum pal_code reaction_add(struct pal_call *c)
{
    struct subject s;
    struct reaction r = {0};
    bool custom = false;
    enum pal_code code = subject_lock(c, &s);
    if (code == PAL_OK)
        code = gate_check_message(c, may_react(&s.place.standing, s.deleted), &s.place);
    if (code == PAL_OK)
        code = read_emoji(c, &r.emoji, &custom);
    if (code != PAL_OK)
        return code;
    r.channel = s.channel;
    r.message = s.message;
    return add(c, &s, &r, custom);
}

enum pal_code reaction_remove(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct subject s;
    struct reaction r = {0};
    struct logged e = {0};
    bool custom = false;
    enum pal_code code = subject_lock(c, &s);
    if (code == PAL_OK)
        code = gate_check_message(c, may_take_back(&s.place.standing), &s.place);
    if (code == PAL_OK)
        code = read_emoji(c, &r.emoji, &custom);
    r.channel = s.channel;
    r.message = s.message;
    if (code == PAL_OK)
        code = reaction_store_remove(c->db, c->arena, &v, &r, &e, &c->err);
    return code != PAL_OK ? code : subject_done(c, &s, &pal_ev_reaction_removed, &e);
}

enum pal_code reaction_list(struct pal_call *c)
{
    struct subject s;
    struct pal_str json;
    struct reaction_page page = {.limit = pal_json_int(c->in, "limit", 100)};
    bool custom;
    enum pal_code code = gate_cursor(c, &page.after);
    if (code == PAL_OK)
        code = subject_look(c, &s);
    if (code == PAL_OK)
        code = gate_check_message(c, may_read(&s.place.standing), &s.place);
    if (code == PAL_OK && pal_json_str(c->in, "emoji").p)
        code = read_emoji(c, &page.emoji, &custom);
    page.message = gate_id(c, "message_id");
    if (code == PAL_OK)
        code = reaction_store_list(c->db, c->arena, &page, &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}
