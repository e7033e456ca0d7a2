/* ack and error frames, made from the catalogue's facts alone: no command is known by name here. */
#include "reply.h"

#include "base/buf.h"
#include "proto/validate.h"

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

static json_t *envelope(const char *type, const struct asked *a)
{
    json_t *frame = json_pack("{ss}", "type", type);
    if (a->type[0])
        (void)json_object_set_new(frame, "request", json_string(a->type));
    if (a->client_id[0])
        (void)json_object_set_new(frame, "client_id", json_string(a->client_id));
    set_id(frame, "channel_id", a->channel);
    set_id(frame, "message_id", a->message);
    return frame;
}

static void copy_member(json_t *to, const char *key, const json_t *from, const char *source)
{
    json_t *value = json_object_get(from, source);
    if (value && !json_is_null(value))
        (void)json_object_set(to, key, value);
}

json_t *reply_ack(const struct asked *a, const json_t *body)
{
    static const char *const members[] = {"message_id", "channel_id", "seq",
                                          "created_at", "edited_at",  "head_seq"};
    json_t *frame = envelope("ack", a);
    /* The reply of "message.create" is a message: its `id` is the message_id. */
    size_t noun = a->cmd ? strcspn(a->cmd->name, ".") : 0;
    if (noun > 0) {
        char key[32];
        (void)snprintf(key, sizeof key, "%.*s_id", (int)noun, a->cmd->name);
        copy_member(frame, key, body, "id");
    }
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        copy_member(frame, members[i], body, members[i]);
    return frame;
}

json_t *reply_problem(const struct asked *a, const json_t *problem)
{
    static const char *const http_only[] = {"type", "title", "status", "instance"};
    json_t *frame = envelope("error", a);
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
