/* What saved messages, drafts and scheduled messages share: personal.h. */
#include "handlers/personal.h"

#include "domain/names.h"
#include "store/attach.h"
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

enum pal_code personal_check_files(struct pal_call *c, struct personal_files *out)
{
    const json_t *list = json_object_get(c->in, "attachment_ids");
    struct viewer v = gate_viewer(c);
    bool usable = true;
    *out = (struct personal_files){.given = list != NULL, .n = json_array_size(list)};
    if (out->n == 0)
        return PAL_OK;
    int64_t *ids = pal_arena_alloc(c->arena, out->n * sizeof *ids);
    if (!ids)
        return pal_fail(c, &pal_err_service_internal, "the list does not fit");
    for (size_t i = 0; i < out->n; i++)
        ids[i] = json_integer_value(json_array_get(list, i));
    out->ids = ids;
    enum pal_code code = attach_usable(c->db, c->arena, &v, ids, out->n, &usable, &c->err);
    if (code != PAL_OK || usable)
        return code;
    code = pal_fail(c, &pal_err_file_unusable, "%s", pal_err_file_unusable.title);
    pal_error_field(&c->err, "/attachment_ids", "%s", pal_err_file_unusable.title);
    return code;
}

enum pal_code personal_check_content(struct pal_call *c, struct pal_str content, size_t n_files)
{
    if (n_files > 0 || !text_is_blank(content))
        return PAL_OK;
    enum pal_code code = pal_fail(c, &pal_err_request_invalid, "the message is blank");
    pal_error_field(&c->err, "/content", "must not be blank");
    return code;
}
