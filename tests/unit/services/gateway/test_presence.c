/* Who is there. */
#include "presence.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct presence *p;
static char told[512], local[512];

static void note(char *to, size_t max, uint64_t user, enum presence_status status)
{
    size_t n = strlen(to);
    (void)snprintf(to + n, max - n, "%s%llu:%s", n ? " " : "", (unsigned long long)user,
                   presence_name(status));
}

static size_t calls, most;

static void on_changed(void *ctx, uint64_t org, const struct presence_change *changes, size_t n)
{
    (void)ctx;
    cr_expect(org == 5 || org == 6);
    calls++;
    most = n > most ? n : most;
    for (size_t i = 0; i < n; i++)
        note(told, sizeof told, changes[i].user, changes[i].status);
}

static void on_local(void *ctx, uint64_t org, uint64_t user, enum presence_status status)
{
    (void)ctx;
    (void)org;
    note(local, sizeof local, user, status);
}

static const struct presence_ops ops = {on_changed, on_local};

static void setup(void)
{
    told[0] = local[0] = '\0';
    calls = most = 0;
    p = presence_new(300000, 3000, &ops, NULL);
    presence_tick(p, 1000000);
}

static void teardown(void)
{
    presence_free(p);
}

TestSuite(presence, .init = setup, .fini = teardown);

Test(presence, a_socket_makes_a_user_online_and_its_end_offline_after_a_grace)
{
    presence_connected(p, 5, 1);
    presence_tick(p, 1000500);
    cr_expect_str_eq(told, "1:online");
    presence_disconnected(p, 1);
    presence_tick(p, 1003000);
    cr_expect_str_eq(told, "1:online");
    presence_tick(p, 1004000);
    cr_expect_str_eq(told, "1:online 1:offline");
    cr_expect_str_eq(local, "1:online 1:offline");
}

Test(presence, a_reconnection_within_the_grace_is_not_seen)
{
    presence_connected(p, 5, 1);
    presence_tick(p, 1000500);
    presence_disconnected(p, 1);
    presence_tick(p, 1002000);
    presence_connected(p, 5, 1);
    presence_tick(p, 1010000);
    cr_expect_str_eq(told, "1:online");
}

Test(presence, the_last_socket_counts)
{
    presence_connected(p, 5, 1);
    presence_connected(p, 5, 1);
    presence_disconnected(p, 1);
    presence_tick(p, 1010000);
    cr_expect_str_eq(told, "1:online");
    cr_expect_eq(presence_of(p, 1), PRESENCE_ONLINE);
}

Test(presence, who_does_nothing_is_away_until_he_does_something)
{
    presence_connected(p, 5, 1);
    presence_tick(p, 1000500);
    presence_tick(p, 1300500);
    cr_expect_str_eq(told, "1:online 1:away");
    presence_active(p, 1);
    presence_tick(p, 1301000);
    cr_expect_str_eq(told, "1:online 1:away 1:online");
}

Test(presence, a_client_may_say_that_its_user_is_idle)
{
    presence_connected(p, 5, 1);
    presence_tick(p, 1000500);
    presence_idle(p, 1);
    presence_tick(p, 1001000);
    cr_expect_str_eq(told, "1:online 1:away");
}

Test(presence, changes_within_a_moment_are_told_once)
{
    presence_connected(p, 5, 1);
    presence_idle(p, 1);
    presence_active(p, 1);
    presence_tick(p, 1000500);
    cr_expect_str_eq(told, "1:online");
}

Test(presence, busy_wins_while_the_user_is_there)
{
    presence_chosen(p, 5, 1, PAL_STR("busy"));
    presence_tick(p, 1000500);
    cr_expect_str_eq(told, "");
    presence_connected(p, 5, 1);
    presence_tick(p, 1001000);
    cr_expect_eq(presence_of(p, 1), PRESENCE_BUSY);
    presence_chosen(p, 5, 1, PAL_STR("offline"));
    cr_expect_eq(presence_of(p, 1), PRESENCE_BUSY, "not a choice");
    presence_chosen(p, 5, 1, PAL_STR("online"));
    presence_tick(p, 1001500);
    cr_expect_str_eq(told, "1:busy 1:online");
}

Test(presence, another_gateway_counts_like_a_socket)
{
    presence_remote(p, 3, 5, 1, PRESENCE_ONLINE);
    presence_tick(p, 1000500);
    presence_connected(p, 5, 1);
    presence_remote(p, 3, 5, 1, PRESENCE_OFFLINE);
    presence_tick(p, 1001000);
    cr_expect_str_eq(told, "1:online");
    cr_expect_str_eq(local, "1:online");
}

