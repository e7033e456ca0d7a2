/* The kill test of the bus: a survivor keeps 300-byte requests, replies and events going at full
 * load while its peer is killed with SIGKILL and started again, many times. After every kill
 * traffic must flow again and no descriptor may stay behind.
 *
 *   bus_kill [kills [client|server|both [ipc|tls|both]]]      who survives, over what; 30 both both
 *
 * The peer is this program again (nng must not be used after a fork). */
#include "rig.h"

#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WINDOW = 512, BODY = 300 - PAL_FRAME_HEADER, ENOUGH = 2000 };

extern char **environ;

static char address[160], ca_file[160], cert_file[160];

static struct pal_bus_security security(void)
{
    return (struct pal_bus_security){ca_file, cert_file, false};
}

/* ---- a service under load
 * -------------------------------------------------------------------------- */

static void echo_start(struct rig_service *s)
{
    struct pal_error err = {0};
    struct pal_bus_server_config config = rig_service_config(s, address, "echo");
    config.security = security();
    for (int64_t until = pal_mono_ms() + RIG_PATIENCE_MS;;) {
        if (pal_bus_server_start(&config, &s->server, &err) == PAL_OK)
            return;
        if (pal_mono_ms() > until)
            (void)fprintf(stderr, "%s\n", err.detail);
        CHECK(pal_mono_ms() < until);
        rig_breathe();
    }
}

/* Publishes as fast as requests come in: never faster than somebody reads. */
static void publish_some(struct rig_service *s, uint64_t *seq, int *seen)
{
    char body[BODY] = {0};
    int requests = atomic_load(&s->requests);
    for (; *seen < requests; (*seen)++) {
        struct pal_frame f = {.id = 1200, .channel = 1, .seq = ++*seq, .body = {body, sizeof body}};
        pal_bus_publish(s->server, &f, 1);
    }
}

/* ---- a client under load
 * --------------------------------------------------------------------------- */

struct load {
    struct rig_client c;
    int open; /* requests without an answer */
};

static void on_answer(void *arg, enum pal_code code, const struct pal_frame *reply)
{
    struct load *l = arg;
    l->open--;
    rig_on_reply(&l->c, code, reply);
}

static void load_start(struct load *l)
{
    struct pal_bus_client_config config;
    struct pal_error err;
    rig_client_config(&l->c, &config, address);
    l->open = 0;
    config.subscribe = true;
    config.security = security();
    CHECK(pal_bus_client_start(&config, &l->c.client, &err) == PAL_OK);
}

static void load_turn(struct load *l)
{
    char body[BODY] = {0};
    bool ready = pal_bus_client_ready(l->c.client);
    while (ready && l->open < WINDOW) {
        struct pal_frame f = {.id = 1, .body = {body, sizeof body}};
        l->open++;
        pal_bus_request(l->c.client, 0, &f, on_answer, l);
    }
    rig_turn(&l->c);
}

/* ---- the peer that is killed
 * ------------------------------------------------------------------------ */

static void peer_client(void)
{
    struct load l;
    load_start(&l);
    for (;;) {
        load_turn(&l);
        rig_breathe();
    }
}

static void peer_server(void)
{
    struct rig_service s;
    uint64_t seq = 0;
    int seen = 0;
    echo_start(&s);
    for (;;) {
        publish_some(&s, &seq, &seen);
        rig_breathe();
    }
}

static pid_t peer_start(const char *role)
{
    pid_t pid;
    char program[] = "/proc/self/exe", flag[] = "--peer", kind[8];
    (void)snprintf(kind, sizeof kind, "%s", role);
    char *argv[] = {program, flag, kind, address, ca_file, cert_file, NULL};
    CHECK(posix_spawn(&pid, program, NULL, NULL, argv, environ) == 0);
    return pid;
}

static void peer_kill(pid_t pid)
{
    CHECK(kill(pid, SIGKILL) == 0);
    CHECK(waitpid(pid, NULL, 0) == pid);
}

/* ---- the survivor
 * ----------------------------------------------------------------------------------- */

struct result {
    int64_t messages, worst_ms, sum_ms;
};

