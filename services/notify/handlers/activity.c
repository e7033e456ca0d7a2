/* What a channel's activity stream needs, from chat: may the caller follow it, still, and which
 * events came after a seq. */
#include "handlers.h"

#include "handlers/ask.h"

enum { EVENTS_AT_ONCE = 200 };

/* Chat is asked each time: what it tells of who leaves may be lost, and notify's own copy of the
 * members is behind. *head as the channel's log has it; false: the answer is a refusal. */
static bool may_follow(struct pal_call *c, int64_t *head, enum pal_code *code)
{
    json_t *answer = NULL;
    *code = ask_membership(c, (uint64_t)pal_json_int(c->in, "channel_id", 0), &answer);
    if (!answer)
        return false;
    *head = pal_json_int(json_array_get(json_object_get(answer, "channels"), 0), "head_seq", 0);
    json_decref(answer);
    return true;
}

enum pal_code activity_open(struct pal_call *c)
{
    int64_t head = 0;
    enum pal_code code;
    return may_follow(c, &head, &code)
               ? pal_reply_json(c, json_pack("{s:I}", "head_seq", (json_int_t)head))
               : code;
}

static enum pal_code read_events(struct pal_call *c, int64_t channel, int64_t after)
{
    char *body = pal_arena_printf(c->arena,
                                  "{\"items\":[{\"channel_id\":%lld,\"after\":%lld,\"limit\":%d}]}",
                                  (long long)channel, (long long)after, EVENTS_AT_ONCE);
    json_t *answer = NULL;
    enum pal_code code =
        ask_chat(c, PAL_CMD_EVENT_LIST, pal_str_of(body), (uint64_t)channel, &answer);
    if (!answer)
        return code;
    json_t *found = json_incref(json_array_get(json_object_get(answer, "channels"), 0));
    json_decref(answer);
    if (!found)
        return pal_fail(c, &pal_err_channel_not_found, "the channel is gone");
    return pal_reply_json(c, found);
}

enum pal_code activity_read(struct pal_call *c)
{
    int64_t channel = pal_json_int(c->in, "channel_id", 0);
    int64_t after = pal_json_int(c->in, "after", 0);
    int64_t head = 0;
    enum pal_code code;
    if (!may_follow(c, &head, &code))
        return code;
    if (head > after)
        return read_events(c, channel, after);
    return pal_reply_json(c, json_pack("{s:I s:I s:I s:[]}", "channel_id", (json_int_t)channel,
                                       "head_seq", (json_int_t)head, "first_seq",
                                       (json_int_t)after + 1, "events"));
}
