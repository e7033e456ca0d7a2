/* ack and error frames, made from the catalogue's facts alone: no command is known by name here. */
#include "reply.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/walk.h"
#include "proto/validate.h"
#include "ws_frame.h"

#include <stdio.h>
#include <string.h>

void asked_from(struct asked *a, const struct message *m)
{
    *a = (struct asked){.cmd = m->cmd, .channel = m->channel};
    memcpy(a->client_id, m->client_id, sizeof a->client_id);
    memcpy(a->type, m->type, sizeof a->type);
    json_int_t message = json_integer_value(json_object_get(m->body, "message_id"));
    a->message = message > 0 ? (uint64_t)message : 0;
}

static void set_id(json_t *frame, const char *key, uint64_t id)
{
    if (id)
        (void)json_object_set_new(frame, key, json_integer((json_int_t)id));
}

static json_t *refusal(const struct asked *a)
{
    json_t *frame = json_pack("{ss}", "type", "error");
    if (a->type[0])
        (void)json_object_set_new(frame, "request", json_string(a->type));
    if (a->client_id[0])
        (void)json_object_set_new(frame, "client_id", json_string(a->client_id));
    set_id(frame, "channel_id", a->channel);
    set_id(frame, "message_id", a->message);
    return frame;
}

/* Members of a reply that an ack tells, under the same names. */
static const char *const told[] = {"message_id", "channel_id", "seq",           "created_at",
                                   "edited_at",  "head_seq",   "not_in_channel"};
enum { TOLD = sizeof told / sizeof told[0], TOLD_MESSAGE = 0, TOLD_CHANNEL = 1 };

static void add_text(struct pal_buf *out, const char *key, const char *text)
{
    if (!text[0])
        return;
    pal_buf_add(out, ",\"", 2);
    pal_buf_z(out, key);
    pal_buf_add(out, "\":", 2);
    pal_buf_json_str(out, pal_str_of(text));
}

static void add_id(struct pal_buf *out, const char *key, uint64_t id)
{
    if (!id)
        return;
    pal_buf_add(out, ",\"", 2);
    pal_buf_z(out, key);
    pal_buf_add(out, "\":", 2);
    pal_buf_int(out, (int64_t)id);
}

/* The reply of "message.create" is a message: its `id` is the message_id, if it names no other. */
static void add_own_id(struct pal_buf *out, const struct asked *a, struct pal_str id,
                       unsigned *found)
{
    char key[32];
    size_t noun = a->cmd ? strcspn(a->cmd->name, ".") : 0;
    if (noun == 0 || id.n == 0)
        return;
    (void)snprintf(key, sizeof key, "%.*s_id", (int)noun, a->cmd->name);
    for (unsigned i = 0; i < TOLD; i++) {
        if (strcmp(told[i], key) != 0)
            continue;
        if (*found & 1U << i)
            return;
        *found |= 1U << i;
    }
    message_add(out, pal_str_of(key), id);
}

/* Returns which of `told` there are. */
static unsigned add_told(struct pal_buf *out, const struct asked *a, struct pal_str reply)
{
    struct pal_walk walk;
    struct pal_str key, value, id = {0};
    unsigned found = 0;
    pal_walk_begin(&walk, reply);
    while (pal_walk_member(&walk, &key, &value)) {
        if (pal_str_eq(value, PAL_STR("null")))
            continue;
        if (pal_str_eq(key, PAL_STR("id")))
            id = value;
        for (unsigned i = 0; i < TOLD; i++)
            if (!(found & 1U << i) && pal_str_eq(key, pal_str_of(told[i]))) {
                message_add(out, key, value);
                found |= 1U << i;
            }
    }
    add_own_id(out, a, id, &found);
    return found;
}

/* Made from the text of the reply as it stands: reading and writing it as JSON was a third of what
 * a message cost here. */
struct pal_blob *reply_ack(const struct asked *a, struct pal_str reply)
{
    struct pal_buf text;
    pal_buf_init(&text, PAL_FRAME_BODY_MAX);
    pal_buf_z(&text, "{\"type\":\"ack\"");
    add_text(&text, "request", a->type);
    add_text(&text, "client_id", a->client_id);
    unsigned found = add_told(&text, a, reply);
    if (!(found & 1U << TOLD_CHANNEL))
        add_id(&text, "channel_id", a->channel);
    if (!(found & 1U << TOLD_MESSAGE))
        add_id(&text, "message_id", a->message);
    pal_buf_char(&text, '}');
    struct pal_blob *frame = text.failed ? NULL : ws_frame_text(pal_buf_view(&text));
    pal_buf_fini(&text);
    return frame;
}

json_t *reply_problem(const struct asked *a, const json_t *problem)
{
    static const char *const http_only[] = {"type", "title", "status", "instance"};
    json_t *frame = refusal(a);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)problem, key, value) {
        bool skip = json_object_get(frame, key) != NULL;
        for (size_t i = 0; i < sizeof http_only / sizeof http_only[0]; i++)
            skip |= strcmp(key, http_only[i]) == 0;
        if (!skip)
            (void)json_object_set(frame, key, value);
    }
    return frame;
}

json_t *reply_error(const struct asked *a, const struct pal_error *err)
{
    char why[80];
    struct pal_buf text;
    pal_buf_init(&text, 16 << 10);
    pal_problem_write(err, (struct pal_str){NULL, 0}, &text);
    json_t *problem = pal_json_parse(pal_buf_view(&text), why);
    pal_buf_fini(&text);
    json_t *frame = reply_problem(a, problem);
    if (err->retry_after_ms > 0)
        (void)json_object_set_new(frame, "retry_after",
                                  json_integer((err->retry_after_ms + 999) / 1000));
    json_decref(problem);
    return frame;
}
