/* See rig.h. */
#include "rig.h"

#include "base/buf.h"
#include "base/metrics.h"
#include "bus/hello.h"
#include "bus/message.h"

#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];

void rig_breathe(void)
{
    (void)poll(NULL, 0, 1);
}

void rig_start(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/palbusXXXXXX");
    CHECK(mkdtemp(folder));
    pal_bus_init();
}

static void run(const char *const argv[])
{
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        dup2(null, 1);
        dup2(null, 2);
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    int status = -1;
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK(status == 0);
}

void rig_end(void)
{
    run((const char *const[]){"rm", "-rf", folder, NULL});
}

const char *rig_folder(void)
{
    return folder;
}

void rig_path(char *out, size_t n, const char *name)
{
    (void)snprintf(out, n, "%s/%s", folder, name);
}

void rig_address(char *out, size_t n, const char *name)
{
    (void)snprintf(out, n, "ipc://%s/%s", folder, name);
}

int rig_descriptors(void)
{
    DIR *d = opendir("/proc/self/fd");
    int n = -3; /* ".", ".." and d itself */
    CHECK(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

int64_t rig_metric(const char *name)
{
    return pal_metric_value(pal_counter(name, NULL, ""));
}

/* ---- service
 * -------------------------------------------------------------------------------------- */

static void on_request(void *ctx, struct pal_bus_peer *peer, const struct pal_frame *f,
                       struct pal_blob *blob)
{
    struct rig_service *s = ctx;
    (void)blob;
    atomic_fetch_add(&s->requests, 1);
    if (f->id == 999)
        return;
    struct pal_frame reply = *f;
    reply.kind = PAL_KIND_REPLY;
    reply.status = 200;
    struct pal_blob *b = bus_frame_blob(&reply);
    CHECK(b);
    pal_bus_peer_send(peer, b);
    pal_blob_unref(b);
}

struct pal_bus_server_config rig_service_config(struct rig_service *s, const char *address,
                                                const char *name)
{
    atomic_init(&s->requests, 0);
    return (struct pal_bus_server_config){
        .address = address, .name = name, .on_request = on_request, .ctx = s, .heartbeat_ms = 50};
}

void rig_service_start(struct rig_service *s, const char *address, const char *name)
{
    struct pal_error err = {0};
    struct pal_bus_server_config config = rig_service_config(s, address, name);
    enum pal_code code = pal_bus_server_start(&config, &s->server, &err);
    if (code != PAL_OK)
        (void)fprintf(stderr, "%s\n", err.detail);
    CHECK(code == PAL_OK);
}

/* ---- client
 * --------------------------------------------------------------------------------------- */

static void wake(void *ctx)
{
    uint64_t one = 1;
    CHECK(write(((struct rig_client *)ctx)->wake_fd, &one, sizeof one) == (ssize_t)sizeof one);
}

static void wedged(void *ctx)
{
    atomic_fetch_add(&((struct rig_client *)ctx)->wedges, 1);
}

static void on_event(void *ctx, const struct pal_frame *f, struct pal_blob *blob)
{
    struct rig_client *c = ctx;
    (void)blob;
    c->events++;
    if (f->seq != c->last_seq + 1 && c->gaps == 0)
        c->in_order = false;
    if (f->seq <= c->last_seq)
        c->in_order = false;
    c->last_seq = f->seq;
}

static void on_note(void *ctx, enum pal_bus_note note, unsigned replica)
{
    struct rig_client *c = ctx;
    (void)replica;
    c->ups += note == PAL_BUS_UP;
    c->downs += note == PAL_BUS_DOWN;
    c->gaps += note == PAL_BUS_GAP;
}

void rig_on_reply(void *arg, enum pal_code code, const struct pal_frame *reply)
{
    struct rig_client *c = arg;
    c->last_code = code;
    if (code != PAL_OK) {
        CHECK(!reply);
        c->failures++;
        return;
    }
    c->replies++;
    c->last_channel = reply->channel;
    size_t n = reply->body.n < sizeof c->body - 1 ? reply->body.n : sizeof c->body - 1;
    if (n > 0)
        memcpy(c->body, reply->body.p, n);
    c->body[n] = '\0';
}

void rig_client_config(struct rig_client *c, struct pal_bus_client_config *config,
                       const char *addresses)
{
    *c = (struct rig_client){.in_order = true};
    c->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    CHECK(c->wake_fd >= 0);
    c->handlers = (struct pal_bus_handlers){on_event, on_note, c};
    *config = (struct pal_bus_client_config){.addresses = addresses,
                                             .name = "test",
                                             .service = "echo",
                                             .wake = wake,
                                             .ctx = c,
                                             .wedged = wedged};
}

void rig_client_start(struct rig_client *c, const char *addresses, bool subscribe)
{
    struct pal_bus_client_config config;
    struct pal_error err;
    rig_client_config(c, &config, addresses);
    config.subscribe = subscribe;
    CHECK(pal_bus_client_start(&config, &c->client, &err) == PAL_OK);
}

void rig_client_end(struct rig_client *c)
{
    pal_bus_client_free(c->client);
    c->client = NULL;
    close(c->wake_fd);
}

void rig_turn(struct rig_client *c)
{
    uint64_t n;
    pal_bus_flush(c->client);
    if (read(c->wake_fd, &n, sizeof n) == (ssize_t)sizeof n)
        pal_bus_dispatch(c->client, &c->handlers);
}

void rig_wait(struct rig_client *c)
{
    struct pollfd p = {c->wake_fd, POLLIN, 0};
    pal_bus_flush(c->client);
    CHECK(poll(&p, 1, RIG_PATIENCE_MS) == 1);
    rig_turn(c);
}

/* ---- raw peers
 * ------------------------------------------------------------------------------------ */

static struct sockaddr_un unix_address(const char *address)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    (void)snprintf(sa.sun_path, sizeof sa.sun_path, "%.100s", address + strlen("ipc://"));
    return sa;
}

int rig_raw_connect(const char *address)
{
    struct sockaddr_un sa = unix_address(address);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&sa, sizeof sa) == 0);
    return fd;
}

