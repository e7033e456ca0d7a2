/* Messages to be sent later: writing them down, changing, deleting, sending them at once. At their
 * time they are sent by handlers/due.c. */
#include "handlers.h"

#include "base/clock.h"
#include "domain/later.h"
#include "handlers/due.h"
#include "handlers/personal.h"
#include "store/scheduled.h"

static enum pal_code not_found(struct pal_call *c)
{
    return pal_fail(c, &pal_err_scheduled_not_found, "%s", pal_err_scheduled_not_found.title);
}

/* 0: not given. */
static int64_t time_of(const struct pal_call *c)
{
    int64_t at = 0;
    struct pal_str text = pal_json_str(c->in, "send_at");
    return text.p && pal_iso_parse(text, &at) ? at : 0;
}

static enum pal_code check_time(struct pal_call *c, int64_t at)
{
    if (send_time_fits(c->now_ms, at))
        return PAL_OK;
    return pal_fail(c, &pal_err_scheduled_bad_time, "%s", pal_err_scheduled_bad_time.title);
}

/* As the writer judges it: a reply that is shown in the channel too is both. */
static enum verdict may_send(const struct pal_call *c, const struct standing *s)
{
    bool reply = gate_id(c, "thread_id") != 0;
    enum verdict v = reply ? may_reply(s) : ALLOWED;
    if (v == ALLOWED && (!reply || pal_json_bool(c->in, "also_send_to_channel", false)))
        v = may_post(s);
    return v;
}

static enum pal_code insert(struct pal_call *c, const struct scheduled *s)
{
    struct viewer v = gate_viewer(c);
    struct pal_str json;
    int64_t count = 0;
    enum pal_code code = scheduled_store_count(c->db, c->arena, &v, &count, &c->err);
    if (code == PAL_OK && count >= SCHEDULED_MAX)
        return pal_fail(c, &pal_err_scheduled_too_many, "%d messages wait", SCHEDULED_MAX);
    if (code == PAL_OK)
        code = scheduled_store_insert(c->db, c->arena, &v, s, &json, &c->err);
    if (code == PAL_OK)
        code = personal_tell_one(c, &pal_ev_scheduled_updated, s->channel, "scheduled", json);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code scheduled_create(struct pal_call *c)
{
    struct place place;
    struct personal_files files = {0};
    struct scheduled s = {.channel = gate_id(c, "channel_id"),
                          .reply_to = gate_id(c, "reply_to_id"),
                          .also_in_channel = pal_json_bool(c->in, "also_send_to_channel", false),
                          .content = pal_json_str(c->in, "content"),
                          .send_at_ms = time_of(c)};
    enum pal_code code = gate_look(c, s.channel, &place);
    if (code == PAL_OK)
        code = gate_check(c, may_send(c, &place.standing), &place);
    if (code == PAL_OK)
        code = personal_check_messages(c, s.channel, &s.thread);
    if (code == PAL_OK)
        code = personal_check_files(c, &files);
    if (code == PAL_OK)
        code = personal_check_content(c, s.content, files.n);
    if (code == PAL_OK)
        code = check_time(c, s.send_at_ms);
    s.files = files.ids;
    s.n_files = files.n;
    return code != PAL_OK ? code : insert(c, &s);
}

enum pal_code scheduled_list(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct pal_str json;
    uint64_t after = 0;
    enum pal_code code = gate_cursor(c, &after);
    if (code == PAL_OK)
        code = scheduled_store_list(c->db, c->arena, &v, pal_json_int(c->in, "limit", 100), after,
                                    &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

/* The caller's own, locked, and not sent yet. */
static enum pal_code find_waiting(struct pal_call *c, struct scheduled_facts *out)
{
    struct viewer v = gate_viewer(c);
    enum pal_code code =
        scheduled_store_lock(c->db, c->arena, &v, gate_id(c, "scheduled_id"), out, &c->err);
    if (code != PAL_OK)
        return code;
    if (!out->there)
        return not_found(c);
    if (out->state == SCHEDULED_SENT)
        return pal_fail(c, &pal_err_scheduled_sent, "%s", pal_err_scheduled_sent.title);
    return PAL_OK;
}

/* What it has with the change must be something. */
static enum pal_code take_files(struct pal_call *c, const struct scheduled_facts *facts,
                                struct scheduled_change *to)
{
    struct personal_files files;
    enum pal_code code = personal_check_files(c, &files);
    if (code != PAL_OK)
        return code;
    to->has_files = files.given;
    to->files = files.ids;
    to->n_files = files.n;
    return personal_check_content(c, to->content.p ? to->content : facts->content,
                                  files.given ? files.n : facts->n_files);
}

enum pal_code scheduled_update(struct pal_call *c)
{
    struct scheduled_change to = {.content = pal_json_str(c->in, "content"),
                                  .send_at_ms = time_of(c)};
    struct pal_str json = {NULL, 0};
    int64_t at = to.send_at_ms;
    struct scheduled_facts facts;
    enum pal_code code = find_waiting(c, &facts);
    if (code == PAL_OK)
        code = take_files(c, &facts, &to);
    /* One that has failed does not go out by being corrected: it needs a time to come. */
    if (code == PAL_OK && (at != 0 || facts.state == SCHEDULED_FAILED))
        code = check_time(c, at != 0 ? at : facts.send_at_ms);
    if (code == PAL_OK)
        code = scheduled_store_update(c->db, c->arena, gate_id(c, "scheduled_id"), &to, &json,
                                      &c->err);
    if (code == PAL_OK)
        code = personal_tell_one(c, &pal_ev_scheduled_updated, facts.channel, "scheduled", json);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code scheduled_delete(struct pal_call *c)
{
    uint64_t id = gate_id(c, "scheduled_id");
    struct scheduled_facts facts;
    const char *number = pal_arena_printf(c->arena, "%llu", (unsigned long long)id);
    enum pal_code code = find_waiting(c, &facts);
    if (code == PAL_OK)
        code = scheduled_store_delete(c->db, c->arena, id, &c->err);
    if (code == PAL_OK)
        code = personal_tell_one(c, &pal_ev_scheduled_deleted, facts.channel, "scheduled_id",
                                 pal_str_of(number));
    return code != PAL_OK ? code : pal_reply_empty(c);
}

/* Asked again, after it was sent, it answers the same. */
enum pal_code scheduled_send(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    uint64_t id = gate_id(c, "scheduled_id");
    struct scheduled_facts facts;
    enum pal_code code = scheduled_store_lock(c->db, c->arena, &v, id, &facts, &c->err);
    if (code == PAL_OK && !facts.there)
        return not_found(c);
    if (code == PAL_OK && facts.state != SCHEDULED_SENT) {
        code = due_send_now(c, id);
        if (code == PAL_OK)
            code = scheduled_store_lock(c->db, c->arena, &v, id, &facts, &c->err);
    }
    return code != PAL_OK ? code : pal_reply_text(c, facts.json);
}
