/* Threads: reading them, listing the followed ones, following, read markers. */
#include "handlers.h"

#include "base/limits.h"
#include "handlers/gate.h"
#include "store/message.h"
#include "store/thread.h"

/* Finds the thread and what the caller is to its channel; one that is not there has a channel that
 * is not. */
static enum pal_code find(struct pal_call *c, struct thread_facts *t, struct place *place)
{
    enum pal_code code = thread_store_find(c->db, c->arena, gate_id(c, "message_id"), t, &c->err);
    *place = (struct place){0};
    return code != PAL_OK || t->channel == 0 ? code : gate_look(c, t->channel, place);
}

/* The seq of the message of the thread that the page is asked for by, or fails the call. */
static enum pal_code anchor(struct pal_call *c, const char *field, const struct thread_facts *t,
                            uint64_t *seq)
{
    struct message_facts m;
    enum pal_code code = message_store_find(c->db, c->arena, gate_id(c, field), &m, &c->err);
    if (code == PAL_OK && (m.channel != t->channel || m.thread != t->root))
        return pal_fail(c, &pal_err_message_not_found, "%s is not a message of this thread", field);
    if (code == PAL_OK)
        *seq = m.seq;
    return code;
}

static enum pal_code page_of(struct pal_call *c, const struct thread_facts *t,
                             struct thread_page *page)
{
    int64_t limit = pal_json_int(c->in, "limit", 50);
    bool before = gate_id(c, "before"), after = gate_id(c, "after"), around = gate_id(c, "around");
    if (before + after + around > 1)
        return pal_fail(c, &pal_err_request_invalid,
                        "before, after and around exclude one another");
    *page = (struct thread_page){
        .root = t->root, .channel = t->channel, .pivot = (uint64_t)PAL_ID_MAX, .older = limit};
    if (before)
        return anchor(c, "before", t, &page->pivot);
    if (!after && !around)
        return PAL_OK;
    page->older = after ? 0 : limit / 2;
    page->newer = limit - page->older;
    enum pal_code code = anchor(c, after ? "after" : "around", t, &page->pivot);
    if (code == PAL_OK && after)
        page->pivot++;
    return code;
}

enum pal_code thread_get(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct thread_facts t;
    struct thread_page page;
    struct place place;
    struct pal_str json;
    enum pal_code code = find(c, &t, &place);
    if (code == PAL_OK)
        code = gate_check_message(c, may_read(&place.standing), &place);
    if (code == PAL_OK)
        code = page_of(c, &t, &page);
    if (code == PAL_OK)
        code = thread_store_get(c->db, c->arena, &v, &page, &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code thread_list(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct pal_str json;
    uint64_t before;
    enum pal_code code = gate_cursor(c, &before);
    if (code == PAL_OK)
        code = thread_store_list(c->db, c->arena, &v, pal_json_int(c->in, "limit", 20), before,
                                 pal_json_bool(c->in, "unread", false), &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

/* Answers with the state, and tells the caller's other devices what has changed. */
static enum pal_code answer(struct pal_call *c, const struct thread_facts *t,
                            const struct thread_change *change)
{
    struct pal_buf body;
    enum pal_code code = PAL_OK;
    pal_buf_init(&body, 1024);
    pal_buf_z(&body, "{\"type\":\"thread_state\",\"thread\":");
    pal_buf_str(&body, change->state);
    pal_buf_char(&body, '}');
    if (change->changed)
        code = pal_publish(c, &pal_ev_thread_changed, c->caller.org, c->caller.user, t->channel, 0,
                           pal_buf_view(&body));
    pal_buf_fini(&body);
    return code != PAL_OK ? code : pal_reply_text(c, change->state);
}

static enum pal_code set_following(struct pal_call *c, bool following)
{
    struct viewer v = gate_viewer(c);
    struct thread_facts t;
    struct thread_change change;
    struct place place;
    enum pal_code code = find(c, &t, &place);
    if (code == PAL_OK)
        code = gate_check_message(c,
                                  following ? may_follow(&place.standing, t.root_deleted, t.begun)
                                            : may_read(&place.standing),
                                  &place);
    if (code == PAL_OK)
        code = thread_store_follow(c->db, c->arena, &v, &t, following, &change, &c->err);
    return code != PAL_OK ? code : answer(c, &t, &change);
}

enum pal_code thread_follow(struct pal_call *c)
{
    return set_following(c, true);
}

enum pal_code thread_unfollow(struct pal_call *c)
{
    return set_following(c, false);
}

enum pal_code thread_mark_read(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct thread_facts t;
    struct thread_change change;
    struct place place;
    enum pal_code code = find(c, &t, &place);
    if (code == PAL_OK)
        code = gate_check_message(c, may_take_part(&place.standing), &place);
    if (code == PAL_OK)
        code = thread_store_mark(c->db, c->arena, &v, &t, pal_json_int(c->in, "seq", 0),
                                 pal_json_bool(c->in, "mark_unread", false), &change, &c->err);
    return code != PAL_OK ? code : answer(c, &t, &change);
}
