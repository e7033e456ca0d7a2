/* Work in the background. */
#include "chores.h"

#include "settings.h"
#include "store/attempt.h"
#include "store/ban.h"
#include "store/invitation.h"
#include "store/key.h"
#include "store/mail.h"
#include "store/session.h"

/* Others follow the log: a service may be away for so long. */
enum { DAY_MS = 86400000, LOG_DAYS = 30 };

/* Kept for a day after their end: session.revoked tells of them, and a reused token is recognised.
 */
enum pal_code chore_sessions(struct pal_call *c)
{
    return session_store_expire(c->db, c->arena, c->now_ms - DAY_MS, &c->err);
}

enum pal_code chore_attempts(struct pal_call *c)
{
    return attempt_store_expire(c->db, &c->err);
}

enum pal_code chore_records(struct pal_call *c)
{
    enum pal_code code = pal_log_expire(c->db, (int64_t)LOG_DAYS * DAY_MS, &c->err);
    if (code == PAL_OK)
        code = invitation_store_expire(c->db, &c->err);
    if (code == PAL_OK)
        code = ban_store_expire(c->db, &c->err);
    if (code == PAL_OK)
        code = mail_store_expire(c->db, &c->err);
    return code == PAL_OK ? key_store_expire(c->db, &c->err) : code;
}
