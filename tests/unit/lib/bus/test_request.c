/* Requests and their answers: both ways of asking, deadlines, lost peers, drain. */
#include "rig.h"

#include <pthread.h>
#include <string.h>

static void ask(struct rig_client *c, uint16_t id, const char *body, int64_t deadline_in)
{
    struct pal_frame f = {.id = id, .channel = 7, .body = pal_str_of(body)};
    if (deadline_in != 0)
        f.deadline_ms = (uint64_t)(pal_now_ms() + deadline_in);
    pal_bus_request(c->client, 0, &f, rig_on_reply, c);
}

static void a_request_is_answered(void)
{
    char address[128];
    struct rig_service s;
    struct rig_client c;
    rig_address(address, sizeof address, "a");
    rig_service_start(&s, address, "echo");
    rig_client_start(&c, address, false);
    TURN_UNTIL(&c, c.ups == 1);
    CHECK(pal_bus_client_ready(c.client));
    ask(&c, 1, "hola", 0);
    TURN_UNTIL(&c, c.replies == 1);
    CHECK(strcmp(c.body, "hola") == 0 && c.last_channel == 7);
    for (int i = 0; i < 5000; i++)
        ask(&c, 1, "many", 0);
    TURN_UNTIL(&c, c.replies == 5001);
    CHECK(c.failures == 0 && atomic_load(&s.requests) == 5001);
    rig_client_end(&c);
    pal_bus_server_free(s.server);
}

static void without_a_service_requests_fail(void)
{
    char address[128];
    struct rig_client c;
    rig_address(address, sizeof address, "nobody");
    rig_client_start(&c, address, false);
    ask(&c, 1, "waits a moment, then fails", 0);
    ask(&c, 1, "waits no longer than it wants to", 50);
    TURN_UNTIL(&c, c.failures == 2);
    CHECK(c.last_code == PAL_UNAVAILABLE && !pal_bus_client_ready(c.client));
    ask(&c, 1, "fails at once", 0);
    rig_turn(&c);
    CHECK(c.failures == 3 && c.replies == 0);
    rig_client_end(&c);
}

static void requests_wait_for_a_service_that_starts_again(void)
{
    enum { MANY = 500 };
    char address[128];
    struct rig_service s;
    struct rig_client c;
    rig_address(address, sizeof address, "again");
    rig_service_start(&s, address, "echo");
    rig_client_start(&c, address, false);
    TURN_UNTIL(&c, c.ups == 1);
    pal_bus_server_free(s.server);
    TURN_UNTIL(&c, !pal_bus_client_ready(c.client));
    for (int i = 0; i < MANY; i++)
        ask(&c, 1, i + 1 < MANY ? "meanwhile" : "the last", 0);
    rig_service_start(&s, address, "echo");
    TURN_UNTIL(&c, c.replies == MANY);
    CHECK(c.failures == 0 && strcmp(c.body, "the last") == 0);
    CHECK(atomic_load(&s.requests) == MANY);
    rig_client_end(&c);
    pal_bus_server_free(s.server);
}

static void waiting_requests_end_with_their_client(void)
{
    char address[128];
    struct rig_client c;
    rig_address(address, sizeof address, "never");
    rig_client_start(&c, address, false);
    for (int i = 0; i < 5000; i++) /* more than may wait */
        ask(&c, 1, "x", 0);
    rig_turn(&c);
    CHECK(c.failures > 0 && c.failures < 5000);
    rig_client_end(&c);
    CHECK(c.failures == 5000);
}

static void a_deadline_ends_the_wait(void)
{
    char address[128];
    struct rig_service s;
    struct rig_client c;
    rig_address(address, sizeof address, "d");
    rig_service_start(&s, address, "echo");
    rig_client_start(&c, address, false);
    TURN_UNTIL(&c, c.ups == 1);
    ask(&c, 999, "never answered", 50);
    ask(&c, 1, "answered", 5000);
    TURN_UNTIL(&c, c.replies == 1 && c.failures == 1);
    CHECK(c.last_code == PAL_TIMEOUT);
    ask(&c, 1, "after its deadline", -1);
    TURN_UNTIL(&c, c.replies + c.failures == 3);
    rig_client_end(&c);
    pal_bus_server_free(s.server);
}

