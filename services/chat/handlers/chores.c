/* What chat forgets: ended mutes, and events so old that whoever needs them pages the history
 * instead. */
#include "handlers.h"

#include "store/copies.h"
#include "store/session.h"

/* A share at a time, so that no run of the chore holds the table for long. */
enum { EVENTS_KEEP_DAYS = 30, SHARE = 10000, SHARES = 5 };

enum pal_code expire_old(struct pal_call *c)
{
    int64_t removed = SHARE;
    enum pal_code code = copies_expire(c->db, &c->err);
    for (int i = 0; code == PAL_OK && removed == SHARE && i < SHARES; i++)
        code = events_expire(c->db, c->arena, EVENTS_KEEP_DAYS, SHARE, &removed, &c->err);
    return code;
}
