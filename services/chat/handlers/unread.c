/* Read markers and what is unread: channel.mark_read, channel.mark_unread, read.mark_all,
 * unread.get, message.readers. */
#include "handlers.h"

#include "handlers/gate.h"
#include "store/message.h"
#include "store/preference.h"
#include "store/unread.h"

static json_t *mark_json(uint64_t channel, const struct read_mark *m)
{
    return json_pack("{s:I, s:I, s:I, s:I}", "channel_id", (json_int_t)channel, "seq",
                     (json_int_t)m->seq, "unread_count", (json_int_t)m->unread, "mention_count",
                     (json_int_t)m->mentions);
}

static enum pal_code tell_own_devices(struct pal_call *c, uint64_t channel,
                                      const struct read_mark *m)
{
    const char *body = pal_arena_printf(
        c->arena,
        "{\"type\":\"read_marker\",\"channel_id\":%llu,\"seq\":%lld,\"unread_count\":%lld,"
        "\"mention_count\":%lld}",
        (unsigned long long)channel, (long long)m->seq, (long long)m->unread,
        (long long)m->mentions);
    return pal_publish(c, &pal_ev_read_marked, c->caller.org, c->caller.user, channel, 0,
                       pal_str_of(body));
}

static enum pal_code move(struct pal_call *c, const struct read_move *to)
{
    struct viewer v = gate_viewer(c);
    struct read_mark mark = {0};
    enum pal_code code = read_mark_move(c->db, c->arena, &v, to, &mark, &c->err);
    if (code == PAL_OK && mark.moved)
        code = tell_own_devices(c, to->channel, &mark);
    return code != PAL_OK ? code : pal_reply_json(c, mark_json(to->channel, &mark));
}

/* May the caller have a marker in the channel? */
static enum pal_code check_part(struct pal_call *c, uint64_t channel)
{
    struct place place;
    enum pal_code code = gate_look(c, channel, &place);
    return code != PAL_OK ? code : gate_check(c, may_take_part(&place.standing), &place);
}

enum pal_code channel_mark_read(struct pal_call *c)
{
    struct read_move to = {.channel = gate_id(c, "channel_id"),
                           .to = pal_json_int(c->in, "seq", 0)};
    enum pal_code code = check_part(c, to.channel);
    return code != PAL_OK ? code : move(c, &to);
}

enum pal_code channel_mark_unread(struct pal_call *c)
{
    struct read_move to = {.channel = gate_id(c, "channel_id"), .back = true};
    struct message_facts m;
    enum pal_code code = check_part(c, to.channel);
    if (code == PAL_OK)
        code = message_store_find(c->db, c->arena, gate_id(c, "message_id"), &m, &c->err);
    if (code == PAL_OK && m.channel != to.channel)
        code = pal_fail(c, &pal_err_message_not_found, "no message %llu in this channel",
                        (unsigned long long)gate_id(c, "message_id"));
    if (code != PAL_OK)
        return code;
    to.to = (int64_t)m.seq - 1;
    return move(c, &to);
}

static enum pal_code named_channels(struct pal_call *c, struct pal_str *out)
{
    const json_t *channels = json_object_get(c->in, "channels");
    struct pal_buf text;
    *out = (struct pal_str){NULL, 0};
    if (pal_json_bool(c->in, "all", false) == json_is_array(channels))
        return pal_fail(c, &pal_err_request_invalid, "either all or channels");
    if (!json_is_array(channels))
        return PAL_OK;
    pal_buf_init(&text, PAL_FRAME_BODY_MAX);
    const char *copy =
        pal_json_dump(channels, &text) ? pal_arena_strdup(c->arena, pal_buf_view(&text)) : NULL;
    *out = pal_str_of(copy);
    pal_buf_fini(&text);
    return copy ? PAL_OK : pal_fail(c, &pal_err_service_internal, "the list does not fit");
}

enum pal_code read_mark_everything(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct pal_str channels, json = {NULL, 0};
    int64_t n = 0;
    bool more = false;
    enum pal_code code = named_channels(c, &channels);
    if (code == PAL_OK)
        code = read_mark_all(c->db, c->arena, &v, channels, &json, &n, &more, &c->err);
    if (code == PAL_OK && n > 0)
        code = pal_publish(c, &pal_ev_read_all_marked, v.org, v.user, 0, 0,
                           pal_str_of(pal_arena_printf(
                               c->arena, "{\"type\":\"read_markers\",\"channels\":%s}", json.p)));
    return code != PAL_OK
               ? code
               : pal_reply_text(
                     c, pal_str_of(pal_arena_printf(c->arena, "{\"channels\":%s,\"more\":%s}",
                                                    json.p, more ? "true" : "false")));
}

enum pal_code unread_get(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct pal_str json;
    enum pal_code code = unread_totals(c->db, c->arena, &v, &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

/* Who shows nobody what he has read is not shown it either. */
static enum pal_code check_receipts(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    bool shares = true;
    enum pal_code code = preference_shares_receipts(c->db, c->arena, &v, &shares, &c->err);
    if (code == PAL_OK && !shares)
        code = pal_fail(c, &pal_err_receipts_not_shared, "%s", pal_err_receipts_not_shared.title);
    return code;
}

enum pal_code message_readers(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct reader_page page = {.limit = pal_json_int(c->in, "limit", 100)};
    struct message_facts m = {0};
    struct place place = {0};
    struct pal_str json;
    enum pal_code code = gate_cursor(c, &page.after);
    if (code == PAL_OK)
        code = message_store_find(c->db, c->arena, gate_id(c, "message_id"), &m, &c->err);
    if (code == PAL_OK && m.channel != 0)
        code = gate_look(c, m.channel, &place);
    if (code == PAL_OK)
        code = gate_check_message(c, may_take_part(&place.standing), &place);
    if (code == PAL_OK)
        code = check_receipts(c);
    if (code != PAL_OK)
        return code;
    page.channel = m.channel;
    page.seq = m.seq;
    page.author = m.author;
    code = readers_list(c->db, c->arena, &v, &page, &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}