int rig_raw_listen(const char *address)
{
    struct sockaddr_un sa = unix_address(address);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&sa, sizeof sa) == 0 && listen(fd, 64) == 0);
    return fd;
}

bool rig_raw_closed(int fd)
{
    char sink[4096];
    struct pollfd p = {fd, POLLIN, 0};
    while (poll(&p, 1, RIG_PATIENCE_MS) == 1)
        if (recv(fd, sink, sizeof sink, MSG_DONTWAIT) <= 0)
            return true;
    return false;
}

size_t rig_raw_message(char *out, size_t size, const struct pal_frame *f)
{
    struct pal_blob *b = bus_frame_blob(f);
    CHECK(b && b->n + BUS_LENGTH <= size);
    bus_put_length((uint8_t *)out, b->n);
    memcpy(out + BUS_LENGTH, b->data, b->n);
    size_t n = b->n + BUS_LENGTH;
    pal_blob_unref(b);
    return n;
}

size_t rig_raw_hello(char *out, size_t size, const char *service)
{
    struct bus_hello h = {.name = "raw"};
    (void)snprintf(h.service, sizeof h.service, "%s", service);
    struct pal_blob *b = bus_hello_encode(&h);
    CHECK(b && b->n + BUS_LENGTH <= size);
    bus_put_length((uint8_t *)out, b->n);
    memcpy(out + BUS_LENGTH, b->data, b->n);
    size_t n = b->n + BUS_LENGTH;
    pal_blob_unref(b);
    return n;
}

int rig_free_port(void)
{
    struct sockaddr_in sa = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof sa;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&sa, n) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&sa, &n) == 0);
    close(fd);
    return ntohs(sa.sin_port);
}

/* ---- certificates
 * ---------------------------------------------------------------------------------- */

void rig_make_ca(const char *ca)
{
    char key[128], crt[128];
    (void)snprintf(key, sizeof key, "%s/%s.key", folder, ca);
    (void)snprintf(crt, sizeof crt, "%s/%s.pem", folder, ca);
    run((const char *const[]){"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                              "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                              "/CN=test ca", "-keyout", key, "-out", crt, NULL});
}

static void append_file(const char *to, const char *from)
{
    char text[8192];
    FILE *in = fopen(from, "re"), *out = fopen(to, "ae");
    CHECK(in && out);
    size_t n = fread(text, 1, sizeof text, in);
    CHECK(n > 0 && n < sizeof text && fwrite(text, 1, n, out) == n);
    (void)fclose(in);
    (void)fclose(out);
}

void rig_make_cert(const char *ca, const char *name)
{
    char key[128], csr[128], crt[128], ca_key[128], ca_crt[128], ext[128];
    (void)snprintf(key, sizeof key, "%s/%s.key", folder, name);
    (void)snprintf(csr, sizeof csr, "%s/%s.csr", folder, name);
    (void)snprintf(crt, sizeof crt, "%s/%s.pem", folder, name);
    (void)snprintf(ext, sizeof ext, "%s/%s.ext", folder, name);
    (void)snprintf(ca_key, sizeof ca_key, "%s/%s.key", folder, ca);
    (void)snprintf(ca_crt, sizeof ca_crt, "%s/%s.pem", folder, ca);
    FILE *f = fopen(ext, "we");
    CHECK(f && fputs("subjectAltName=DNS:localhost\n", f) >= 0 && fclose(f) == 0);
    run((const char *const[]){"openssl", "req", "-newkey", "ec", "-pkeyopt",
                              "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost",
                              "-keyout", key, "-out", csr, NULL});
    run((const char *const[]){"openssl", "x509", "-req", "-in", csr, "-CA", ca_crt, "-CAkey",
                              ca_key, "-CAcreateserial", "-days", "2", "-extfile", ext, "-out", crt,
                              NULL});
    append_file(crt, key);
}