static void a_lost_peer_fails_what_is_pending_and_is_found_again(void)
{
    char address[128];
    struct rig_service s;
    struct rig_client c;
    rig_address(address, sizeof address, "l");
    rig_service_start(&s, address, "echo");
    rig_client_start(&c, address, false);
    TURN_UNTIL(&c, c.ups == 1);
    for (int i = 0; i < 10; i++)
        ask(&c, 999, "pending", 0);
    TURN_UNTIL(&c, atomic_load(&s.requests) == 10);
    pal_bus_server_free(s.server);
    TURN_UNTIL(&c, c.failures == 10 && c.downs == 1);
    CHECK(c.last_code == PAL_UNAVAILABLE && c.replies == 0);
    int64_t before = rig_metric("palique_bus_reconnects_total");
    rig_service_start(&s, address, "echo");
    TURN_UNTIL(&c, c.ups == 2);
    CHECK(rig_metric("palique_bus_reconnects_total") == before + 1);
    ask(&c, 1, "again", 0);
    TURN_UNTIL(&c, c.replies == 1);
    rig_client_end(&c);
    pal_bus_server_free(s.server);
}

/* ---- calls
 * ---------------------------------------------------------------------------------------- */

struct caller {
    struct pal_bus_client *client;
    int n;
};

static void *call_many(void *arg)
{
    struct caller *w = arg;
    struct pal_arena arena;
    pal_arena_init(&arena, 64 << 10);
    for (int i = 0; i < w->n; i++) {
        char body[32];
        (void)snprintf(body, sizeof body, "call %d", i);
        struct pal_frame f = {.id = 1, .channel = (uint64_t)i, .body = pal_str_of(body)}, reply;
        struct pal_error err;
        CHECK(pal_bus_call(w->client, 0, &f, &arena, &reply, &err) == PAL_OK);
        CHECK(reply.status == 200 && reply.channel == (uint64_t)i);
        CHECK(pal_str_eq(reply.body, pal_str_of(body)));
        pal_arena_reset(&arena);
    }
    pal_arena_fini(&arena);
    return NULL;
}

static struct pal_bus_client *plain_client(const char *address)
{
    struct pal_bus_client_config config = {.addresses = address, .name = "test", .service = "echo"};
    struct pal_bus_client *c;
    struct pal_error err;
    CHECK(pal_bus_client_start(&config, &c, &err) == PAL_OK);
    return c;
}

static void many_threads_call_at_once(void)
{
    char address[128];
    struct rig_service s;
    pthread_t threads[4];
    rig_address(address, sizeof address, "c");
    rig_service_start(&s, address, "echo");
    struct caller w = {plain_client(address), 500};
    UNTIL(pal_bus_client_ready(w.client));
    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, call_many, &w) == 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    CHECK(atomic_load(&s.requests) == 2000);
    pal_bus_client_free(w.client);
    pal_bus_server_free(s.server);
}

static void *call_once(void *arg)
{
    struct caller *w = arg;
    struct pal_arena arena;
    struct pal_frame f = {.id = 999}, reply;
    struct pal_error err;
    pal_arena_init(&arena, 4096);
    f.deadline_ms = w->n ? (uint64_t)(pal_now_ms() + w->n) : 0;
    w->n = (int)pal_bus_call(w->client, 0, &f, &arena, &reply, &err);
    CHECK(err.def && err.detail[0]);
    pal_arena_fini(&arena);
    return NULL;
}

static void a_call_waits_for_a_service_that_starts(void)
{
    char address[128];
    struct rig_service s;
    pthread_t thread;
    rig_address(address, sizeof address, "soon");
    struct caller w = {plain_client(address), 5000};
    atomic_store(&s.requests, 0);
    CHECK(pthread_create(&thread, NULL, call_once, &w) == 0);
    rig_service_start(&s, address, "echo");
    UNTIL(atomic_load(&s.requests) == 1);
    pal_bus_server_free(s.server); /* the echo ignores what call_once asks */
    pthread_join(thread, NULL);
    CHECK(w.n == PAL_UNAVAILABLE);
    pal_bus_client_free(w.client);
}

