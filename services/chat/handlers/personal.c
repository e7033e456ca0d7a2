/* What saved messages, drafts and scheduled messages share: personal.h. */
#include "handlers/personal.h"

#include "store/personal.h"

enum pal_code personal_tell(struct pal_call *c, const struct pal_event *ev, uint64_t channel,
                            struct pal_str body)
{
    if (body.n == 0)
        return PAL_OK;
    return pal_publish(c, ev, c->caller.org, c->caller.user, channel, 0, body);
}

enum pal_code personal_tell_one(struct pal_call *c, const struct pal_event *ev, uint64_t channel,
                                const char *key, struct pal_str member)
{
    struct pal_buf body;
    pal_buf_init(&body, PAL_FRAME_BODY_MAX);
    pal_buf_z(&body, "{\"type\":");
    pal_buf_json_str(&body, pal_str_of(ev->ws_type));
    pal_buf_char(&body, ',');
    pal_buf_json_str(&body, pal_str_of(key));
    pal_buf_char(&body, ':');
    pal_buf_add(&body, member.p, member.n);
    pal_buf_char(&body, '}');
    enum pal_code code = body.failed
                             ? pal_fail(c, &pal_err_service_internal, "an event does not fit")
                             : personal_tell(c, ev, channel, pal_buf_view(&body));
    pal_buf_fini(&body);
    return code;
}

static enum pal_code check_thread(struct pal_call *c, uint64_t channel, uint64_t *thread)
{
    uint64_t message = gate_id(c, "thread_id");
    *thread = 0;
    if (!message)
        return PAL_OK;
    enum pal_code code = personal_store_root(c->db, c->arena, channel, message, thread, &c->err);
    if (code == PAL_OK && *thread == 0)
        return pal_fail(c, &pal_err_message_thread_not_found, "%s",
                        pal_err_message_thread_not_found.title);
    return code;
}

static enum pal_code check_reply(struct pal_call *c, uint64_t channel)
{
    bool in = true;
    uint64_t message = gate_id(c, "reply_to_id");
    if (!message)
        return PAL_OK;
    enum pal_code code = personal_store_in_channel(c->db, c->arena, channel, message, &in, &c->err);
    if (code == PAL_OK && !in)
        return pal_fail(c, &pal_err_message_reply_not_found, "%s",
                        pal_err_message_reply_not_found.title);
    return code;
}

enum pal_code personal_check_messages(struct pal_call *c, uint64_t channel, uint64_t *thread)
{
    enum pal_code code = check_thread(c, channel, thread);
    return code != PAL_OK ? code : check_reply(c, channel);
}
