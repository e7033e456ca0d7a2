/* Notifications of the caller: list, since, mark as read. */
#include "handlers.h"

#include "store/notification.h"
#include "store/tail.h"

#include <inttypes.h>

static struct listing listing_of(const struct pal_call *c)
{
    return (struct listing){
        .org = c->caller.org, .user = c->caller.user, .limit = pal_json_int(c->in, "limit", 50)};
}

enum pal_code notification_list(struct pal_call *c)
{
    struct listing l = listing_of(c);
    struct pal_str cursor = pal_json_str(c->in, "cursor");
    l.unread = pal_json_bool(c->in, "unread", false);
    if (cursor.p && (!pal_parse_i64(cursor, &l.before) || l.before < 1)) {
        pal_error_field(&c->err, "/cursor", "is not one that a list gave");
        return pal_fail(c, &pal_err_request_invalid, "the cursor is not valid");
    }
    struct pal_str json;
    enum pal_code code = notification_page(c->db, c->arena, &l, &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code notification_since(struct pal_call *c)
{
    struct listing l = listing_of(c);
    struct pal_str json;
    enum pal_code code =
        notification_after(c->db, c->arena, &l, pal_json_int(c->in, "after", -1), &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

static int64_t *ids_of(struct pal_call *c, const char *name, size_t *n)
{
    const json_t *list = json_object_get(c->in, name);
    int64_t *ids = pal_arena_alloc(c->arena, (json_array_size(list) + 1) * sizeof *ids);
    size_t i;
    const json_t *id;
    json_array_foreach(list, i, id) {
        if (ids)
            ids[i] = json_integer_value(id);
    }
    *n = json_array_size(list);
    return ids;
}

enum pal_code notification_tail(struct pal_call *c)
{
    size_t n_orgs = 0;
    struct tail_query q = {.after = pal_json_int(c->in, "after", 0),
                           .limit = pal_json_int(c->in, "limit", 100)};
    struct pal_str json;
    q.users = ids_of(c, "users", &q.n);
    q.orgs = ids_of(c, "orgs", &n_orgs);
    if (n_orgs != q.n)
        return pal_fail(c, &pal_err_request_invalid, "users and orgs go in pairs");
    if (!q.users || !q.orgs)
        return pal_fail(c, &pal_err_service_internal, "no room for the users");
    enum pal_code code = tail_read(c->db, c->arena, &q, &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code notification_read(struct pal_call *c)
{
    struct listing l = listing_of(c);
    uint64_t id = (uint64_t)pal_json_int(c->in, "notification_id", 0);
    struct pal_str json;
    enum pal_code code = notification_mark(c->db, c->arena, &l, id, &json, &c->err);
    if (code != PAL_OK)
        return code;
    if (json.n == 0)
        return pal_fail(c, &pal_err_notification_not_found, "no notification %" PRIu64, id);
    return pal_reply_text(c, json);
}

enum pal_code notification_read_all(struct pal_call *c)
{
    struct listing l = listing_of(c);
    struct pal_str json;
    enum pal_code code = notification_mark_all(
        c->db, c->arena, &l, (uint64_t)pal_json_int(c->in, "up_to", 0), &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum { EVENTS_KEEP_MS = 7 * 24 * 3600 * 1000 };

enum pal_code expire_old(struct pal_call *c)
{
    enum pal_code code = notification_expire(c->db, c->arena, &c->err);
    return code != PAL_OK ? code : pal_log_expire(c->db, EVENTS_KEEP_MS, &c->err);
}