static void a_call_ends_with_its_deadline_and_with_its_peer(void)
{
    char address[128];
    struct rig_service s;
    pthread_t thread;
    rig_address(address, sizeof address, "e");
    struct caller w = {plain_client(address), 0};
    call_once(&w);
    CHECK(w.n == PAL_UNAVAILABLE);
    rig_service_start(&s, address, "echo");
    UNTIL(pal_bus_client_ready(w.client));
    w.n = 50;
    call_once(&w);
    CHECK(w.n == PAL_TIMEOUT);
    w.n = 0;
    CHECK(pthread_create(&thread, NULL, call_once, &w) == 0);
    UNTIL(atomic_load(&s.requests) == 2);
    pal_bus_server_free(s.server);
    pthread_join(thread, NULL);
    CHECK(w.n == PAL_UNAVAILABLE);
    pal_bus_client_free(w.client);
}

static void oversize_is_refused_on_the_way_out(void)
{
    char address[128];
    struct rig_service s;
    struct rig_client c;
    rig_address(address, sizeof address, "o");
    rig_service_start(&s, address, "echo");
    rig_client_start(&c, address, false);
    TURN_UNTIL(&c, c.ups == 1);
    size_t n = (1 << 20) + 1;
    char *big = calloc(1, n);
    CHECK(big);
    struct pal_frame f = {.id = 1, .body = {big, n}};
    pal_bus_request(c.client, 0, &f, rig_on_reply, &c);
    TURN_UNTIL(&c, c.failures == 1);
    CHECK(c.last_code == PAL_TOO_LARGE);
    for (int i = 0; i < 9; i++) { /* more than one message can hold */
        f.body.n = n - 1;
        pal_bus_request(c.client, 0, &f, rig_on_reply, &c);
    }
    TURN_UNTIL(&c, c.replies == 9);
    free(big);
    rig_client_end(&c);
    pal_bus_server_free(s.server);
}

static void a_client_that_ends_answers_what_is_pending(void)
{
    char address[128];
    struct rig_service s;
    struct rig_client c;
    rig_address(address, sizeof address, "p");
    rig_service_start(&s, address, "echo");
    rig_client_start(&c, address, false);
    TURN_UNTIL(&c, c.ups == 1);
    for (int i = 0; i < 10; i++)
        ask(&c, 999, "pending", 0);
    pal_bus_flush(c.client);
    rig_client_end(&c);
    CHECK(c.failures == 10);
    pal_bus_server_free(s.server);
}

static void drain_lets_replies_leave_and_turns_requests_away(void)
{
    char address[128];
    struct rig_service s;
    struct rig_client c;
    rig_address(address, sizeof address, "f");
    rig_service_start(&s, address, "echo");
    rig_client_start(&c, address, false);
    TURN_UNTIL(&c, c.ups == 1);
    for (int i = 0; i < 1000; i++)
        ask(&c, 1, "before", 0);
    pal_bus_flush(c.client);
    UNTIL(atomic_load(&s.requests) == 1000);
    pal_bus_server_drain(s.server, RIG_PATIENCE_MS);
    TURN_UNTIL(&c, c.downs == 1);
    CHECK(c.replies == 1000 && c.failures == 0);
    ask(&c, 1, "after", 0);
    TURN_UNTIL(&c, c.failures == 1);
    pal_bus_server_free(s.server);
    rig_client_end(&c);
}

int main(void)
{
    rig_start();
    a_request_is_answered();
    without_a_service_requests_fail();
    requests_wait_for_a_service_that_starts_again();
    waiting_requests_end_with_their_client();
    a_deadline_ends_the_wait();
    a_lost_peer_fails_what_is_pending_and_is_found_again();
    many_threads_call_at_once();
    a_call_waits_for_a_service_that_starts();
    a_call_ends_with_its_deadline_and_with_its_peer();
    oversize_is_refused_on_the_way_out();
    a_client_that_ends_answers_what_is_pending();
    drain_lets_replies_leave_and_turns_requests_away();
    rig_end();
    return 0;
}
