/* Asking for e-mail. */
#include "handlers/letters.h"

#include "domain/letter.h"
#include "domain/names.h"
#include "settings.h"

enum {
    HOUR_MS = 3600000,
    NOTICE_MS = 86400000,
    INVITATION_MS = 3 * 86400000,
    INVITATIONS_A_DAY = 100 /* of one person: the installation's name is not for advertising */
};

enum pal_code letters_possible(struct pal_call *c)
{
    if (auth_sends_mail(auth_settings_of(c->service)))
        return PAL_OK;
    return pal_fail(c, &pal_err_mail_off, "PALIQUE_SMTP_URL is not set");
}

static enum pal_code add(struct pal_call *c, enum mail_kind kind, struct pal_str email,
                         int64_t within_ms)
{
    if (!auth_sends_mail(auth_settings_of(c->service)))
        return PAL_OK;
    char *key = pal_arena_alloc(c->arena, email.n + 1);
    if (!key)
        return pal_fail(c, &pal_err_service_internal, "out of request memory");
    name_fold(email, key);
    return mail_store_add(c->db, c->arena, kind, (struct pal_str){key, email.n}, 0, within_ms,
                          &c->err);
}

enum pal_code letters_verify(struct pal_call *c, struct pal_str email)
{
    return add(c, MAIL_VERIFY, email, LETTER_VERIFY_MS);
}

enum pal_code letters_password_changed(struct pal_call *c, struct pal_str email)
{
    return add(c, MAIL_CHANGED, email, NOTICE_MS);
}

enum pal_code letters_reset(struct pal_call *c, struct pal_str email_key)
{
    return add(c, MAIL_RESET, email_key, LETTER_RESET_MS);
}

static enum pal_code too_many(struct pal_call *c)
{
    enum pal_code code = pal_fail(c, &pal_err_mail_too_many,
                                  "%d invitations a day are sent by e-mail", INVITATIONS_A_DAY);
    c->err.retry_after_ms = HOUR_MS;
    return code;
}

enum pal_code letters_invitation(struct pal_call *c, uint64_t account, uint64_t invitation,
                                 struct pal_str email_key)
{
    bool fine = false;
    enum pal_code code =
        mail_store_count(c->db, c->arena, account, INVITATIONS_A_DAY, &fine, &c->err);
    if (code == PAL_OK && !fine)
        return too_many(c);
    return code == PAL_OK ? mail_store_add(c->db, c->arena, MAIL_INVITATION, email_key, invitation,
                                           INVITATION_MS, &c->err)
                          : code;
}