Test(presence, away_everywhere_is_away)
{
    presence_remote(p, 3, 5, 1, PRESENCE_AWAY);
    presence_tick(p, 1000500);
    cr_expect_eq(presence_of(p, 1), PRESENCE_AWAY);
    presence_remote(p, 4, 5, 1, PRESENCE_ONLINE);
    cr_expect_eq(presence_of(p, 1), PRESENCE_ONLINE);
}

Test(presence, a_dead_gateway_takes_its_users_with_it)
{
    presence_remote(p, 3, 5, 1, PRESENCE_ONLINE);
    presence_remote(p, 3, 5, 2, PRESENCE_ONLINE);
    presence_remote(p, 4, 5, 2, PRESENCE_ONLINE);
    presence_tick(p, 1000500);
    told[0] = '\0';
    presence_remote_drop(p, 3);
    presence_tick(p, 1001000);
    cr_expect_str_eq(told, "1:offline");
}

Test(presence, who_is_not_named_in_a_complete_list_is_gone)
{
    presence_remote(p, 3, 5, 1, PRESENCE_ONLINE);
    presence_remote(p, 3, 5, 2, PRESENCE_ONLINE);
    presence_tick(p, 1000500);
    told[0] = '\0';
    presence_remote_begin(p, 3);
    presence_remote(p, 3, 5, 2, PRESENCE_ONLINE);
    presence_remote_end(p, 3);
    presence_tick(p, 1001000);
    cr_expect_str_eq(told, "1:offline");
}

static void collect(void *arg, uint64_t user, enum presence_status status)
{
    note(arg, 100, user, status);
}

Test(presence, lists_who_is_there_by_organisation)
{
    char list[100] = "";
    presence_connected(p, 5, 1);
    presence_connected(p, 5, 2);
    presence_tick(p, 1000500);
    presence_disconnected(p, 1);
    presence_tick(p, 1009000);
    presence_each(p, 5, collect, list);
    presence_each(p, 6, collect, list);
    cr_expect_str_eq(list, "2:online");
}

Test(presence, a_lone_change_is_told_at_once)
{
    presence_connected(p, 5, 1);
    presence_settle(p, 1000001);
    cr_expect_str_eq(told, "1:online");
}

Test(presence, what_follows_a_change_is_told_in_one_piece)
{
    presence_connected(p, 5, 1);
    presence_settle(p, 1000001);
    presence_connected(p, 5, 2);
    presence_settle(p, 1000002);
    presence_connected(p, 5, 3);
    presence_idle(p, 2);
    presence_settle(p, 1000500);
    cr_expect_str_eq(told, "1:online");
    presence_settle(p, 1000501);
    cr_expect_str_eq(told, "1:online 2:away 3:online");
    cr_expect_eq(calls, 2);
}

Test(presence, the_more_people_the_longer_is_gathered)
{
    for (uint64_t user = 1; user <= 4000; user++)
        presence_connected(p, 5, user);
    presence_settle(p, 1000001);
    cr_expect_eq(calls, 4000 / PRESENCE_BATCH_MAX);
    cr_expect_eq(most, (size_t)PRESENCE_BATCH_MAX);
    told[0] = '\0';
    presence_idle(p, 7);
    presence_settle(p, 1000001 + 1499);
    cr_expect_str_eq(told, "");
    presence_settle(p, 1000001 + 1500);
    cr_expect_str_eq(told, "7:away");
    told[0] = '\0';
    for (uint64_t user = 4001; user <= 40000; user++)
        presence_connected(p, 5, user);
    presence_settle(p, 2000000);
    told[0] = '\0';
    presence_idle(p, 8);
    presence_settle(p, 2000000 + PRESENCE_PAUSE_MAX_MS - 1);
    cr_expect_str_eq(told, "");
    presence_settle(p, 2000000 + PRESENCE_PAUSE_MAX_MS);
    cr_expect_str_eq(told, "8:away");
}

Test(presence, another_organisation_does_not_wait)
{
    presence_connected(p, 5, 1);
    presence_settle(p, 1000001);
    presence_connected(p, 5, 2);
    presence_settle(p, 1000002);
    presence_connected(p, 6, 9);
    presence_settle(p, 1000003);
    cr_expect_str_eq(told, "1:online 9:online");
    presence_settle(p, 1000600);
    cr_expect_str_eq(told, "1:online 9:online 2:online");
}
