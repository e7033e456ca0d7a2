/* user.set_avatar, user.avatar. */
#include "handlers/handlers.h"

#include "base/id.h"
#include "base/picture.h"
#include "domain/picture.h"
#include "handlers/facts.h"
#include "handlers/people.h"
#include "handlers/secrets.h"
#include "store/avatar.h"

enum { AVATAR_TAG = 16 }; /* hexadecimal digits of the SHA-256 that make a version */

static enum pal_code store(struct pal_call *c, uint64_t user, const char *type,
                           struct pal_str bytes)
{
    uint8_t digest[32];
    char tag[AVATAR_TAG + 1];
    secret_hash(bytes, digest);
    pal_hex_encode(digest, AVATAR_TAG / 2, tag);
    char *address =
        pal_arena_printf(c->arena, "/users/%llu/avatar?v=%s", (unsigned long long)user, tag);
    if (!address)
        return pal_fail(c, &pal_err_service_internal, "out of request memory");
    enum pal_code code =
        avatar_store_put(c->db, c->arena, user, type, pal_str_of(tag), bytes, &c->err);
    const struct account_change change = {
        .set_picture = true, .picture = pal_str_of(address), .active = -1};
    return code == PAL_OK ? account_store_update(c->db, c->arena, user, true, &change, &c->err)
                          : code;
}

enum pal_code user_set_avatar(struct pal_call *c)
{
    struct account me;
    struct pal_str bytes = {NULL, 0};
    enum pal_code code = people_self(c, &me);
    if (code == PAL_OK)
        code = pal_take_bytes(c, "/image", PICTURE_MAX_BYTES, &pal_err_avatar_too_large, &bytes);
    if (code != PAL_OK)
        return code;
    const char *type = pal_picture_type(bytes);
    if (!type)
        return pal_fail(c, &pal_err_avatar_unsupported, "PNG, JPEG, WebP or GIF");
    code = store(c, me.id, type, bytes);
    if (code == PAL_OK)
        code = fact_user_updated(c, me.org, me.id);
    return code == PAL_OK ? people_reply(c, &me, me.id) : code;
}

enum pal_code user_avatar(struct pal_call *c)
{
    struct account me, user;
    struct pal_str json;
    enum pal_code code = people_caller(c, &me);
    if (code == PAL_OK)
        code = people_target(c, &me, &user);
    if (code == PAL_OK) {
        code = avatar_store_json(c->db, c->arena, me.org, user.id, &json, &c->err);
        if (code == PAL_NOT_FOUND)
            return pal_fail(c, &pal_err_avatar_not_found, "no picture was uploaded");
    }
    return code == PAL_OK ? pal_reply_text(c, json) : code;
}
