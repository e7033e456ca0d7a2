/* user.list, user.get, user.set_status, and what services ask: user.by_ids, user.touch. */
#include "handlers/handlers.h"

#include "domain/names.h"
#include "domain/roles.h"
#include "handlers/facts.h"
#include "handlers/people.h"
#include "store/account_json.h"

/* The array `ids`, in the arena. */
static enum pal_code ids_of(struct pal_call *c, int64_t **ids, size_t *n)
{
    const json_t *list = json_object_get(c->in, "ids");
    size_t count = json_array_size(list);
    int64_t *out = pal_arena_alloc(c->arena, (count + 1) * sizeof *out);
    if (!out)
        return pal_fail(c, &pal_err_service_internal, "out of request memory");
    for (size_t i = 0; i < count; i++)
        out[i] = json_integer_value(json_array_get(list, i));
    *ids = out;
    *n = count;
    return PAL_OK;
}

static enum pal_code reply_by_ids(struct pal_call *c, uint64_t org)
{
    int64_t *ids = NULL;
    size_t n = 0;
    struct pal_str json;
    enum pal_code code = ids_of(c, &ids, &n);
    if (code == PAL_OK)
        code = account_json_by_ids(c->db, c->arena, org, ids, n, &json, &c->err);
    return code == PAL_OK ? pal_reply_text(c, json) : code;
}

enum pal_code user_list(struct pal_call *c)
{
    struct account me;
    struct pal_str json, role = pal_json_str(c->in, "role");
    enum pal_code code = people_caller(c, &me);
    if (code != PAL_OK)
        return code;
    if (json_object_get(c->in, "ids"))
        return reply_by_ids(c, me.org);
    const struct account_query query = {
        .org = me.org,
        .caller = me.id,
        .all_emails = me.role == PAL_ROLE_ADMIN,
        .active = pal_json_bool(c->in, "active", true),
        .role = role.p ? pal_role_parse(role) : 0,
        .search = pal_json_str(c->in, "query"),
        .after = pal_json_str(c->in, "cursor"),
        .limit = (int)pal_json_int(c->in, "limit", 100),
    };
    if (query.after.p && !username_valid(query.after, NULL))
        return people_invalid(c, "/cursor", "is not one that this list gave");
    code = account_json_list(c->db, c->arena, &query, &json, &c->err);
    return code == PAL_OK ? pal_reply_text(c, json) : code;
}

enum pal_code user_get(struct pal_call *c)
{
    struct account me;
    enum pal_code code = people_caller(c, &me);
    return code == PAL_OK ? people_reply(c, &me, (uint64_t)pal_json_int(c->in, "user_id", 0))
                          : code;
}

enum pal_code user_set_status(struct pal_call *c)
{
    struct account me;
    enum pal_code code = people_self(c, &me);
    if (code != PAL_OK)
        return code;
    const struct account_change change = {.status = pal_json_str(c->in, "status"),
                                          .status_text = pal_json_str(c->in, "status_text"),
                                          .active = -1};
    code = account_store_update(c->db, c->arena, me.id, true, &change, &c->err);
    if (code == PAL_OK)
        code = fact_user_updated(c, me.org, me.id);
    return code == PAL_OK ? people_reply(c, &me, me.id) : code;
}

enum pal_code user_by_ids(struct pal_call *c)
{
    return reply_by_ids(c, (uint64_t)pal_json_int(c->in, "organization_id", 0));
}

enum pal_code user_touch(struct pal_call *c)
{
    int64_t *ids = NULL;
    size_t n = 0;
    enum pal_code code = ids_of(c, &ids, &n);
    if (code == PAL_OK)
        code = account_store_touch(c->db, c->arena, ids, n, &c->err);
    return code == PAL_OK ? pal_reply_empty(c) : code;
}
