/* The stream of events: order, sharing, gaps that show, waking. */
#include "rig.h"

#include "base/limits.h"

#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void publish(struct rig_service *s, uint64_t first, uint64_t n, struct pal_str body)
{
    for (uint64_t i = 0; i < n; i++) {
        struct pal_frame f = {.id = 1201, .channel = 1, .seq = first + i, .body = body};
        pal_bus_publish(s->server, &f, 1);
    }
}

static void every_subscriber_gets_every_event_in_order(void)
{
    char address[128];
    struct rig_service s;
    struct rig_client c[3], other;
    rig_address(address, sizeof address, "a");
    rig_service_start(&s, address, "echo");
    for (int i = 0; i < 3; i++) {
        rig_client_start(&c[i], address, true);
        TURN_UNTIL(&c[i], c[i].ups == 1);
    }
    rig_client_start(&other, address, false);
    TURN_UNTIL(&other, other.ups == 1);
    publish(&s, 1, 10000, PAL_STR("{\"type\":\"x\"}"));
    struct pal_frame batch[100];
    for (uint64_t i = 0; i < 100; i++)
        batch[i] = (struct pal_frame){.id = 1201, .seq = 10001 + i, .body = PAL_STR("{}")};
    pal_bus_publish(s.server, batch, 100);
    CHECK(batch[0].request_id + 99 == batch[99].request_id);
    for (int i = 0; i < 3; i++) {
        TURN_UNTIL(&c[i], c[i].events == 10100);
        CHECK(c[i].in_order && c[i].gaps == 0);
        rig_client_end(&c[i]);
    }
    rig_turn(&other);
    CHECK(other.events == 0 && other.gaps == 0);
    rig_client_end(&other);
    pal_bus_server_free(s.server);
}

static void a_late_subscriber_starts_without_a_gap(void)
{
    char address[128];
    struct rig_service s;
    struct rig_client c;
    rig_address(address, sizeof address, "b");
    rig_service_start(&s, address, "echo");
    publish(&s, 1, 100, PAL_STR("{}"));
    rig_client_start(&c, address, true);
    TURN_UNTIL(&c, c.ups == 1);
    c.last_seq = 100;
    publish(&s, 101, 10, PAL_STR("{}"));
    TURN_UNTIL(&c, c.events == 10);
    CHECK(c.gaps == 0 && c.in_order);
    rig_client_end(&c);
    pal_bus_server_free(s.server);
}

static void replies_and_events_keep_their_order(void)
{
    char address[128];
    struct rig_service s;
    struct rig_client c;
    rig_address(address, sizeof address, "r");
    rig_service_start(&s, address, "echo");
    rig_client_start(&c, address, true);
    TURN_UNTIL(&c, c.ups == 1);
    publish(&s, 1, 500, PAL_STR("{}"));
    struct pal_frame f = {.id = 1, .body = PAL_STR("after them")};
    pal_bus_request(c.client, 0, &f, rig_on_reply, &c);
    TURN_UNTIL(&c, c.replies == 1);
    CHECK(c.events == 500);
    rig_client_end(&c);
    pal_bus_server_free(s.server);
}

/* Reads whole messages from a raw subscriber; returns the last stream number seen, counts gaps. */
struct raw {
    int fd;
    uint64_t last;
    int events, gaps;
};

static bool raw_read(struct raw *r, void *p, size_t n)
{
    return recv(r->fd, p, n, MSG_WAITALL) == (ssize_t)n;
}

static void raw_message(struct raw *r)
{
    uint8_t length[4];
    struct pal_frame f;
    size_t used;
    CHECK(raw_read(r, length, 4));
    size_t n =
        (size_t)length[0] << 24 | (size_t)length[1] << 16 | (size_t)length[2] << 8 | length[3];
    char *p = malloc(n);
    CHECK(p && raw_read(r, p, n));
    struct pal_str rest = {p, n};
    for (; rest.n > 0; rest.p += used, rest.n -= used) {
        CHECK(pal_frame_decode(rest, &f, &used) == PAL_FRAME_OK);
        if (f.kind == PAL_KIND_HELLO)
            continue;
        bool event = f.kind == PAL_KIND_EVENT;
        r->gaps += f.request_id != r->last + event;
        r->events += event;
        r->last = f.request_id;
    }
    free(p);
}

static void a_slow_subscriber_sees_a_gap_and_blocks_nobody(void)
{
    char address[128], hello[512];
    struct rig_service s;
    struct rig_client c;
    struct raw slow = {0};
    rig_address(address, sizeof address, "s");
    rig_service_start(&s, address, "echo");
    rig_client_start(&c, address, true);
    TURN_UNTIL(&c, c.ups == 1);
    slow.fd = rig_raw_connect(address);
    size_t n = rig_raw_hello(hello, sizeof hello, "echo");
    hello[4 + 73] = PAL_FRAME_SUBSCRIBE;
    CHECK(send(slow.fd, hello, n, 0) == (ssize_t)n);
    raw_message(&slow);

    size_t size = 1 << 20;
    char *body = calloc(1, size);
    int total = PAL_BUS_QUEUE_MAX / (1 << 20) * 2;
    CHECK(body);
    int64_t drops = rig_metric("palique_bus_dropped_total");
    for (int i = 0; i < total; i++) {
        publish(&s, (uint64_t)i + 1, 1, (struct pal_str){body, size});
        TURN_UNTIL(&c, c.events == i + 1); /* the quick one keeps up */
    }
    CHECK(c.gaps == 0 && c.in_order);
    CHECK(rig_metric("palique_bus_dropped_total") > drops);
    /* The slow one reads at last: what was queued, then a heartbeat that tells what it has missed.
     */
    while (slow.last < (uint64_t)total)
        raw_message(&slow);
    CHECK(slow.gaps >= 1 && slow.events < total);
    free(body);
    close(slow.fd);
    rig_client_end(&c);
    pal_bus_server_free(s.server);
}

