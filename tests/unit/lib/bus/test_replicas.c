/* Several replicas behind one client: keys stay, round robin goes round, a dead one is passed over.
 */
#include "rig.h"

#include <string.h>

static void send_key(struct rig_client *c, uint64_t key)
{
    struct pal_frame f = {.id = 1};
    int before = c->replies;
    pal_bus_request(c->client, key, &f, rig_on_reply, c);
    TURN_UNTIL(c, c->replies == before + 1);
}

/* Which of the two services answers for a key. */
static int owner(struct rig_client *c, struct rig_service s[2], uint64_t key)
{
    int first = atomic_load(&s[0].requests);
    send_key(c, key);
    return atomic_load(&s[0].requests) > first ? 0 : 1;
}

static void keys_stay_while_their_replica_lives(void)
{
    enum { KEYS = 64 };
    char a[128], b[128], both[300];
    struct rig_service s[2];
    struct rig_client c;
    int before[KEYS], of_first = 0;
    rig_address(a, sizeof a, "one");
    rig_address(b, sizeof b, "two");
    (void)snprintf(both, sizeof both, "%s, %s", a, b);
    rig_service_start(&s[0], a, "echo");
    rig_service_start(&s[1], b, "echo");
    rig_client_start(&c, both, true);
    TURN_UNTIL(&c, c.ups == 2);
    for (uint64_t key = 1; key <= KEYS; key++) {
        before[key - 1] = owner(&c, s, key);
        of_first += before[key - 1] == 0;
    }
    CHECK(of_first > KEYS / 8 && of_first < KEYS * 7 / 8);
    for (uint64_t key = 1; key <= KEYS; key++)
        CHECK(owner(&c, s, key) == before[key - 1]);

    pal_bus_server_free(s[1].server);
    TURN_UNTIL(&c, c.downs == 1);
    CHECK(pal_bus_client_ready(c.client));
    for (uint64_t key = 1; key <= KEYS; key++)
        CHECK(owner(&c, s, key) == 0);
    rig_service_start(&s[1], b, "echo");
    TURN_UNTIL(&c, c.ups == 3);
    for (uint64_t key = 1; key <= KEYS; key++)
        CHECK(owner(&c, s, key) == before[key - 1]);
    rig_client_end(&c);
    pal_bus_server_free(s[0].server);
    pal_bus_server_free(s[1].server);
}

static void without_a_key_all_take_part(void)
{
    char a[128], b[128], both[300];
    struct rig_service s[2];
    struct rig_client c;
    rig_address(a, sizeof a, "three");
    rig_address(b, sizeof b, "four");
    (void)snprintf(both, sizeof both, "%s,%s", a, b);
    rig_service_start(&s[0], a, "echo");
    rig_service_start(&s[1], b, "echo");
    rig_client_start(&c, both, false);
    TURN_UNTIL(&c, c.ups == 2);
    for (int i = 0; i < 100; i++)
        send_key(&c, 0);
    CHECK(atomic_load(&s[0].requests) == 50 && atomic_load(&s[1].requests) == 50);
    rig_client_end(&c);
    pal_bus_server_free(s[0].server);
    pal_bus_server_free(s[1].server);
}

static void a_draining_replica_gets_no_more_requests(void)
{
    char a[128], b[128], both[300];
    struct rig_service s[2];
    struct rig_client c;
    rig_address(a, sizeof a, "five");
    rig_address(b, sizeof b, "six");
    (void)snprintf(both, sizeof both, "%s,%s", a, b);
    rig_service_start(&s[0], a, "echo");
    rig_service_start(&s[1], b, "echo");
    rig_client_start(&c, both, false);
    TURN_UNTIL(&c, c.ups == 2);
    pal_bus_server_drain(s[0].server, RIG_PATIENCE_MS);
    for (int i = 0; i < 100; i++)
        send_key(&c, 0);
    CHECK(c.failures == 0 && atomic_load(&s[1].requests) == 100);
    rig_client_end(&c);
    pal_bus_server_free(s[0].server);
    pal_bus_server_free(s[1].server);
}

int main(void)
{
    rig_start();
    keys_stay_while_their_replica_lives();
    without_a_key_all_take_part();
    a_draining_replica_gets_no_more_requests();
    rig_end();
    return 0;
}
