/* Groups of users: made and changed by moderators of the organisation, seen by everyone in it. */
#include "handlers.h"

#include "domain/handles.h"
#include "domain/mentions.h"
#include "domain/names.h"
#include "handlers/gate.h"
#include "store/group.h"

#include <string.h>

static enum pal_code not_found(struct pal_call *c)
{
    return pal_fail(c, &pal_err_group_not_found, "no group %llu",
                    (unsigned long long)gate_id(c, "group_id"));
}

static enum pal_code read_group(struct pal_call *c, uint64_t group, struct pal_str *json)
{
    struct viewer v = gate_viewer(c);
    enum pal_code code = group_store_get(c->db, c->arena, &v, group, json, &c->err);
    return code == PAL_OK && json->n == 0 ? not_found(c) : code;
}

/* Tells the organisation and answers. */
static enum pal_code tell(struct pal_call *c, uint64_t group)
{
    struct pal_str json;
    enum pal_code code = read_group(c, group, &json);
    if (code != PAL_OK)
        return code;
    const char *body = pal_arena_printf(c->arena, "{\"type\":\"group_updated\",\"group\":%.*s}",
                                        (int)json.n, json.p);
    code = pal_publish(c, &pal_ev_group_updated, c->caller.org, 0, 0, 0, pal_str_of(body));
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

static enum pal_code invalid(struct pal_call *c, const char *field, const char *why)
{
    enum pal_code code = pal_fail(c, &pal_err_request_invalid, "%s %s", field + 1, why);
    pal_error_field(&c->err, field, "%s", why);
    return code;
}

static enum pal_code taken(struct pal_call *c)
{
    return pal_fail(c, &pal_err_group_handle_taken, "%s", pal_err_group_handle_taken.title);
}

/* A handle is unlike all usernames; a user who takes it as his name later is mentioned with the
 * group. */
static enum pal_code check_texts(struct pal_call *c, const struct group_texts *t)
{
    struct viewer v = gate_viewer(c);
    bool is_name = false;
    if (t->name.p && text_is_blank(t->name))
        return invalid(c, "/name", "must not be blank");
    if (!t->handle.p)
        return PAL_OK;
    if (!handle_valid(t->handle))
        return invalid(c, "/handle", "must be letters and digits with . - _ between them");
    if (mention_is_reserved(t->handle))
        return taken(c);
    enum pal_code code = group_store_user_named(c->db, c->arena, &v, t->handle, &is_name, &c->err);
    return code == PAL_OK && is_name ? taken(c) : code;
}

static struct group_texts texts_of(const struct pal_call *c)
{
    return (struct group_texts){.name = pal_json_str(c->in, "name"),
                                .handle = pal_json_str(c->in, "handle"),
                                .description = pal_json_str(c->in, "description")};
}

static enum pal_code handle_taken(struct pal_call *c, enum pal_code code)
{
    if (code != PAL_CONFLICT || strcmp(pal_db_constraint(c->db), "user_group_handle") != 0)
        return code;
    return taken(c);
}

/* The list of ids under `field` as JSON; {NULL, 0}: there is none. */
static enum pal_code ids_of(struct pal_call *c, const char *field, struct pal_str *out)
{
    const json_t *ids = json_object_get(c->in, field);
    struct pal_buf text;
    *out = (struct pal_str){NULL, 0};
    if (!json_is_array(ids))
        return PAL_OK;
    pal_buf_init(&text, PAL_FRAME_BODY_MAX);
    bool whole = pal_json_dump(ids, &text);
    *out = pal_str_of(whole ? pal_arena_strdup(c->arena, pal_buf_view(&text)) : NULL);
    pal_buf_fini(&text);
    return out->p ? PAL_OK : pal_fail(c, &pal_err_service_internal, "the list does not fit");
}

static enum pal_code change_members(struct pal_call *c, uint64_t group, const char *add,
                                    const char *remove)
{
    struct viewer v = gate_viewer(c);
    struct pal_str come, go;
    bool known = true;
    int64_t size = 0;
    enum pal_code code = ids_of(c, add, &come);
    if (code == PAL_OK)
        code = ids_of(c, remove, &go);
    if (code == PAL_OK)
        code = group_store_members(c->db, c->arena, &v, group, come, go, &known, &size, &c->err);
    if (code == PAL_OK && !known)
        code = pal_fail(c, &pal_err_group_user_not_found,
                        "not all are active users of the organisation");
    if (code == PAL_OK && size > GROUP_MEMBERS_MAX)
        code = pal_fail(c, &pal_err_group_too_large, "at most %d people", GROUP_MEMBERS_MAX);
    return code;
}

enum pal_code group_create(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct group_texts t = texts_of(c);
    uint64_t group = 0;
    enum pal_code code = check_texts(c, &t);
    if (code == PAL_OK)
        code = handle_taken(c, group_store_create(c->db, c->arena, &v, &t, &group, &c->err));
    if (code == PAL_OK)
        code = change_members(c, group, "user_ids", "remove");
    return code != PAL_OK ? code : tell(c, group);
}

enum pal_code group_update(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct group_texts t = texts_of(c);
    bool found = false;
    struct pal_str before;
    enum pal_code code = read_group(c, gate_id(c, "group_id"), &before);
    if (code == PAL_OK)
        code = check_texts(c, &t);
    if (code == PAL_OK)
        code = handle_taken(c, group_store_update(c->db, c->arena, &v, gate_id(c, "group_id"), &t,
                                                  &found, &c->err));
    return code != PAL_OK ? code : tell(c, gate_id(c, "group_id"));
}

enum pal_code group_members(struct pal_call *c)
{
    uint64_t group = gate_id(c, "group_id");
    struct pal_str before;
    enum pal_code code = read_group(c, group, &before);
    if (code == PAL_OK)
        code = change_members(c, group, "add", "remove");
    return code != PAL_OK ? code : tell(c, group);
}

enum pal_code group_delete(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    bool found = false;
    enum pal_code code =
        group_store_delete(c->db, c->arena, &v, gate_id(c, "group_id"), &found, &c->err);
    if (code == PAL_OK && !found)
        code = not_found(c);
    if (code != PAL_OK)
        return code;
    const char *body = pal_arena_printf(c->arena, "{\"type\":\"group_deleted\",\"group_id\":%llu}",
                                        (unsigned long long)gate_id(c, "group_id"));
    code = pal_publish(c, &pal_ev_group_deleted, v.org, 0, 0, 0, pal_str_of(body));
    return code != PAL_OK ? code : pal_reply_empty(c);
}

enum pal_code group_get(struct pal_call *c)
{
    struct pal_str json;
    enum pal_code code = read_group(c, gate_id(c, "group_id"), &json);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code group_list(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    uint64_t after = 0;
    struct pal_str json;
    enum pal_code code = gate_cursor(c, &after);
    if (code == PAL_OK)
        code = group_store_list(c->db, c->arena, &v, pal_json_int(c->in, "limit", 50), after, &json,
                                &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}
