/* From a request to a frame: token, role, limit, one JSON object out of path, query and body,
 * validated; then the call. Each step either goes on or has answered. */
#include "base/clock.h"
#include "base/json.h"
#include "http/steps.h"
#include "proto/validate.h"

#include <openssl/sha.h>

enum { IDEMPOTENCY_KEY_MAX = 200 };

/* ---- who ---- */

static enum pal_code check_caller(struct pal_http *r, struct pal_error *err)
{
    const struct pal_command *cmd = r->face->command;
    bool from_cookie = false;
    if (cmd->min_role == PAL_ROLE_NONE)
        return PAL_OK; /* whatever token came along is not looked at */
    enum pal_code code = pal_auth_check(r, false, &r->claims, &from_cookie, err);
    if (code != PAL_OK)
        return code;
    r->has_claims = true;
    /* A cookie comes by itself: another site must not be able to make it do something. */
    if (from_cookie && !pal_request_is_get(r) && !pal_http_origin_ok(r))
        return pal_error_set(err, &pal_err_origin_denied,
                             "a cookie does not count in requests of other sites");
    if (r->claims.role < cmd->min_role)
        return pal_error_set(err, &pal_err_access_denied, "this needs the role %s",
                             pal_role_name((uint8_t)cmd->min_role));
    return PAL_OK;
}

/* ---- what ---- */

static const struct pal_field *field_of(const struct pal_object *o, struct pal_str name)
{
    for (size_t i = 0; i < o->n; i++) {
        if (pal_str_eq(pal_str_of(o->fields[i].name), name))
            return &o->fields[i];
    }
    return NULL;
}

static void wrong_parameter(struct pal_error *err, struct pal_str name, const char *why)
{
    char pointer[96];
    if (!err->def)
        (void)pal_error_set(err, &pal_err_request_invalid, "%s", "");
    (void)snprintf(pointer, sizeof pointer, "/%.*s", (int)(name.n < 90 ? name.n : 0), name.p);
    pal_error_field(err, pointer, "%s", why);
}

/* The same field may stand in the body too, if it says the same. */
static void add_param(const struct pal_field *field, struct pal_str text, json_t *into,
                      struct pal_error *err)
{
    json_t *before = json_incref(json_object_get(into, field->name));
    if (before)
        (void)json_object_del(into, field->name);
    enum pal_code code = pal_validate_param(field, text, into, err);
    if (code == PAL_OK && before && !json_equal(before, json_object_get(into, field->name)))
        wrong_parameter(err, pal_str_of(field->name), "is not what the address says");
    json_decref(before);
}

static void add_path(struct pal_http *r, json_t *into, struct pal_error *err)
{
    for (size_t i = 0; i < r->face->n_params; i++)
        add_param(r->face->params[i], r->params.params[i].value, into, err);
}

static void add_query(struct pal_http *r, json_t *into, struct pal_error *err)
{
    for (size_t i = 0; i < r->query.n; i++) {
        const struct pal_query_param *p = &r->query.params[i];
        const struct pal_field *field = field_of(r->face->command->request, p->name);
        if (field && field->in == PAL_IN_QUERY)
            add_param(field, p->value, into, err);
        else
            wrong_parameter(err, p->name, "is not a parameter of this path");
    }
}

/* The body's object; NULL with the error set. */
static json_t *read_body(struct pal_http *r, struct pal_error *err)
{
    char why[80];
    if (r->body.n == 0 || r->face->command->raw_request)
        return json_object();
    json_t *o = pal_json_parse(pal_buf_view(&r->body), why);
    if (!o) {
        (void)pal_error_set(err, &pal_err_request_malformed, "the body: %s", why);
    } else if (!json_is_object(o)) {
        json_decref(o);
        o = NULL;
        (void)pal_error_set(err, &pal_err_request_malformed, "the body is not a JSON object");
    }
    return o;
}

static enum pal_code build(struct pal_http *r, json_t *o, struct pal_error *err)
{
    const struct pal_command *cmd = r->face->command;
    if (cmd->sets_refresh_cookie && !pal_cookie_into(r, o, err))
        return PAL_FORBIDDEN;
    if (cmd->raw_request && !pal_raw_into(r, o))
        return pal_error_set(err, &pal_err_service_internal, "no memory");
    add_path(r, o, err);
    add_query(r, o, err);
    if (err->def)
        return err->def->code;
    enum pal_code code = pal_validate(cmd->request, o, err);
    if (code == PAL_OK && !pal_json_dump(o, &r->frame_body))
        code = pal_error_set(err, &pal_err_request_too_large, "%s", "");
    return code;
}

/* ---- the frame ---- */

static enum pal_code read_idempotency_key(struct pal_http *r, uint8_t out[16],
                                          struct pal_error *err)
{
    uint8_t digest[SHA256_DIGEST_LENGTH];
    struct pal_str key = pal_http_header(r, "Idempotency-Key");
    if (!key.p || !r->face->command->idempotent_key)
        return PAL_OK;
    bool ok = key.n >= 1 && key.n <= IDEMPOTENCY_KEY_MAX;
    for (size_t i = 0; ok && i < key.n; i++)
        ok = key.p[i] >= 0x20 && key.p[i] < 0x7f;
    if (!ok)
        return pal_error_set(err, &pal_err_request_invalid,
                             "Idempotency-Key is 1 to 200 printable ASCII characters");
    SHA256((const uint8_t *)key.p, key.n, digest);
    memcpy(out, digest, 16);
    return PAL_OK;
}

static enum pal_code make_frame(struct pal_http *r, struct pal_frame *f, struct pal_error *err)
{
    const struct pal_command *cmd = r->face->command;
    *f = (struct pal_frame){.kind = PAL_KIND_REQUEST,
                            .id = cmd->id,
                            .deadline_ms = (uint64_t)pal_now_ms() + cmd->timeout_ms};
    memcpy(f->trace, r->trace, sizeof f->trace);
    memcpy(f->span, r->span, sizeof f->span);
    memcpy(f->caller.address, r->address, sizeof f->caller.address);
    if (r->has_claims) {
        f->caller.user = r->claims.user;
        f->caller.org = r->claims.org;
        f->caller.session = r->claims.session;
        f->caller.role = r->claims.role;
    }
    json_t *o = read_body(r, err);
    if (!o)
        return err->def ? err->def->code : PAL_INTERNAL;
    enum pal_code code = build(r, o, err);
    json_decref(o);
    f->body = pal_buf_view(&r->frame_body);
    return code == PAL_OK ? read_idempotency_key(r, f->idem, err) : code;
}

void pal_call_start(struct pal_http *r)
{
    const struct pal_command *cmd = r->face->command;
    struct pal_error err = {0};
    struct pal_frame frame;
    if (check_caller(r, &err) != PAL_OK) {
        pal_http_fail(r, &err);
        return;
    }
    if (cmd->rate && !pal_http_limit(r, cmd->rate, r->has_claims ? &r->claims : NULL))
        return;
    if (make_frame(r, &frame, &err) != PAL_OK) {
        pal_http_fail(r, &err);
        return;
    }
    r->front->config.call(r->front->config.ctx, r, &frame, cmd);
}
