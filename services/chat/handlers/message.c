/* Messages that are there: reading, editing, deleting, reporting. Posting is the writer's
 * (handlers/writer.c). */
#include "handlers.h"

#include "base/limits.h"
#include "domain/mentions.h"
#include "domain/names.h"
#include "handlers/gate.h"
#include "handlers/history.h"
#include "settings.h"
#include "store/mark.h"
#include "store/message.h"
#include "store/preview.h"

/* Finds the message and what the caller is to its channel; one that is not there has a channel that
 * is not. */
static enum pal_code find(struct pal_call *c, struct message_facts *m, struct place *place)
{
    enum pal_code code = message_store_find(c->db, c->arena, gate_id(c, "message_id"), m, &c->err);
    *place = (struct place){0};
    return code != PAL_OK || m->channel == 0 ? code : gate_look(c, m->channel, place);
}

/* The same with the channel's head locked: read once to know the channel, and again under the lock.
 */
static enum pal_code find_locked(struct pal_call *c, struct message_facts *m, struct place *place)
{
    enum pal_code code = message_store_find(c->db, c->arena, gate_id(c, "message_id"), m, &c->err);
    *place = (struct place){0};
    if (code == PAL_OK && m->channel != 0)
        code = gate_lock(c, m->channel, place);
    return code != PAL_OK
               ? code
               : message_store_find(c->db, c->arena, gate_id(c, "message_id"), m, &c->err);
}

enum pal_code message_get(struct pal_call *c)
{
    struct message_facts m;
    struct place place;
    enum pal_code code = find(c, &m, &place);
    if (code == PAL_OK)
        code = gate_check_message(c, may_read(&place.standing), &place);
    return code != PAL_OK ? code : pal_reply_text(c, m.json);
}

