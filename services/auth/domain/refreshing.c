/* What a refresh token is still good for: RFC 9700 §4.14.2. */
#include "domain/refreshing.h"

enum refresh_verdict refresh_check(const struct refresh_facts *f, int64_t now_ms)
{
    /* A ban ends the sessions too: that it is the reason is what the person has to be told. */
    if (f->account_active && f->banned_until_ms > now_ms)
        return REFRESH_BANNED;
    if (f->session_revoked || !f->account_active)
        return REFRESH_INVALID;
    if (f->used && !(f->same_key && now_ms - f->used_ms <= REFRESH_AGAIN_MS))
        return REFRESH_REUSED;
    if (f->expires_ms <= now_ms)
        return REFRESH_INVALID;
    return f->used ? REFRESH_AGAIN : REFRESH_GOOD;
}
