/* What chat forgets: ended mutes, and events so old that whoever needs them pages the history
 * instead. */
#include "handlers.h"

#include "store/copies.h"
#include "store/session.h"

/* A share at a time, so that no run of the chore holds the table for long. */
enum { EVENTS_KEEP_DAYS = 30, SHARES = 5 };

enum pal_code expire_old(struct pal_call *c)
{
    int64_t removed = EVENTS_EXPIRE_MAX;
    enum pal_code code = copies_expire(c->db, &c->err);
    for (int i = 0; code == PAL_OK && removed == EVENTS_EXPIRE_MAX && i < SHARES; i++)
        code = events_expire(c->db, c->arena, EVENTS_KEEP_DAYS, &removed, &c->err);
    return code;
}
