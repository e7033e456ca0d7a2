/* The other end of a durable consumer: asking the source for what comes after a position, and
 * reading what it gave. */
#include "service/follower.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const pal_source_names[PAL_OWNERS] = {"gateway", "auth", "chat", "notify", "admin"};

enum { FETCH_LIMIT = 500, FETCH_MS = 5000 };

const struct pal_command *pal_source_command(enum pal_owner source)
{
    char name[32];
    snprintf(name, sizeof name, "%s.events", pal_source_names[source]);
    for (size_t i = 0; i < pal_commands_count; i++)
        if (pal_commands[i]->owner == source && strcmp(pal_commands[i]->name, name) == 0)
            return pal_commands[i];
    return NULL;
}

static json_t *parse_reply(struct follower *f, const struct pal_frame *reply)
{
    char why[80] = "";
    json_t *root = reply->status == 200 ? pal_json_parse(reply->body, why) : NULL;
    json_t *events = json_incref(json_object_get(root, "events"));
    json_decref(root);
    if (json_is_array(events))
        return events;
    json_decref(events);
    pal_log(PAL_WARN, "events refused", PAL_LS("source", f->source),
            PAL_LI("status", reply->status), PAL_LS("detail", why));
    return NULL;
}

static struct pal_str fetch_request(struct follower *f)
{
    struct pal_buf text;
    char tx[24];
    snprintf(tx, sizeof tx, "%" PRIu64, f->at.tx);
    pal_buf_init(&text, 512);
    pal_buf_z(&text, "{\"consumer\":");
    pal_buf_json_str(&text, pal_str_of(f->service->spec->name));
    pal_buf_z(&text, ",\"tx\":");
    pal_buf_json_str(&text, pal_str_of(tx));
    pal_buf_printf(&text, ",\"id\":%" PRIu64 ",\"limit\":%d}", f->at.id, FETCH_LIMIT);
    struct pal_str body = {text.failed ? NULL : pal_arena_strdup(&f->arena, pal_buf_view(&text)),
                           text.n};
    pal_buf_fini(&text);
    return body;
}

json_t *pal_source_fetch(struct follower *f)
{
    struct pal_error err = {0};
    struct pal_frame reply = {0};
    struct pal_str body = fetch_request(f);
    if (!body.p)
        return NULL;
    struct pal_frame request = {.kind = PAL_KIND_REQUEST,
                                .id = f->events->id,
                                .deadline_ms = (uint64_t)(pal_now_ms() + FETCH_MS),
                                .caller = {.role = PAL_ROLE_SERVICE},
                                .body = body};
    pal_random(request.trace, sizeof request.trace);
    enum pal_code code = pal_bus_call(f->peer, 0, &request, &f->arena, &reply, &err);
    return code == PAL_OK ? parse_reply(f, &reply) : NULL;
}

bool pal_source_read(struct follower *f, const json_t *o, struct pal_log_event *e)
{
    char *text = json_dumps(json_object_get(o, "body"), JSON_COMPACT | JSON_ENCODE_ANY);
    *e = (struct pal_log_event){.kind = (uint16_t)pal_json_int(o, "kind", 0),
                                .org = (uint64_t)pal_json_int(o, "org", 0),
                                .user = (uint64_t)pal_json_int(o, "user", 0),
                                .channel = (uint64_t)pal_json_int(o, "channel", 0),
                                .seq = (uint64_t)pal_json_int(o, "seq", 0)};
    e->at.id = (uint64_t)pal_json_int(o, "id", 0);
    if (text)
        e->body = (struct pal_str){pal_arena_strdup(&f->arena, pal_str_of(text)), strlen(text)};
    free(text);
    return e->body.p && e->at.id != 0 && pal_parse_u64(pal_json_str(o, "tx"), &e->at.tx);
}

struct pal_position pal_source_position(const json_t *o)
{
    struct pal_position at = {0};
    at.id = (uint64_t)pal_json_int(o, "id", 0);
    if (!pal_parse_u64(pal_json_str(o, "tx"), &at.tx))
        at.tx = 0;
    return at;
}
