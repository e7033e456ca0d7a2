/* What the stores of chat share: who asks, and answers that PostgreSQL has written as JSON. */
#ifndef CHAT_STORE_ANSWER_H
#define CHAT_STORE_ANSWER_H

#include "base/arena.h"
#include "db/db.h"

#include <stdint.h>

/* Who asks; $1 and $2 of most statements. */
struct viewer {
    uint64_t user, org;
};

/* An event as it was appended to a channel's log: to be published after the commit. seq 0: none
 * was. */
struct logged {
    uint64_t seq;
    struct pal_str body;
};

/* Starts the parameters with the viewer. */
void answer_params(struct pal_params *p, struct pal_arena *arena, const struct viewer *v);
/* Runs a statement whose first two columns are seq and body of the event that it has appended. */
enum pal_code answer_logged(struct pal_db *db, const struct pal_statement *st,
                            const struct pal_params *p, struct pal_arena *arena, struct logged *out,
                            struct pal_error *err) PAL_MUST_USE;
/* Runs a statement that changes what is meant, or finds nothing of it: *changed says which. */
enum pal_code answer_changed(struct pal_db *db, const struct pal_statement *st,
                             const struct pal_params *p, bool *changed,
                             struct pal_error *err) PAL_MUST_USE;

#endif
