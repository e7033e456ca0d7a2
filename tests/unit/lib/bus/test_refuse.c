/* Peers that are not ours, or not well: junk, silence, half frames, wrong service. The service
 * stays up and keeps serving; nothing is left behind. */
#include "rig.h"

#include "base/id.h"
#include "base/limits.h"
#include "bus/message.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void still_serves(const char *address)
{
    struct rig_client c;
    rig_client_start(&c, address, false);
    TURN_UNTIL(&c, c.ups == 1);
    struct pal_frame f = {.id = 1};
    pal_bus_request(c.client, 0, &f, rig_on_reply, &c);
    TURN_UNTIL(&c, c.replies == 1);
    rig_client_end(&c);
}

static void send_and_expect_close(const char *address, const char *p, size_t n)
{
    int fd = rig_raw_connect(address);
    (void)send(fd, p, n, MSG_NOSIGNAL);
    CHECK(rig_raw_closed(fd));
    close(fd);
}

static void junk_closes_the_connection(const char *address)
{
    char out[8192];
    for (int i = 0; i < 200; i++) {
        pal_random(out, 64);
        out[0] = (char)(out[0] | 1); /* as a length: over 16 MiB */
        send_and_expect_close(address, out, 64);
    }
    send_and_expect_close(address, "\xff\xff\xff\xff", 4);
    send_and_expect_close(address, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27);
    struct pal_frame f = {.kind = PAL_KIND_REQUEST, .id = 1}; /* before HELLO */
    size_t n = rig_raw_message(out, sizeof out, &f);
    send_and_expect_close(address, out, n);
    memset(out + 4, 0, 128); /* the right length, not a frame */
    send_and_expect_close(address, out, n);
    n = rig_raw_hello(out, sizeof out, "another");
    send_and_expect_close(address, out, n);
    n = rig_raw_hello(out, sizeof out, "echo");
    out[4 + 2] = 99; /* frame version */
    send_and_expect_close(address, out, n);
    still_serves(address);
}

static void after_hello_too(const char *address)
{
    static const uint8_t kinds[] = {PAL_KIND_HELLO, PAL_KIND_REPLY, PAL_KIND_EVENT};
    char out[8192];
    for (size_t i = 0; i < sizeof kinds; i++) {
        size_t n = rig_raw_hello(out, sizeof out, "echo");
        struct pal_frame f = {.kind = kinds[i], .id = 1};
        n += rig_raw_message(out + n, sizeof out - n, &f);
        send_and_expect_close(address, out, n);
    }
    size_t n = rig_raw_hello(out, sizeof out, "echo");
    bus_put_length((uint8_t *)out + n, (size_t)PAL_BUS_BATCH_MAX + 1);
    send_and_expect_close(address, out, n + 4);
    struct pal_frame f = {.kind = PAL_KIND_REQUEST, .id = 1, .body = PAL_STR("{}")};
    size_t m = rig_raw_message(out + n, sizeof out - n, &f);
    bus_put_length((uint8_t *)out + n, m - 4 - 1); /* the frame is cut short */
    send_and_expect_close(address, out, n + m);
    still_serves(address);
}

static void half_messages_end_with_their_peer(const char *address, struct rig_service *s)
{
    char out[8192];
    int served = atomic_load(&s->requests);
    size_t n = rig_raw_hello(out, sizeof out, "echo");
    struct pal_frame f = {.kind = PAL_KIND_REQUEST, .id = 1, .body = PAL_STR("{\"a\":1}")};
    size_t m = n + rig_raw_message(out + n, sizeof out - n, &f);
    for (size_t cut = 1; cut < m; cut++) {
        int fd = rig_raw_connect(address);
        CHECK(send(fd, out, cut, MSG_NOSIGNAL) == (ssize_t)cut);
        close(fd);
    }
    CHECK(atomic_load(&s->requests) == served);
    still_serves(address);
}

static void thousands_of_silent_connections_leave_room(const char *address)
{
    enum { MANY = 2000 };
    int *fd = calloc(MANY, sizeof *fd);
    CHECK(fd);
    for (int i = 0; i < MANY; i++)
        fd[i] = rig_raw_connect(address);
    still_serves(address);
    CHECK(rig_raw_closed(fd[0])); /* the oldest silent ones went first */
    for (int i = 0; i < MANY; i++)
        close(fd[i]);
    free(fd);
    still_serves(address);
}

static void a_client_refuses_another_service(void)
{
    char address[128];
    struct rig_service s;
    struct rig_client c;
    struct pal_bus_client_config config;
    struct pal_error err;
    rig_address(address, sizeof address, "other");
    rig_service_start(&s, address, "echo");
    int64_t before = rig_metric("palique_bus_refused_total");
    rig_client_config(&c, &config, address);
    config.service = "chat";
    CHECK(pal_bus_client_start(&config, &c.client, &err) == PAL_OK);
    UNTIL(rig_metric("palique_bus_refused_total") > before);
    CHECK(!pal_bus_client_ready(c.client));
    rig_client_end(&c);
    pal_bus_server_free(s.server);
}

/* The service's side of the same: a raw listener says that it is something else. */
static void a_client_refuses_who_says_something_else(void)
{
    char address[128], out[1024], in[1024];
    struct rig_client c;
    rig_address(address, sizeof address, "liar");
    int listener = rig_raw_listen(address);
    rig_client_start(&c, address, false);
    int fd = accept(listener, NULL, NULL);
    CHECK(fd >= 0 && recv(fd, in, sizeof in, 0) > 0);
    size_t n = rig_raw_hello(out, sizeof out, "chat");
    CHECK(send(fd, out, n, 0) == (ssize_t)n);
    CHECK(rig_raw_closed(fd));
    rig_turn(&c);
    CHECK(c.ups == 0);
    rig_client_end(&c);
    close(fd);
    close(listener);
}

int main(void)
{
    char address[128];
    struct rig_service s;
    rig_start();
    rig_address(address, sizeof address, "a");
    int before = rig_descriptors();
    rig_service_start(&s, address, "echo");
    junk_closes_the_connection(address);
    after_hello_too(address);
    half_messages_end_with_their_peer(address, &s);
    thousands_of_silent_connections_leave_room(address);
    pal_bus_server_free(s.server);
    a_client_refuses_another_service();
    a_client_refuses_who_says_something_else();
    UNTIL(rig_descriptors() <= before);
    rig_end();
    return 0;
}
