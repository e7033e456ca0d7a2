/* The listening socket: tcp ("host:port", "[::1]:port", "*:port") or a unix socket ("unix:/path",
 * 0600). A socket file that nobody answers on is left over from a crash and is removed; one that
 * answers is somebody else's. */
#include "http/steps.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

static enum pal_code fail(struct pal_error *err, const char *listen, const char *why)
{
    return pal_error_set(err, &pal_err_service_internal, "listening on %s: %s", listen, why);
}

static bool answers(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return true;
    /* EAGAIN: its backlog is full, so somebody is there. */
    bool alive = connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 ||
                 (errno != ECONNREFUSED && errno != ENOENT);
    (void)close(fd);
    return alive;
}

static enum pal_code listen_unix(struct pal_front *f, const char *listen_on, struct pal_error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct pal_str path = pal_str_of(listen_on + strlen("unix:"));
    struct stat st;
    if (path.n == 0 || path.n >= sizeof address.sun_path)
        return fail(err, listen_on, "the path is empty or too long");
    memcpy(address.sun_path, path.p, path.n + 1);
    if (lstat(address.sun_path, &st) == 0) {
        if (!S_ISSOCK(st.st_mode) || answers(&address))
            return fail(err, listen_on, "the address is in use");
        (void)unlink(address.sun_path);
    }
    f->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* The mode is set between bind and listen: nobody can connect before. */
    if (f->listen_fd < 0 ||
        bind(f->listen_fd, (const struct sockaddr *)&address, sizeof address) != 0 ||
        chmod(address.sun_path, 0600) != 0 || listen(f->listen_fd, BACKLOG) != 0)
        return fail(err, listen_on, strerror(errno));
    memcpy(f->unix_path, path.p, path.n + 1);
    (void)snprintf(f->address, sizeof f->address, "%s", listen_on);
    return PAL_OK;
}

static int open_tcp(const struct addrinfo *a, bool reuse_port)
{
    int on = 1, off = 0;
    int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (reuse_port)
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (a->ai_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int error = errno;
    (void)close(fd);
    errno = error;
    return -1;
}

/* "host:port" apart; the brackets of an IPv6 address go away. */
static bool split(struct pal_str text, char host[256], char port[8])
{
    const char *colon = text.n ? memrchr(text.p, ':', text.n) : NULL;
    if (!colon)
        return false;
    struct pal_str h = {text.p, (size_t)(colon - text.p)};
    struct pal_str p = {colon + 1, text.n - h.n - 1};
    uint64_t number;
    if (h.n >= 2 && h.p[0] == '[' && h.p[h.n - 1] == ']')
        h = (struct pal_str){h.p + 1, h.n - 2};
    if (h.n >= 256 || p.n >= 8 || !pal_parse_u64(p, &number) || number > 65535)
        return false;
    if (h.n)
        memcpy(host, h.p, h.n);
    host[h.n] = '\0';
    memcpy(port, p.p, p.n);
    port[p.n] = '\0';
    return true;
}

static void tell_address(struct pal_front *f)
{
    struct sockaddr_storage address = {0};
    socklen_t n = sizeof address;
    char host[64] = "", port[8] = "";
    if (getsockname(f->listen_fd, (struct sockaddr *)&address, &n) == 0)
        (void)getnameinfo((struct sockaddr *)&address, n, host, sizeof host, port, sizeof port,
                          NI_NUMERICHOST | NI_NUMERICSERV);
    (void)snprintf(f->address, sizeof f->address,
                   address.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

static enum pal_code listen_tcp(struct pal_front *f, const char *listen_on, bool reuse_port,
                                struct pal_error *err)
{
    char host[256], port[8];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *all = NULL;
    if (!split(pal_str_of(listen_on), host, port))
        return fail(err, listen_on, "not host:port");
    bool any = host[0] == '\0' || strcmp(host, "*") == 0;
    int rc = getaddrinfo(any ? NULL : host, port, &hints, &all);
    if (rc != 0)
        return fail(err, listen_on, gai_strerror(rc));
    for (const struct addrinfo *a = all; a && f->listen_fd < 0; a = a->ai_next)
        f->listen_fd = open_tcp(a, reuse_port);
    int error = errno;
    freeaddrinfo(all);
    if (f->listen_fd < 0)
        return fail(err, listen_on, strerror(error));
    tell_address(f);
    return PAL_OK;
}

enum pal_code pal_listen(struct pal_front *f, const char *listen_on, bool reuse_port,
                         struct pal_error *err)
{
    f->listen_fd = -1;
    return pal_str_starts(pal_str_of(listen_on), PAL_STR("unix:"))
               ? listen_unix(f, listen_on, err)
               : listen_tcp(f, listen_on, reuse_port, err);
}
