/* The chore that takes erased users out of messages and log, a share at a time: the position is
 * moved in the transaction of the share, so that it goes on where it was after a crash. */
#include "handlers.h"

#include "handlers/member.h"
#include "store/erase.h"

/* Between two rounds others of the lane have their turn. */
enum { SHARES_AT_ONCE = 20 };

static enum pal_code publish(struct pal_call *c, const struct pal_rows *rows, int row)
{
    bool deleted = pal_row_int(rows, row, ERASE_COL_KIND) == PAL_EV_MESSAGE_DELETED;
    if (!deleted && pal_row_int(rows, row, ERASE_COL_KIND) != PAL_EV_USER_FORGOTTEN)
        return PAL_OK;
    return pal_publish(c, deleted ? &pal_ev_message_deleted : &pal_ev_user_forgotten,
                       (uint64_t)pal_row_int(rows, row, ERASE_COL_ORG),
                       (uint64_t)pal_row_int(rows, row, ERASE_COL_USER),
                       deleted ? (uint64_t)pal_row_int(rows, row, ERASE_COL_CHANNEL) : 0,
                       (uint64_t)pal_row_int(rows, row, ERASE_COL_SEQ),
                       pal_row_str(rows, row, ERASE_COL_BODY));
}

/* In a transaction of its own; what it has appended is told when that is safe. */
static enum pal_code share(struct pal_call *c, bool *worked)
{
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_begin(c->db, PAL_TX_WRITE, &c->err);
    if (code == PAL_OK)
        code = erase_store_step(c->db, c->arena, &rows, &c->err);
    if (code == PAL_OK)
        code = pal_db_commit(c->db, &c->err);
    if (code != PAL_OK)
        pal_db_rollback(c->db);
    *worked = code == PAL_OK && rows.n > 0;
    for (int i = 0; code == PAL_OK && i < rows.n; i++)
        code = publish(c, &rows, i);
    return code;
}

/* Takes one of them out of one channel, as if he had left; *worked: there was one. What was told is
 * dropped with all of the call when the commit fails. */
static enum pal_code leave(struct pal_call *c, bool *worked)
{
    struct erased_member m = {0};
    struct place place;
    enum pal_code code = pal_db_begin(c->db, PAL_TX_WRITE, &c->err);
    if (code == PAL_OK)
        code = erase_store_member(c->db, &m, &c->err);
    *worked = m.channel != 0;
    if (code == PAL_OK && m.channel != 0) {
        c->caller.user = m.user;
        c->caller.org = m.org;
        code = gate_lock(c, m.channel, &place);
        if (code == PAL_OK)
            code = member_take_out(c, m.channel, m.user, &place);
    }
    if (code == PAL_OK)
        code = pal_db_commit(c->db, &c->err);
    if (code != PAL_OK)
        pal_db_rollback(c->db);
    return code;
}

enum pal_code erase_users(struct pal_call *c)
{
    bool worked = true;
    enum pal_code code = PAL_OK;
    for (int n = 0; code == PAL_OK && worked && n < SHARES_AT_ONCE; n++) {
        code = leave(c, &worked);
        if (code == PAL_OK && !worked)
            code = share(c, &worked);
    }
    return code;
}
