/* Envelope and body of a client's message. `type` and `client_id` are the envelope, all else is the
 * command. */
#include "message.h"

#include "base/walk.h"
#include "gen/catalogue.h"
#include "proto/validate.h"

#include <inttypes.h>
#include <string.h>

static bool copy(char *to, size_t max, struct pal_str s)
{
    if (!s.p || s.n > max)
        return false;
    memcpy(to, s.p, s.n);
    to[s.n] = '\0';
    return true;
}

static bool has_field(const struct pal_command *cmd, const char *name)
{
    for (size_t i = 0; cmd->request && i < cmd->request->n; i++)
        if (strcmp(cmd->request->fields[i].name, name) == 0)
            return true;
    return false;
}

static enum pal_code wrong(struct pal_error *err, const char *pointer, const char *detail)
{
    enum pal_code code = pal_error_set(err, &pal_err_request_invalid, "the message is not valid");
    pal_error_field(err, pointer, "%s", detail);
    return code;
}

static enum pal_code read_type(json_t *body, struct message *out, struct pal_error *err)
{
    struct pal_str type = pal_json_str(body, "type");
    if (!copy(out->type, MESSAGE_TYPE_MAX, type))
        return wrong(err, "/type", "a text of at most 32 bytes is needed");
    out->cmd = pal_command_by_ws(type);
    if (!out->cmd)
        return wrong(err, "/type", "unknown; see /docs");
    (void)json_object_del(body, "type");
    return PAL_OK;
}

/* A command that has a client_id of its own gets it; for the others it only names the answer. */
static enum pal_code read_client_id(json_t *body, struct message *out, struct pal_error *err)
{
    const json_t *id = json_object_get(body, "client_id");
    if (!id || json_is_null(id))
        return PAL_OK;
    if (!copy(out->client_id, MESSAGE_CLIENT_ID_MAX, pal_json_str(body, "client_id")))
        return wrong(err, "/client_id", "a text of at most 64 bytes is needed");
    if (!has_field(out->cmd, "client_id"))
        (void)json_object_del(body, "client_id");
    return PAL_OK;
}

static enum pal_code read_channel(json_t *body, uint64_t room, struct message *out,
                                  struct pal_error *err)
{
    char detail[80];
    if (!has_field(out->cmd, "channel_id"))
        return PAL_OK;
    out->in_room = room && !json_object_get(body, "channel_id");
    if (out->in_room &&
        json_object_set_new(body, "channel_id", json_integer((json_int_t)room)) != 0)
        return pal_error_set(err, &pal_err_service_internal, "out of memory");
    json_int_t channel = json_integer_value(json_object_get(body, "channel_id"));
    if (room && channel != (json_int_t)room) {
        (void)snprintf(detail, sizeof detail, "this socket is of channel %" PRIu64 " only", room);
        return wrong(err, "/channel_id", detail);
    }
    out->channel = channel > 0 ? (uint64_t)channel : 0;
    return PAL_OK;
}

enum pal_code message_parse(struct pal_str text, uint64_t room, struct message *out,
                            struct pal_error *err)
{
    char why[80];
    *out = (struct message){.body = pal_json_parse(text, why), .text = text};
    if (!out->body)
        return pal_error_set(err, &pal_err_request_malformed, "%s", why);
    if (!json_is_object(out->body))
        return pal_error_set(err, &pal_err_request_malformed, "a message is a JSON object");
    enum pal_code code = read_type(out->body, out, err);
    if (code == PAL_OK)
        code = read_client_id(out->body, out, err);
    if (code == PAL_OK)
        code = read_channel(out->body, room, out, err);
    if (code == PAL_OK && out->cmd->request)
        code = pal_validate(out->cmd->request, out->body, err);
    return code;
}

void message_add(struct pal_buf *out, struct pal_str key, struct pal_str value)
{
    if (out->n > 0 && out->p[out->n - 1] != '{')
        pal_buf_char(out, ',');
    pal_buf_char(out, '"');
    pal_buf_str(out, key);
    pal_buf_add(out, "\":", 2);
    pal_buf_str(out, value);
}

/* The members as the client wrote them. False: a key is written with escapes. */
static bool copy_members(const struct message *m, struct pal_buf *out)
{
    struct pal_walk walk;
    struct pal_str key, value;
    bool keeps_client_id = has_field(m->cmd, "client_id");
    pal_walk_begin(&walk, m->text);
    pal_buf_char(out, '{');
    while (pal_walk_member(&walk, &key, &value)) {
        if (memchr(key.p, '\\', key.n))
            return false;
        bool envelope = pal_str_eq(key, PAL_STR("type")) ||
                        (!keeps_client_id && pal_str_eq(key, PAL_STR("client_id")));
        if (!envelope)
            message_add(out, key, value);
    }
    pal_buf_char(out, '}');
    return !out->failed && !walk.failed;
}

/* Writing JSON anew costs ten times as much as copying it; services read it by the catalogue in any
 * case. */
bool message_body(const struct message *m, struct pal_buf *out)
{
    if (!m->in_room && copy_members(m, out))
        return true;
    pal_buf_clear(out);
    return pal_json_dump(m->body, out);
}

void message_fini(struct message *m)
{
    json_decref(m->body);
    m->body = NULL;
}
