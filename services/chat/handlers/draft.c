/* Drafts: what somebody has begun to write, on all of his devices. The last writer wins. */
#include "handlers.h"

#include "domain/later.h"
#include "handlers/personal.h"
#include "store/personal.h"

static enum pal_code put(struct pal_call *c, const struct draft *d)
{
    struct viewer v = gate_viewer(c);
    struct pal_str json;
    int64_t others = 0;
    enum pal_code code = draft_store_others(c->db, c->arena, &v, d, &others, &c->err);
    if (code == PAL_OK && others >= DRAFTS_MAX)
        return pal_fail(c, &pal_err_draft_too_many, "%d drafts", DRAFTS_MAX);
    if (code == PAL_OK)
        code = draft_store_put(c->db, c->arena, &v, d, &json, &c->err);
    if (code == PAL_OK)
        code = personal_tell_one(c, &pal_ev_draft_updated, d->channel, "draft", json);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code draft_put(struct pal_call *c)
{
    struct place place;
    struct personal_files files = {0};
    struct draft d = {.channel = gate_id(c, "channel_id"),
                      .reply_to = gate_id(c, "reply_to_id"),
                      .content = pal_json_str(c->in, "content")};
    enum pal_code code = gate_look(c, d.channel, &place);
    if (code == PAL_OK)
        code = gate_check(c, may_take_part(&place.standing), &place);
    if (code == PAL_OK)
        code = personal_check_messages(c, d.channel, &d.thread);
    if (code == PAL_OK)
        code = personal_check_files(c, &files);
    if (code == PAL_OK && d.content.n == 0)
        code = personal_check_content(c, d.content, files.n);
    d.files = files.ids;
    d.n_files = files.n;
    return code != PAL_OK ? code : put(c, &d);
}

enum pal_code draft_delete(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    uint64_t channel = gate_id(c, "channel_id");
    struct place place;
    struct pal_str event = {0};
    enum pal_code code = gate_look(c, channel, &place);
    if (code == PAL_OK)
        code = gate_check(c, may_read(&place.standing), &place);
    if (code == PAL_OK)
        code = draft_store_delete(c->db, c->arena, &v, channel, gate_id(c, "thread_id"), &event,
                                  &c->err);
    if (code == PAL_OK)
        code = personal_tell(c, &pal_ev_draft_deleted, channel, event);
    return code != PAL_OK ? code : pal_reply_empty(c);
}

enum pal_code draft_list(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct pal_str json;
    uint64_t before = 0;
    enum pal_code code = gate_cursor(c, &before);
    if (code == PAL_OK)
        code = draft_store_list(c->db, c->arena, &v, pal_json_int(c->in, "limit", 100), before,
                                &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}
