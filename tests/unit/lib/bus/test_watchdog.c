/* The watchdog believes in a wedge only when plain system calls get through, nng does not, and that
 * for long. */
#include "rig.h"

#include "bus/watchdog.h"

#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void it_takes_uninterrupted_evidence(void)
{
    struct bus_watchdog w = {0};
    CHECK(!bus_watchdog_step(&w, 1000, true, 0, 100));
    CHECK(!bus_watchdog_step(&w, 1099, true, 0, 100));
    CHECK(bus_watchdog_step(&w, 1100, true, 0, 100));
    CHECK(!bus_watchdog_step(&w, 1200, false, 0, 100)); /* not reached: starts anew */
    CHECK(!bus_watchdog_step(&w, 1300, true, 0, 100));
    CHECK(!bus_watchdog_step(&w, 1399, true, 1, 100)); /* nng got somewhere: starts anew */
    CHECK(!bus_watchdog_step(&w, 1450, true, 1, 100));
    CHECK(!bus_watchdog_step(&w, 1549, true, 1, 100));
    CHECK(bus_watchdog_step(&w, 1550, true, 1, 100));
}

/* A raw service that answers a greeting only when `to` stands in it; "": nobody's. */
struct picky {
    int listener;
    const char *to;
    atomic_bool stop;
    atomic_int accepted;
};

static void serve_one(struct picky *p, int fd)
{
    char in[1024], out[1024];
    ssize_t n = recv(fd, in, sizeof in, 0);
    atomic_fetch_add(&p->accepted, 1);
    if (n <= 0 || !p->to[0] || !memmem(in, (size_t)n, p->to, strlen(p->to)))
        return;
    size_t m = rig_raw_hello(out, sizeof out, "echo");
    (void)send(fd, out, m, MSG_NOSIGNAL);
}

static void *serve(void *arg)
{
    struct picky *p = arg;
    int kept[64], n = 0;
    while (!atomic_load(&p->stop)) {
        struct pollfd f = {p->listener, POLLIN, 0};
        if (poll(&f, 1, 20) != 1)
            continue;
        int fd = accept(p->listener, NULL, NULL);
        CHECK(fd >= 0);
        if (n == 64)
            close(kept[--n]);
        kept[n++] = fd; /* stays open and silent */
        serve_one(p, fd);
    }
    while (n > 0)
        close(kept[--n]);
    return NULL;
}

static void with_a_service_that_answers(const char *name, const char *to, int looks, int wedges)
{
    char address[128];
    struct rig_client c;
    struct pal_bus_client_config config;
    struct pal_error err;
    pthread_t thread;
    struct picky p = {.to = to};
    rig_address(address, sizeof address, name);
    p.listener = rig_raw_listen(address);
    CHECK(pthread_create(&thread, NULL, serve, &p) == 0);
    rig_client_config(&c, &config, address);
    config.watchdog_ms = 2000;
    CHECK(pal_bus_client_start(&config, &c.client, &err) == PAL_OK);
    int64_t before = rig_metric("palique_bus_wedged_total");
    UNTIL(atomic_load(&p.accepted) >= looks && atomic_load(&c.wedges) >= wedges);
    CHECK(atomic_load(&c.wedges) == wedges);
    CHECK(rig_metric("palique_bus_wedged_total") == before + wedges);
    rig_client_end(&c); /* does not wait for a library that is believed to hang */
    atomic_store(&p.stop, true);
    pthread_join(thread, NULL);
    close(p.listener);
}

int main(void)
{
    rig_start();
    it_takes_uninterrupted_evidence();
    with_a_service_that_answers("mute", "", 4, 0);        /* the service's fault */
    with_a_service_that_answers("deaf", "(probe)", 3, 1); /* what nng sends gets no answer */
    rig_end();
    return 0;
}
