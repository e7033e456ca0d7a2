/* The emoji of an organisation: upload, list, delete, picture. */
#include "handlers.h"

#include "base/id.h"
#include "base/picture.h"
#include "domain/emoji.h"
#include "domain/marks.h"
#include "handlers/gate.h"
#include "store/emoji.h"

#include <openssl/evp.h>
#include <string.h>

enum { HASH_DIGITS = 32 }; /* of the SHA-256 of the picture */

static enum pal_code invalid(struct pal_call *c, const char *field, const char *why)
{
    enum pal_code code = pal_fail(c, &pal_err_request_invalid, "%s %s", field + 1, why);
    pal_error_field(&c->err, field, "%s", why);
    return code;
}

static enum pal_code not_found(struct pal_call *c)
{
    return pal_fail(c, &pal_err_emoji_not_found, "%s", pal_err_emoji_not_found.title);
}

static enum pal_code take_name(struct pal_call *c, struct pal_str *name)
{
    *name = pal_json_str(c->in, "name");
    if (emoji_name_valid(*name))
        return PAL_OK;
    return invalid(c, "/name", "must be of a-z, 0-9, _, - and +, and begin with no _ or -");
}

static enum pal_code take_picture(struct pal_call *c, struct emoji_picture *e)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    char *hash = pal_arena_alloc(c->arena, HASH_DIGITS + 1);
    enum pal_code code =
        pal_take_bytes(c, "/image", EMOJI_BYTES_MAX, &pal_err_emoji_too_large, &e->bytes);
    if (code != PAL_OK)
        return code;
    const char *type = pal_picture_type(e->bytes);
    if (!type)
        return pal_fail(c, &pal_err_emoji_unsupported, "PNG, JPEG, WebP or GIF");
    if (!hash || EVP_Digest(e->bytes.p, e->bytes.n, digest, NULL, EVP_sha256(), NULL) != 1)
        return pal_fail(c, &pal_err_service_internal, "out of request memory");
    pal_hex_encode(digest, HASH_DIGITS / 2, hash);
    e->hash = (struct pal_str){hash, HASH_DIGITS};
    e->media_type = pal_str_of(type);
    return PAL_OK;
}

/* member: what the body has besides its type, as JSON. */
static enum pal_code tell(struct pal_call *c, const struct pal_event *ev, const char *key,
                          struct pal_str member)
{
    struct pal_buf body;
    pal_buf_init(&body, 2048);
    pal_buf_z(&body, "{\"type\":");
    pal_buf_json_str(&body, pal_str_of(ev->ws_type));
    pal_buf_char(&body, ',');
    pal_buf_json_str(&body, pal_str_of(key));
    pal_buf_char(&body, ':');
    pal_buf_add(&body, member.p, member.n);
    pal_buf_char(&body, '}');
    enum pal_code code =
        pal_publish(c, ev, c->caller.org, c->caller.user, 0, 0, pal_buf_view(&body));
    pal_buf_fini(&body);
    return code;
}

static enum pal_code insert(struct pal_call *c, const struct emoji_picture *e)
{
    struct viewer v = gate_viewer(c);
    struct pal_str json;
    enum pal_code code = emoji_store_insert(c->db, c->arena, &v, e, &json, &c->err);
    if (code == PAL_CONFLICT && strcmp(pal_db_constraint(c->db), "emoji_name") == 0)
        return pal_fail(c, &pal_err_emoji_name_taken, "%s", pal_err_emoji_name_taken.title);
    if (code == PAL_OK)
        code = tell(c, &pal_ev_emoji_created, "emoji", json);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code emoji_put(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct emoji_picture e = {0};
    struct emoji_facts facts;
    enum pal_code code = take_name(c, &e.name);
    if (code == PAL_OK)
        code = take_picture(c, &e);
    if (code == PAL_OK)
        code = emoji_store_find(c->db, c->arena, &v, e.name, &facts, &c->err);
    if (code != PAL_OK)
        return code;
    if (facts.there && pal_str_eq(facts.hash, e.hash))
        return pal_reply_text(c, facts.json); /* sent again */
    if (facts.there)
        return pal_fail(c, &pal_err_emoji_name_taken, "%s", pal_err_emoji_name_taken.title);
    if (facts.count >= EMOJI_MAX)
        return pal_fail(c, &pal_err_emoji_too_many, "%d emoji", EMOJI_MAX);
    return insert(c, &e);
}

static enum pal_code tell_deleted(struct pal_call *c, struct pal_str name)
{
    const char *quoted = pal_arena_printf(c->arena, "\"%.*s\"", (int)name.n, name.p);
    return tell(c, &pal_ev_emoji_deleted, "name", pal_str_of(quoted));
}

enum pal_code emoji_delete(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct pal_str name;
    struct emoji_facts facts;
    enum pal_code code = take_name(c, &name);
    if (code == PAL_OK)
        code = emoji_store_find(c->db, c->arena, &v, name, &facts, &c->err);
    if (code != PAL_OK)
        return code;
    if (!facts.there)
        return not_found(c);
    if (!may_delete_emoji(facts.maker == v.user, (enum pal_role)c->caller.role))
        return pal_fail(c, &pal_err_access_denied, "its maker or a moderator deletes an emoji");
    code = emoji_store_delete(c->db, c->arena, &v, name, &c->err);
    if (code == PAL_OK)
        code = tell_deleted(c, name);
    return code != PAL_OK ? code : pal_reply_empty(c);
}

enum pal_code emoji_list(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct pal_str json;
    uint64_t after = 0;
    enum pal_code code = gate_cursor(c, &after);
    if (code == PAL_OK)
        code = emoji_store_list(c->db, c->arena, &v, pal_json_int(c->in, "limit", 200), after,
                                &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code emoji_image(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct pal_str name, json = {0};
    enum pal_code code = take_name(c, &name);
    if (code == PAL_OK)
        code =
            emoji_store_image(c->db, c->arena, &v, name, pal_json_str(c->in, "v"), &json, &c->err);
    if (code == PAL_OK && json.n == 0)
        return not_found(c);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}