static void count(struct result *r, int64_t since_ms)
{
    int64_t ms = pal_mono_ms() - since_ms;
    r->sum_ms += ms;
    r->worst_ms = ms > r->worst_ms ? ms : r->worst_ms;
}

static void client_survives(int kills, struct result *r)
{
    struct load l;
    int baseline = 0;
    load_start(&l);
    for (int i = 0; i <= kills; i++) {
        int64_t start = pal_mono_ms();
        int replies = l.c.replies;
        pid_t pid = peer_start("server");
        UNTIL((load_turn(&l), l.c.replies > replies));
        if (i > 0)
            count(r, start);
        UNTIL((load_turn(&l), l.c.replies > replies + ENOUGH && l.c.events > 0));
        if (i == 0)
            baseline = rig_descriptors();
        UNTIL((load_turn(&l), rig_descriptors() <= baseline));
        peer_kill(pid);
        l.c.events = 0;
    }
    r->messages = l.c.replies;
    rig_client_end(&l.c);
}

static void server_survives(int kills, struct result *r)
{
    struct rig_service s;
    uint64_t seq = 0;
    int seen = 0, baseline = 0;
    echo_start(&s);
    for (int i = 0; i <= kills; i++) {
        int64_t start = pal_mono_ms();
        int requests = atomic_load(&s.requests);
        pid_t pid = peer_start("client");
        UNTIL((publish_some(&s, &seq, &seen), atomic_load(&s.requests) > requests));
        if (i > 0)
            count(r, start);
        UNTIL((publish_some(&s, &seq, &seen), atomic_load(&s.requests) > requests + ENOUGH));
        if (i == 0)
            baseline = rig_descriptors();
        UNTIL((publish_some(&s, &seq, &seen), rig_descriptors() <= baseline));
        peer_kill(pid);
    }
    r->messages = atomic_load(&s.requests);
    pal_bus_server_free(s.server);
}

static void run(int kills, const char *role, const char *transport)
{
    struct result r = {0};
    int before = rig_descriptors();
    int64_t found = rig_metric("palique_bus_found_dead_total");
    if (strcmp(transport, "ipc") == 0)
        rig_address(address, sizeof address, role);
    else
        (void)snprintf(address, sizeof address, "tls+tcp://localhost:%d", rig_free_port());
    if (strcmp(role, "client") == 0)
        client_survives(kills, &r);
    else
        server_survives(kills, &r);
    UNTIL(rig_descriptors() <= before);
    found = rig_metric("palique_bus_found_dead_total") - found;
    printf(
        "%s survives, %s: %d of %d kills, %lld messages, no descriptor left; traffic again after "
        "%lld ms on average, %lld at worst; %lld found dead by the clock\n",
        role, transport, kills, kills, (long long)r.messages,
        (long long)(kills > 0 ? r.sum_ms / kills : 0), (long long)r.worst_ms, (long long)found);
    (void)fflush(stdout);
}

int main(int argc, char **argv)
{
    static const char *const roles[] = {"client", "server"}, *const transports[] = {"ipc", "tls"};
    if (argc == 6 && strcmp(argv[1], "--peer") == 0) {
        (void)snprintf(address, sizeof address, "%s", argv[3]);
        (void)snprintf(ca_file, sizeof ca_file, "%s", argv[4]);
        (void)snprintf(cert_file, sizeof cert_file, "%s", argv[5]);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        pal_bus_init();
        strcmp(argv[2], "client") == 0 ? peer_client() : peer_server();
    }
    int64_t kills = 30;
    CHECK(argc < 2 || pal_parse_i64(pal_str_of(argv[1]), &kills));
    const char *role = argc > 2 ? argv[2] : "both", *transport = argc > 3 ? argv[3] : "both";
    rig_start();
    rig_make_ca("ca");
    rig_make_cert("ca", "node");
    rig_path(ca_file, sizeof ca_file, "ca.pem");
    rig_path(cert_file, sizeof cert_file, "node.pem");
    for (int i = 0; i < 4; i++) {
        const char *a = roles[i / 2], *b = transports[i % 2];
        if ((strcmp(role, "both") == 0 || strcmp(role, a) == 0) &&
            (strcmp(transport, "both") == 0 || strcmp(transport, b) == 0))
            run((int)kills, a, b);
    }
    rig_end();
    return 0;
}
