/* channel_can, which tells clients what somebody may do in a channel, against the rules of domain/
 * that decide it: every type and state of a channel, every role in it and in the organisation, each
 * action with each setting of its own. */
#include "fixture.h"

#include "domain/marks.h"
#include "domain/rules.h"

#include <criterion/criterion.h>
#include <libpq-fe.h>

enum { COL_TYPE, COL_ARCHIVED, COL_IN_CHANNEL, COL_ROLE, COL_PERMISSIONS, COL_CAN };

/* A row of the table channel needs no table. */
static const char every[] =
    "select t, a::int, coalesce(m, ''), r, p, (select string_agg((x.value = 'true')::int::text, '' "
    "order by x.place) from json_each_text(channel_can(jsonb_populate_record(null::channel, "
    "jsonb_build_object('type', t, 'is_archived', a, 'permissions', p)), m, "
    "(array['member', 'moderator', 'admin'])[r])) with ordinality x (key, value, place))"
    " from unnest(array['public', 'private', 'direct']) t, unnest(array[false, true]) a,"
    " unnest(array[null, 'member', 'moderator', 'owner']) m, generate_series(1, 3) r,"
    " (select distinct s << (2 * k) as p from generate_series(0, 8) k, generate_series(0, 3) s) p";

static bool by_the_rules(const struct standing *s, enum channel_action action)
{
    switch (action) {
    case DO_POST:
        return may_post(s) == ALLOWED;
    case DO_REPLY:
        return may_reply(s) == ALLOWED;
    case DO_INVITE:
        return may_invite(s) == ALLOWED;
    case DO_PIN:
        return may_pin(s, false) == ALLOWED;
    case DO_MENTION_ALL: /* in a message that may be posted: where something can be said */
        return !s->archived && may_mention_all(s) == ALLOWED;
    case DO_MANAGE:
        return may_manage(s) == ALLOWED;
    case DO_MODERATE:
        return may_delete(s, false) == ALLOWED;
    case DO_REACT:
        return may_react(s, false) == ALLOWED;
    case DO_EXPORT:
        return may_export(s) == ALLOWED;
    case CHANNEL_ACTIONS:
        break;
    }
    return false;
}

static int64_t number_at(const PGresult *r, int row, int column)
{
    int64_t n = 0;
    cr_assert(pal_parse_i64(pal_str_of(PQgetvalue(r, row, column)), &n));
    return n;
}

static struct standing standing_at(const PGresult *r, int row)
{
    return (struct standing){
        .exists = true,
        .type = channel_type_of(pal_str_of(PQgetvalue(r, row, COL_TYPE))),
        .archived = number_at(r, row, COL_ARCHIVED) != 0,
        .in_channel = channel_role_of(pal_str_of(PQgetvalue(r, row, COL_IN_CHANNEL))),
        .role = (enum pal_role)number_at(r, row, COL_ROLE),
        .permissions = (uint32_t)number_at(r, row, COL_PERMISSIONS),
    };
}

Test(can, what_clients_are_told_is_what_the_rules_decide)
{
    char url[STORE_URL_MAX];
    int compared = 0;
    fixture_make(url);
    PGconn *pg = PQconnectdb(url);
    PGresult *r = PQexec(pg, every);
    cr_assert_eq(PQresultStatus(r), PGRES_TUPLES_OK, "%s", PQerrorMessage(pg));
    cr_assert_eq(PQntuples(r), 3 * 2 * 4 * 3 * (1 + 9 * 3));
    for (int row = 0; row < PQntuples(r); row++) {
        const struct standing s = standing_at(r, row);
        const char *can = PQgetvalue(r, row, COL_CAN);
        cr_assert_eq(PQgetlength(r, row, COL_CAN), CHANNEL_ACTIONS);
        if (may_read(&s) != ALLOWED)
            continue; /* who does not see the channel is told nothing */
        for (enum channel_action action = 0; action < CHANNEL_ACTIONS; action++, compared++)
            cr_expect_eq(can[action] == '1', by_the_rules(&s, action),
                         "action %d, %s, archived %s, '%s', role %s, permissions %s", (int)action,
                         PQgetvalue(r, row, COL_TYPE), PQgetvalue(r, row, COL_ARCHIVED),
                         PQgetvalue(r, row, COL_IN_CHANNEL), PQgetvalue(r, row, COL_ROLE),
                         PQgetvalue(r, row, COL_PERMISSIONS));
    }
    cr_assert_gt(compared, 12000);
    PQclear(r);
    PQfinish(pg);
}
