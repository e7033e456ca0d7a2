/* What a message over the bus costs: round trips one at a time and many at once, events to one
 * subscriber; time and CPU of both processes. bus_bench [ipc|tls]. Prints, asserts nothing. */
#include "base/buf.h"
#include "rig.h"

#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SERIAL = 20000, MANY = 500000, WINDOW = 512, BODY = 300 - PAL_FRAME_HEADER, BATCH = 16 };

extern char **environ;

static char address[160], ca_file[160], cert_file[160];

static int64_t cpu_of(int who)
{
    struct rusage u;
    getrusage(who, &u);
    return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * INT64_C(1000000) + u.ru_utime.tv_usec +
           u.ru_stime.tv_usec;
}

/* CPU of the service so far: it answers command 2 with it, in the reply's seq. */
static struct pal_bus_server *server;

static void on_request(void *ctx, struct pal_bus_peer *peer, const struct pal_frame *f,
                       struct pal_blob *blob)
{
    (void)ctx;
    (void)blob;
    struct pal_frame reply = *f;
    struct pal_buf b;
    if (f->id == 3) {
        for (uint64_t i = 0; i < f->seq; i += BATCH) {
            struct pal_frame events[BATCH];
            for (uint64_t k = 0; k < BATCH; k++)
                events[k] = (struct pal_frame){.id = 1201, .seq = i + k + 1, .body = f->body};
            pal_bus_publish(server, events, BATCH);
        }
    }
    reply.kind = PAL_KIND_REPLY;
    reply.status = 200;
    reply.seq = f->id == 2 ? (uint64_t)cpu_of(RUSAGE_SELF) : 0;
    pal_buf_init(&b, PAL_FRAME_HEADER + f->body.n);
    pal_frame_encode(&reply, &b);
    struct pal_blob *out = pal_blob_new(b.p, b.n);
    pal_bus_peer_send(peer, out);
    pal_blob_unref(out);
    pal_buf_fini(&b);
}

static int service_main(void)
{
    struct pal_error err;
    struct pal_bus_server_config config = {
        .address = address, .name = "echo", .on_request = on_request};
    config.security = (struct pal_bus_security){ca_file, cert_file, false};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    pal_bus_init();
    CHECK(pal_bus_server_start(&config, &server, &err) == PAL_OK);
    for (;;)
        pause();
}

static struct pal_frame ask(struct pal_bus_client *c, uint16_t id, uint64_t seq,
                            struct pal_arena *arena)
{
    char body[BODY] = {0};
    struct pal_frame f = {.id = id, .seq = seq, .body = {body, sizeof body}}, reply;
    struct pal_error err;
    CHECK(pal_bus_call(c, 0, &f, arena, &reply, &err) == PAL_OK);
    pal_arena_reset(arena);
    return reply;
}

struct meter {
    int64_t wall, own, theirs;
};

static struct meter now(struct pal_bus_client *c, struct pal_arena *arena)
{
    int64_t theirs = (int64_t)ask(c, 2, 0, arena).seq;
    return (struct meter){pal_mono_us(), cpu_of(RUSAGE_SELF), theirs};
}

static void report(const char *what, int64_t n, struct meter a, struct meter b)
{
    double wall = (double)(b.wall - a.wall), count = (double)n;
    printf("%-34s %9.0f/s, %6.1f us each, CPU %5.1f us client + %5.1f us service\n", what,
           count / wall * 1e6, wall / count, (double)(b.own - a.own) / count,
           (double)(b.theirs - a.theirs) / count);
}

static void one_at_a_time(struct pal_bus_client *calls, struct pal_arena *arena)
{
    struct meter a = now(calls, arena);
    for (int i = 0; i < SERIAL; i++)
        (void)ask(calls, 1, 0, arena);
    report("round trips one at a time", SERIAL, a, now(calls, arena));
}

static void many_at_once(struct pal_bus_client *calls, struct rig_client *c,
                         struct pal_arena *arena)
{
    char body[BODY] = {0};
    int sent = 0;
    struct meter a = now(calls, arena);
    while (c->replies < MANY) {
        while (sent < MANY && sent - c->replies < WINDOW) {
            struct pal_frame f = {.id = 1, .body = {body, sizeof body}};
            pal_bus_request(c->client, 0, &f, rig_on_reply, c);
            sent++;
        }
        rig_wait(c);
    }
    report("round trips, 512 outstanding", MANY, a, now(calls, arena));
}

static void events(struct pal_bus_client *calls, struct rig_client *c, struct pal_arena *arena)
{
    struct meter a = now(calls, arena);
    for (int n = 0; n < MANY; n += MANY / 50) {
        (void)ask(calls, 3, MANY / 50, arena);
        while (c->events < n + MANY / 50)
            rig_wait(c);
    }
    report("events, 16 in a commit", c->events, a, now(calls, arena));
}

static void run(void)
{
    struct pal_bus_client_config config = {
        .addresses = address, .name = "bench", .service = "echo"};
    struct pal_bus_client_config owner;
    struct pal_bus_client *calls;
    struct rig_client c;
    struct pal_error err;
    struct pal_arena arena;
    config.security = (struct pal_bus_security){ca_file, cert_file, false};
    rig_client_config(&c, &owner, address);
    owner.subscribe = true;
    owner.security = config.security;
    CHECK(pal_bus_client_start(&config, &calls, &err) == PAL_OK);
    CHECK(pal_bus_client_start(&owner, &c.client, &err) == PAL_OK);
    UNTIL(pal_bus_client_ready(calls));
    TURN_UNTIL(&c, c.ups == 1);
    pal_arena_init(&arena, 64 << 10);
    one_at_a_time(calls, &arena);
    many_at_once(calls, &c, &arena);
    events(calls, &c, &arena);
    pal_arena_fini(&arena);
    pal_bus_client_free(calls);
    rig_client_end(&c);
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "--service") == 0) {
        (void)snprintf(address, sizeof address, "%s", argv[2]);
        (void)snprintf(ca_file, sizeof ca_file, "%s", argv[3]);
        (void)snprintf(cert_file, sizeof cert_file, "%s", argv[4]);
        return service_main();
    }
    char program[] = "/proc/self/exe", flag[] = "--service";
    pid_t pid;
    rig_start();
    rig_make_ca("ca");
    rig_make_cert("ca", "node");
    rig_path(ca_file, sizeof ca_file, "ca.pem");
    rig_path(cert_file, sizeof cert_file, "node.pem");
    if (argc > 1 && strcmp(argv[1], "tls") == 0)
        (void)snprintf(address, sizeof address, "tls+tcp://localhost:%d", rig_free_port());
    else
        rig_address(address, sizeof address, "bench");
    char *args[] = {program, flag, address, ca_file, cert_file, NULL};
    CHECK(posix_spawn(&pid, program, NULL, NULL, args, environ) == 0);
    run();
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    rig_end();
    return 0;
}
