/* preferences.get, preferences.update: what a user has chosen for himself in chat. */
#include "handlers.h"

#include "handlers/gate.h"
#include "store/preference.h"

enum pal_code preferences_get(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct pal_str json;
    enum pal_code code = preference_get(c->db, c->arena, &v, &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

static enum pal_code tell_own_devices(struct pal_call *c, struct pal_str json)
{
    const char *body = pal_arena_printf(
        c->arena, "{\"type\":\"preferences_changed\",\"preferences\":%.*s}", (int)json.n, json.p);
    return pal_publish(c, &pal_ev_preferences_changed, c->caller.org, c->caller.user, 0, 0,
                       pal_str_of(body));
}

enum pal_code preferences_update(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct pal_str json = {NULL, 0};
    struct pal_buf changes;
    bool changed = false;
    pal_buf_init(&changes, PAL_FRAME_BODY_MAX);
    enum pal_code code =
        pal_json_dump(c->in, &changes)
            ? preference_put(c->db, c->arena, &v, pal_buf_view(&changes), &changed, &c->err)
            : pal_fail(c, &pal_err_service_internal, "the preferences do not fit");
    pal_buf_fini(&changes);
    if (code == PAL_OK)
        code = preference_get(c->db, c->arena, &v, &json, &c->err);
    if (code == PAL_OK && changed)
        code = tell_own_devices(c, json);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code here_report(struct pal_call *c)
{
    const json_t *ids = json_object_get(c->in, "ids");
    size_t n = json_array_size(ids);
    int64_t *users = pal_arena_alloc(c->arena, (n + 1) * sizeof *users);
    if (!users)
        return pal_fail(c, &pal_err_service_internal, "out of request memory");
    for (size_t i = 0; i < n; i++)
        users[i] = (int64_t)json_integer_value(json_array_get(ids, i));
    enum pal_code code = here_put(c->db, c->arena, users, n, &c->err);
    return code != PAL_OK ? code : pal_reply_empty(c);
}
