/* Who of the caller's organisation is there: presence gives the ids, auth the people. */
#include "online.h"

#include "base/limits.h"
#include "gateway.h"
#include "gen/catalogue.h"
#include "presence.h"

#include <stdlib.h>

enum { ONLINE_MAX = 500 }; /* user.by_ids takes no more */

struct online {
    struct gateway *gw;
    struct pal_http *http; /* NULL: the client has gone */
};

static void on_gone(void *data)
{
    struct online *o = data;
    o->http = NULL;
}

static void collect(void *arg, uint64_t user, enum presence_status status)
{
    json_t *ids = arg;
    (void)status;
    if (json_array_size(ids) < ONLINE_MAX)
        (void)json_array_append_new(ids, json_integer((json_int_t)user));
}

static void send_list(struct pal_http *http, json_t *body)
{
    struct pal_buf text;
    pal_buf_init(&text, PAL_FRAME_BODY_MAX);
    (void)pal_json_dump(body, &text);
    pal_http_send(http, 200, "application/json", pal_buf_view(&text), NULL, 0);
    pal_buf_fini(&text);
}

static void on_users(void *arg, enum pal_code code, const struct pal_frame *reply)
{
    struct online *o = arg;
    struct gateway *gw = o->gw;
    struct pal_http *http = gw->stopped ? NULL : o->http;
    free(o);
    json_t *body = http ? upstream_body(code, reply) : NULL;
    json_t *items = json_object_get(body, "items");
    size_t i;
    json_t *user;
    /* What is seen here is newer than what auth remembers. */
    json_array_foreach(items, i, user) {
        uint64_t id = (uint64_t)pal_json_int(user, "id", 0);
        (void)json_object_set_new(user, "status",
                                  json_string(presence_name(presence_of(gw->presence, id))));
    }
    struct pal_error err;
    upstream_error(code, &err);
    if (http && items)
        send_list(http, body);
    else if (http && code == PAL_OK && reply)
        pal_http_reply(http, reply);
    else if (http)
        pal_http_fail(http, &err);
    json_decref(body);
}

void online_answer(struct gateway *gw, struct pal_http *r, const struct pal_frame *request)
{
    struct online *o = malloc(sizeof *o);
    json_t *ids = json_array();
    if (!o || !ids) {
        struct pal_error err;
        upstream_error(PAL_INTERNAL, &err);
        free(o);
        json_decref(ids);
        pal_http_fail(r, &err);
        return;
    }
    *o = (struct online){gw, r};
    pal_http_set_data(r, o, on_gone);
    presence_each(gw->presence, request->caller.org, collect, ids);
    upstream_request(
        gw, &pal_cmd_user_by_ids, 0, NULL,
        json_pack("{sIso}", "organization_id", (json_int_t)request->caller.org, "ids", ids),
        on_users, o);
}
