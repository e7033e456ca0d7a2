/* The chore that forgets what is no longer looked at. */
#include "handlers.h"

#include "store/copies.h"
#include "store/stats.h"

/* Others follow the log: a service may be away for so long. */
static const int64_t EVENTS_KEEP_MS = INT64_C(30) * 24 * 3600 * 1000;

enum pal_code expire_old(struct pal_call *c)
{
    enum pal_code code = ticks_expire(c->db, c->arena, &c->err);
    if (code == PAL_OK)
        code = gateways_expire(c->db, c->arena, &c->err);
    return code != PAL_OK ? code : pal_log_expire(c->db, EVENTS_KEEP_MS, &c->err);
}
