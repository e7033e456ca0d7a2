/* Who of the caller's organisation is there: presence gives the ids, auth the people. */
#include "online.h"

#include "base/limits.h"
#include "base/str.h"
#include "gateway.h"
#include "gen/catalogue.h"
#include "presence.h"

#include <inttypes.h>
#include <stdlib.h>

enum { PAGE_MAX = 500 }; /* user.by_ids takes no more */

/* The first `limit` ids after one, and one more if there are more. */
struct page {
    uint64_t after;
    size_t limit, n;
    uint64_t ids[4 * PAGE_MAX];
};

struct online {
    struct gateway *gw;
    struct pal_http *http; /* NULL: the client has gone */
    uint64_t cursor;       /* of the next page; 0: this is the last */
};

static void on_gone(void *data)
{
    struct online *o = data;
    o->http = NULL;
}

static int by_id(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void page_cut(struct page *p)
{
    qsort(p->ids, p->n, sizeof p->ids[0], by_id);
    if (p->n > p->limit + 1)
        p->n = p->limit + 1;
}

static void collect(void *arg, uint64_t user, enum presence_status status)
{
    struct page *p = arg;
    (void)status;
    if (user <= p->after)
        return;
    if (p->n == sizeof p->ids / sizeof p->ids[0])
        page_cut(p);
    p->ids[p->n++] = user;
}

/* What the page holds; *cursor: of the next. NULL: out of memory. */
static json_t *page_take(struct page *p, uint64_t *cursor)
{
    json_t *ids = json_array();
    page_cut(p);
    size_t n = p->n > p->limit ? p->limit : p->n;
    *cursor = p->n > n ? p->ids[n - 1] : 0;
    for (size_t i = 0; ids && i < n; i++)
        (void)json_array_append_new(ids, json_integer((json_int_t)p->ids[i]));
    return ids;
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
    uint64_t cursor = o->cursor;
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
    if (items && cursor)
        (void)json_object_set_new(body, "next_cursor", json_sprintf("%" PRIu64, cursor));
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

static bool page_asked(const struct pal_frame *request, struct page *p, struct pal_error *err)
{
    char why[80];
    json_t *in = pal_json_parse(request->body, why);
    struct pal_str cursor = pal_json_str(in, "cursor");
    p->after = p->n = 0;
    p->limit = (size_t)pal_json_int(in, "limit", PAGE_MAX);
    bool good = !cursor.p || pal_parse_u64(cursor, &p->after);
    json_decref(in);
    if (good)
        return true;
    (void)pal_error_set(err, &pal_err_request_invalid, "the cursor is not valid");
    pal_error_field(err, "/cursor", "is not one that this list gave");
    return false;
}

void online_answer(struct gateway *gw, struct pal_http *r, const struct pal_frame *request)
{
    struct page page;
    struct pal_error err;
    if (!page_asked(request, &page, &err)) {
        pal_http_fail(r, &err);
        return;
    }
    struct online *o = malloc(sizeof *o);
    if (!o) {
        upstream_error(PAL_INTERNAL, &err);
        pal_http_fail(r, &err);
        return;
    }
    *o = (struct online){.gw = gw, .http = r};
    pal_http_set_data(r, o, on_gone);
    presence_each(gw->presence, request->caller.org, collect, &page);
    upstream_request(gw, &pal_cmd_user_by_ids, 0, NULL,
                     json_pack("{sIso}", "organization_id", (json_int_t)request->caller.org, "ids",
                               page_take(&page, &o->cursor)),
                     on_users, o);
}