enum pal_code message_history(struct pal_call *c)
{
    struct message_facts m;
    struct place place;
    struct pal_str json;
    enum pal_code code = find(c, &m, &place);
    if (code == PAL_OK)
        code = gate_check_message(
            c, may_see_history(&place.standing, m.author == c->caller.user, m.deleted), &place);
    if (code == PAL_OK)
        code = message_store_history(c->db, c->arena, gate_id(c, "message_id"), &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

static enum pal_code edit(struct pal_call *c, const struct message_facts *m, struct pal_str content)
{
    struct viewer v = gate_viewer(c);
    struct pal_str names[MENTIONS_MAX], json;
    struct message_edit e = {
        .message = gate_id(c, "message_id"), .content = content, .names = names};
    struct logged logged = {0};
    e.n_names = mentions_scan(content, names);
    e.everyone = mentions_everyone(names, e.n_names);
    enum pal_code code = message_store_update(c->db, c->arena, &v, &e, &logged, &json, &c->err);
    if (code == PAL_OK)
        code = gate_tell(c, &pal_ev_message_edited, v.user, m->channel, &logged);
    if (code == PAL_OK && chat_settings_of(c)->link_previews)
        code = preview_store_queue_edit(c->db, c->arena, e.message, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

static enum pal_code check_content(struct pal_call *c, struct pal_str content)
{
    if (!text_is_blank(content))
        return PAL_OK;
    enum pal_code code = pal_fail(c, &pal_err_request_invalid, "the message is blank");
    pal_error_field(&c->err, "/content", "must not be blank");
    return code;
}

enum pal_code message_update(struct pal_call *c)
{
    struct pal_str content = pal_json_str(c->in, "content");
    struct message_facts m = {0};
    struct place place;
    enum pal_code code = check_content(c, content);
    if (code == PAL_OK)
        code = find_locked(c, &m, &place);
    struct written w = {.own = m.author == c->caller.user,
                        .deleted = m.deleted,
                        .reply = m.thread != gate_id(c, "message_id"),
                        .in_channel = m.in_channel};
    if (code == PAL_OK)
        code = gate_check_message(c, may_edit(&place.standing, &w), &place);
    if (code != PAL_OK)
        return code;
    return pal_str_eq(content, m.content) ? pal_reply_text(c, m.json) : edit(c, &m, content);
}

enum pal_code message_delete(struct pal_call *c)
{
    uint64_t id = gate_id(c, "message_id");
    struct viewer v = gate_viewer(c);
    struct message_facts m;
    struct place place;
    struct logged logged = {0};
    enum pal_code code = find_locked(c, &m, &place);
    if (code == PAL_OK)
        code = gate_check_message(c, may_delete(&place.standing, m.author == v.user), &place);
    if (code == PAL_OK)
        code = message_store_delete(c->db, c->arena, &v, id, &logged, &c->err);
    if (code == PAL_OK)
        code = mark_store_drop(c->db, c->arena, id, &c->err);
    if (code == PAL_OK)
        code = gate_tell(c, &pal_ev_message_deleted, m.author, m.channel, &logged);
    if (code != PAL_OK)
        return code;
    return pal_reply_json(c,
                          json_pack("{s:I, s:I, s:I}", "message_id", (json_int_t)id, "channel_id",
                                    (json_int_t)m.channel, "seq", (json_int_t)logged.seq));
}

enum pal_code message_report(struct pal_call *c)
{
    uint64_t id = gate_id(c, "message_id");
    struct viewer v = gate_viewer(c);
    struct message_facts m;
    struct place place;
    struct pal_str body = {0};
    enum pal_code code = find(c, &m, &place);
    if (code == PAL_OK)
        code = gate_check_message(c, may_report(&place.standing, m.author == v.user, m.deleted),
                                  &place);
    if (code == PAL_OK)
        code = message_store_report(c->db, c->arena, &v, id, pal_json_str(c->in, "reason"), &body,
                                    &c->err);
    if (code == PAL_OK && body.n > 0)
        code = pal_publish(c, &pal_ev_message_reported, v.org, v.user, 0, 0, body);
    if (code != PAL_OK)
        return code;
    return pal_reply_json(
        c, json_pack("{s:I, s:s}", "message_id", (json_int_t)id, "status", "pending"));
}

/* The seq of the message that the page is asked for by, or fails the call. */
static enum pal_code anchor(struct pal_call *c, const char *field, uint64_t channel, uint64_t *seq)
{
    struct message_facts m;
    enum pal_code code = message_store_find(c->db, c->arena, gate_id(c, field), &m, &c->err);
    if (code == PAL_OK && m.channel != channel)
        return pal_fail(c, &pal_err_message_not_found, "%s is not a message of this channel",
                        field);
    if (code == PAL_OK)
        *seq = m.seq;
    return code;
}

static enum pal_code page_of(struct pal_call *c, uint64_t channel, struct message_page *page)
{
    int64_t limit = pal_json_int(c->in, "limit", 50);
    bool before = gate_id(c, "before"), after = gate_id(c, "after"), around = gate_id(c, "around");
    if (before + after + around > 1)
        return pal_fail(c, &pal_err_request_invalid,
                        "before, after and around exclude one another");
    *page = (struct message_page){.channel = channel,
                                  .pivot = (uint64_t)PAL_ID_MAX,
                                  .older = limit,
                                  .replies = pal_json_str(c->in, "include").n > 0};
    if (before)
        return anchor(c, "before", page->channel, &page->pivot);
    if (!after && !around)
        return PAL_OK;
    page->older = after ? 0 : limit / 2;
    page->newer = limit - page->older;
    enum pal_code code = anchor(c, after ? "after" : "around", page->channel, &page->pivot);
    if (code == PAL_OK && after)
        page->pivot++;
    return code;
}

enum pal_code history_reply(struct pal_call *c, uint64_t channel)
{
    struct message_page page;
    struct pal_str json;
    enum pal_code code = page_of(c, channel, &page);
    if (code == PAL_OK)
        code = message_store_list(c->db, c->arena, &page, &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code message_list(struct pal_call *c)
{
    struct place place;
    enum pal_code code = gate_look(c, gate_id(c, "channel_id"), &place);
    if (code == PAL_OK)
        code = gate_check(c, may_read(&place.standing), &place);
    return code != PAL_OK ? code : history_reply(c, gate_id(c, "channel_id"));
}
