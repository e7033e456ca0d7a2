/* One cheap read instead of the transactions of five chores that have nothing to do: look.h. */
#include "store/look.h"

/* In how many ms there is something to do, an hour at most (there is another look by then, and what
 * is never due has a time without end); null: nothing is known of. */
#define FIRST(TIME, FROM)                                                                 \
    "(select greatest(ceil(extract(epoch from least(" TIME ", now() + interval '1 hour')" \
    " - now()) * 1000), 0)::bigint " FROM " order by " TIME " limit 1)"

/* Events that an older transaction holds back are looked at again soon. */
PAL_STATEMENT(
    sql_look,
    "select case when exists (select from search_backfill) or exists (select from search_word_lost)"
    " then 0 else"
    " (select case when e.tx < pg_snapshot_xmin(pg_current_snapshot()) then 0 else 200 end"
    "  from consumer_position p cross join lateral (select e.tx from event e"
    "   where (e.tx, e.id) > (p.tx, p.id) order by e.tx, e.id limit 1) e"
    "  where p.source = 'search') end, " FIRST(
        "s.send_at",
        "from scheduled s where s.state = "
        "'pending'") ", " FIRST("t.due_at",
                                "from preview_task t") ", " FIRST("f.due_at",
                                                                  "from file f where f.processing "
                                                                  "= 'pending'") ", (select "
                                                                                 "0::bigint from "
                                                                                 "erasure e where "
                                                                                 "e.done_at is "
                                                                                 "null limit 1)");

const struct pal_statement *const look_statement = &sql_look;
