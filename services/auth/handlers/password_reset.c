/* password.request_reset, password.reset. Whoever asks is answered before anybody has looked
 * whether there is such an account: the answer and its time tell nothing. */
#include "handlers/handlers.h"

#include "domain/names.h"
#include "handlers/facts.h"
#include "handlers/letters.h"
#include "handlers/passwords.h"
#include "handlers/people.h"
#include "handlers/secrets.h"
#include "handlers/throttling.h"
#include "store/mail_token.h"

enum pal_code password_request_reset(struct pal_call *c)
{
    struct pal_str email = pal_json_str(c->in, "email");
    enum pal_code code = letters_possible(c);
    if (code != PAL_OK)
        return code;
    if (!email_valid(email))
        return people_invalid(c, "/email", "is not an e-mail address");
    char *key = pal_arena_alloc(c->arena, email.n + 1);
    if (!key)
        return pal_fail(c, &pal_err_service_internal, "out of request memory");
    name_fold(email, key);
    const struct attempt_keys keys = throttling_keys(c, "reset", pal_str_of(key));
    code = throttling_admit(c, &keys, 0);
    if (code == PAL_OK)
        code = attempt_store_fail(c->db, c->arena, &keys, &c->err);
    if (code == PAL_OK)
        code = letters_reset(c, pal_str_of(key));
    return code == PAL_OK ? pal_reply_empty(c) : code;
}

struct reset {
    uint8_t token[32]; /* hash */
    struct account account;
    char hash[PASSWORD_HASH_MAX];
};

static enum pal_code invalid(struct pal_call *c)
{
    return pal_fail(c, &pal_err_email_token_invalid, "the link is unknown, used up or too old");
}

static enum pal_code load(struct pal_call *c, struct reset *r)
{
    uint64_t id = 0;
    secret_hash(pal_json_str(c->in, "token"), r->token);
    enum pal_code code = mail_token_get(c->db, c->arena, MAIL_RESET, r->token, &id, &c->err);
    if (code == PAL_OK)
        code = account_store_get(c->db, c->arena, id, &r->account, &c->err);
    return code == PAL_NOT_FOUND ? invalid(c) : code;
}

/* Of two that come at the same time with the same link one gets through. */
static enum pal_code use_up(struct pal_call *c, const struct reset *r)
{
    bool used = false;
    enum pal_code code = mail_token_use(c->db, c->arena, MAIL_RESET, r->token, &used, &c->err);
    return code == PAL_OK && !used ? invalid(c) : code;
}

/* Failures from here are forgotten: the owner was one of those who did not know the password. */
static enum pal_code forgive(struct pal_call *c, struct pal_str email)
{
    char *key = pal_arena_alloc(c->arena, email.n + 1);
    if (!key)
        return pal_fail(c, &pal_err_service_internal, "out of request memory");
    name_fold(email, key);
    const struct attempt_keys keys = throttling_keys(c, "email", pal_str_of(key));
    return attempt_store_forget(c->db, c->arena, &keys, &c->err);
}

static enum pal_code store(struct pal_call *c, const struct reset *r)
{
    const struct account *a = &r->account;
    const struct account_change change = {.active = -1, .password_hash = pal_str_of(r->hash)};
    enum pal_code code = account_store_update(c->db, c->arena, a->id, false, &change, &c->err);
    if (code == PAL_OK)
        code = fact_sessions_end(c, a->org, a->id, 0, "password");
    if (code == PAL_OK)
        code = forgive(c, a->email);
    return code == PAL_OK ? letters_password_changed(c, a->email) : code;
}

enum pal_code password_reset(struct pal_call *c)
{
    struct reset r = {0};
    enum pal_code code = load(c, &r);
    if (code == PAL_OK)
        code = passwords_new(c, "password", &r.account, r.hash);
    if (code == PAL_OK)
        code = use_up(c, &r);
    if (code == PAL_OK)
        code = store(c, &r);
    return code == PAL_OK ? pal_reply_empty(c) : code;
}
