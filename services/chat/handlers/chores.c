/* What chat forgets: ended mutes, old request keys, and events so old that whoever needs them pages
 * the history instead. */
#include "handlers.h"

#include "store/copies.h"

#define EVENTS_KEEP_MS (INT64_C(30) * 24 * 3600 * 1000)

enum pal_code expire_old(struct pal_call *c)
{
    enum pal_code code = copies_expire(c->db, c->arena, &c->err);
    return code != PAL_OK ? code : pal_log_expire(c->db, EVENTS_KEEP_MS, &c->err);
}
