/* auth.options, email.get, email.request_verification, email.verify, mail.failures. */
#include "handlers/handlers.h"

#include "base/limits.h"
#include "handlers/letters.h"
#include "handlers/people.h"
#include "handlers/secrets.h"
#include "settings.h"
#include "store/mail_token.h"

enum pal_code auth_options(struct pal_call *c)
{
    int sends = auth_sends_mail(auth_settings_of(c->service));
    return pal_reply_json(c, json_pack("{sb}", "email", sends));
}

enum pal_code email_get(struct pal_call *c)
{
    struct account me;
    struct pal_str json;
    enum pal_code code = people_caller(c, &me);
    if (code == PAL_OK)
        code = email_store_state(c->db, c->arena, me.id, &json, &c->err);
    return code == PAL_OK ? pal_reply_text(c, json) : code;
}

enum pal_code email_request_verification(struct pal_call *c)
{
    struct account me;
    enum pal_code code = letters_possible(c);
    if (code == PAL_OK)
        code = people_caller(c, &me);
    if (code == PAL_OK)
        code = letters_verify(c, me.email);
    return code == PAL_OK ? pal_reply_empty(c) : code;
}

enum pal_code email_verify(struct pal_call *c)
{
    uint8_t hash[32];
    bool used = false;
    secret_hash(pal_json_str(c->in, "token"), hash);
    enum pal_code code = mail_token_use(c->db, c->arena, MAIL_VERIFY, hash, &used, &c->err);
    if (code == PAL_OK && !used)
        return pal_fail(c, &pal_err_email_token_invalid, "the link is unknown, used up or too old");
    return code == PAL_OK ? pal_reply_empty(c) : code;
}

enum pal_code mail_failures(struct pal_call *c)
{
    struct account me;
    struct pal_str json, cursor = pal_json_str(c->in, "cursor");
    uint64_t before = 0;
    enum pal_code code = people_caller(c, &me);
    if (code == PAL_OK && me.role != PAL_ROLE_ADMIN)
        return pal_fail(c, &pal_err_access_denied, "administrators only");
    if (code != PAL_OK)
        return code;
    if (cursor.p && (!pal_parse_u64(cursor, &before) || before == 0 || before > PAL_ID_MAX))
        return people_invalid(c, "/cursor", "is not one that this list gave");
    code = mail_store_failures(c->db, c->arena, me.org, before,
                               (int)pal_json_int(c->in, "limit", 100), &json, &c->err);
    return code == PAL_OK ? pal_reply_text(c, json) : code;
}
