/* What chat forgets: ended mutes, what was sent at its time a week ago, and events so old that
 * whoever needs them pages the history instead. */
#include "handlers.h"

#include "settings.h"
#include "store/copies.h"
#include "store/scheduled.h"
#include "store/session.h"

/* A share at a time: those who follow the log read below the oldest transaction under way, and so
 * wait for the end of this one. */
enum pal_code expire_old(struct pal_call *c)
{
    int64_t removed = 0;
    enum pal_code code = copies_expire(c->db, &c->err);
    if (code == PAL_OK)
        code = scheduled_store_expire(c->db, &c->err);
    return code != PAL_OK
               ? code
               : events_expire(c->db, c->arena, CHAT_EVENTS_KEEP_DAYS, &removed, &c->err);
}
