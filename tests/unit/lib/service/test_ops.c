/* The operations port, over its socket: the three paths, and what must not harm it. */
#include "service/listen.h"
#include "service/ops.h"

#include "base/metrics.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECK(condition)                                                    \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                        \
        }                                                                   \
    } while (0)

static atomic_bool ready;
static char folder[64], address[96];

static bool is_ready(void *ctx, char why[120])
{
    (void)ctx;
    snprintf(why, 120, "no database");
    return atomic_load(&ready);
}

/* The whole answer to what is sent. */
static void ask(const char *bytes, size_t n, char *out, size_t cap)
{
    int fd = pal_ops_connect(address);
    CHECK(fd >= 0);
    CHECK(send(fd, bytes, n, MSG_NOSIGNAL) == (ssize_t)n);
    size_t got = 0;
    ssize_t more;
    while (got < cap - 1 && (more = recv(fd, out + got, cap - 1 - got, 0)) > 0)
        got += (size_t)more;
    out[got] = '\0';
    close(fd);
}

static char *get(const char *request)
{
    static char answer[256 << 10];
    ask(request, strlen(request), answer, sizeof answer);
    return answer;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static void three_paths_are_served(void)
{
    CHECK(begins(get("GET /livez HTTP/1.0\r\n\r\n"), "HTTP/1.0 200 OK"));
    CHECK(begins(get("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n"), "HTTP/1.0 503 "));
    CHECK(strstr(get("GET /readyz HTTP/1.0\r\n\r\n"), "no database"));
    atomic_store(&ready, true);
    CHECK(begins(get("GET /readyz?x=1 HTTP/1.0\r\n\r\n"), "HTTP/1.0 200 OK"));
    pal_metric_add(pal_counter("test_things_total", NULL, "Things"), 5);
    CHECK(strstr(get("GET /metrics HTTP/1.0\n\n"), "test_things_total 5"));
}

static void nothing_else_is(void)
{
    CHECK(begins(get("GET / HTTP/1.0\r\n\r\n"), "HTTP/1.0 404 "));
    CHECK(begins(get("POST /livez HTTP/1.0\r\n\r\n"), "HTTP/1.0 405 "));
    CHECK(begins(get("\r\n\r\n"), "HTTP/1.0 405 "));
    CHECK(begins(get("GET\r\n\r\n"), "HTTP/1.0 404 "));
}

static void a_request_without_end_is_refused(void)
{
    char junk[2048], answer[512];
    memset(junk, 'a', sizeof junk);
    ask(junk, sizeof junk, answer, sizeof answer);
    CHECK(begins(answer, "HTTP/1.0 431 "));
}

/* Connections over the bound are closed; the others stay, and there is room again when they go. */
static void idle_connections_are_bounded(void)
{
    enum { MANY = 64 };
    int fds[MANY];
    int open = 0;
    char c;
    for (int i = 0; i < MANY; i++) {
        fds[i] = pal_ops_connect(address);
        CHECK(fds[i] >= 0);
    }
    for (int i = MANY - 1; i >= 0; i--)
        open += recv(fds[i], &c, 1, MSG_DONTWAIT) < 0;
    CHECK(open > 0);
    for (int i = 0; i < MANY; i++)
        close(fds[i]);
    while (!begins(get("GET /livez HTTP/1.0\r\n\r\n"), "HTTP/1.0 200 OK"))
        ;
}

static void the_socket_is_for_this_user_only(void)
{
    struct stat st;
    CHECK(stat(address + 5, &st) == 0 && (st.st_mode & 0777) == 0600);
}

static void wrong_addresses_are_told(void)
{
    struct pal_ops *none = NULL;
    struct pal_error err = {0};
    CHECK(pal_ops_start("nonsense", is_ready, NULL, &none, &err) != PAL_OK && err.detail[0]);
    CHECK(pal_ops_start("unix:/nonexistent/folder/x", is_ready, NULL, &none, &err) != PAL_OK);
    CHECK(pal_ops_start("127.0.0.1:http!", is_ready, NULL, &none, &err) != PAL_OK);
}

int main(void)
{
    struct pal_ops *ops = NULL;
    struct pal_error err = {0};
    snprintf(folder, sizeof folder, "/tmp/palique-ops.XXXXXX");
    CHECK(mkdtemp(folder));
    snprintf(address, sizeof address, "unix:%s/ops", folder);
    CHECK(pal_ops_start(address, is_ready, NULL, &ops, &err) == PAL_OK);
    three_paths_are_served();
    nothing_else_is();
    a_request_without_end_is_refused();
    idle_connections_are_bounded();
    the_socket_is_for_this_user_only();
    wrong_addresses_are_told();
    pal_ops_free(ops);
    CHECK(rmdir(folder) == 0); /* the socket went with it */
    return 0;
}