/* A raw service that numbers an event, loses it, and sends a heartbeat. */
static void a_heartbeat_reveals_a_lost_last_event(void)
{
    char address[128], out[2048];
    struct rig_client c;
    rig_address(address, sizeof address, "h");
    int listener = rig_raw_listen(address);
    rig_client_start(&c, address, true);
    int fd = accept(listener, NULL, NULL);
    CHECK(fd >= 0);
    size_t n = rig_raw_hello(out, sizeof out, "echo");
    struct pal_frame event = {.kind = PAL_KIND_EVENT, .id = 1201, .request_id = 1, .seq = 1};
    n += rig_raw_message(out + n, sizeof out - n, &event);
    struct pal_frame beat = {.kind = PAL_KIND_HEARTBEAT, .request_id = 1};
    n += rig_raw_message(out + n, sizeof out - n, &beat);
    CHECK(send(fd, out, n, 0) == (ssize_t)n);
    TURN_UNTIL(&c, c.events == 1);
    beat.request_id = 2;
    n = rig_raw_message(out, sizeof out, &beat);
    CHECK(c.gaps == 0 && send(fd, out, n, 0) == (ssize_t)n);
    TURN_UNTIL(&c, c.gaps == 1);
    beat.request_id = 1; /* a stream that runs backwards is not one */
    n = rig_raw_message(out, sizeof out, &beat);
    CHECK(send(fd, out, n, 0) == (ssize_t)n && rig_raw_closed(fd));
    TURN_UNTIL(&c, c.downs == 1);
    rig_client_end(&c);
    close(fd);
    close(listener);
}

static void *interrupt(void *client)
{
    pal_bus_interrupt(client);
    return NULL;
}

static void a_durable_consumer_is_woken(void)
{
    char address[128];
    struct rig_service s;
    struct pal_bus_client *c;
    struct pal_error err;
    uint64_t seen = 0;
    pthread_t thread;
    rig_address(address, sizeof address, "w");
    struct pal_bus_client_config config = {
        .addresses = address, .name = "test", .service = "echo", .subscribe = true};
    CHECK(pal_bus_client_start(&config, &c, &err) == PAL_OK);
    CHECK(!pal_bus_wait_event(c, &seen, 1));
    rig_service_start(&s, address, "echo");
    CHECK(pal_bus_wait_event(c, &seen, RIG_PATIENCE_MS)); /* UP */
    CHECK(!pal_bus_wait_event(c, &seen, 1));
    publish(&s, 1, 3, PAL_STR("{}"));
    CHECK(pal_bus_wait_event(c, &seen, RIG_PATIENCE_MS));
    UNTIL(seen == 4 || (pal_bus_wait_event(c, &seen, 1), seen == 4));
    CHECK(pthread_create(&thread, NULL, interrupt, c) == 0);
    CHECK(pal_bus_wait_event(c, &seen, RIG_PATIENCE_MS));
    pthread_join(thread, NULL);
    pal_bus_client_free(c);
    pal_bus_server_free(s.server);
}

/* One heartbeat for each time that it waits, however much is published; nothing while it does not
 * wait, and then at once what it has missed. */
static void who_only_wants_to_be_woken_gets_no_events(void)
{
    char address[128];
    struct rig_service s;
    struct pal_bus_client *c;
    struct pal_error err;
    uint64_t seen = 0;
    rig_address(address, sizeof address, "o");
    rig_service_start(&s, address, "echo");
    struct pal_bus_client_config config = {.addresses = address,
                                           .name = "test",
                                           .service = "echo",
                                           .subscribe = true,
                                           .wake_only = true};
    CHECK(pal_bus_client_start(&config, &c, &err) == PAL_OK);
    CHECK(pal_bus_wait_event(c, &seen, RIG_PATIENCE_MS)); /* UP */
    CHECK(!pal_bus_wait_event(c, &seen, 1));
    publish(&s, 1, 3, PAL_STR("{}"));
    CHECK(pal_bus_wait_event(c, &seen, RIG_PATIENCE_MS));
    CHECK(seen == 2);
    publish(&s, 4, 3, PAL_STR("{}"));
    pal_bus_pause(c, 1);
    CHECK(pal_bus_wait_event(c, &seen, RIG_PATIENCE_MS));
    CHECK(seen == 3 && !pal_bus_wait_event(c, &seen, 1));
    pal_bus_interrupt(c);
    pal_bus_pause(c, RIG_PATIENCE_MS);
    CHECK(pal_bus_wait_event(c, &seen, RIG_PATIENCE_MS));
    pal_bus_client_free(c);
    pal_bus_server_free(s.server);
}

int main(void)
{
    rig_start();
    every_subscriber_gets_every_event_in_order();
    a_late_subscriber_starts_without_a_gap();
    replies_and_events_keep_their_order();
    a_slow_subscriber_sees_a_gap_and_blocks_nobody();
    a_heartbeat_reveals_a_lost_last_event();
    a_durable_consumer_is_woken();
    who_only_wants_to_be_woken_gets_no_events();
    rig_end();
    return 0;
}
