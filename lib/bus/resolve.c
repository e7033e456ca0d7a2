/* Names to addresses, and the plain connection that the watchdog compares nng with. Blocking:
 * called on threads that nothing waits for. */
#include "bus/address.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct addrinfo *look_up(const struct bus_address *a, int flags)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    hints.ai_flags = flags | AI_NUMERICSERV;
    return getaddrinfo(a->host, a->port, &hints, &found) == 0 ? found : NULL;
}

size_t bus_address_resolve(const struct bus_address *a, struct bus_address out[BUS_RESOLVED_MAX])
{
    struct addrinfo *found = look_up(a, AI_ADDRCONFIG);
    size_t n = 0;
    for (struct addrinfo *it = found; it && n < BUS_RESOLVED_MAX; it = it->ai_next) {
        char host[64];
        char url[BUS_HOST_MAX + 32];
        struct pal_error ignored;
        if (getnameinfo(it->ai_addr, it->ai_addrlen, host, sizeof host, NULL, 0, NI_NUMERICHOST) !=
            0)
            continue;
        (void)snprintf(url, sizeof url, "%s://[%s]:%s", a->transport == BUS_TLS ? "tls+tcp" : "tcp",
                       host, a->port);
        if (bus_address_parse(pal_str_of(url), true, &out[n], &ignored) == PAL_OK)
            n++;
    }
    if (found)
        freeaddrinfo(found);
    return n;
}

static bool connected(int fd, int timeout_ms)
{
    struct pollfd p = {fd, POLLOUT, 0};
    int error = 0;
    socklen_t n = sizeof error;
    return poll(&p, 1, timeout_ms) == 1 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) == 0 &&
           error == 0;
}

static int connect_to(const struct sockaddr *sa, socklen_t n, int timeout_ms)
{
    int fd = socket(sa->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    if (connect(fd, sa, n) == 0 || (errno == EINPROGRESS && connected(fd, timeout_ms)))
        return fd;
    close(fd);
    return -1;
}

int bus_address_connect(const struct bus_address *a, int timeout_ms)
{
    if (a->transport == BUS_IPC) {
        struct sockaddr_un sa = {.sun_family = AF_UNIX};
        memcpy(sa.sun_path, a->path, strlen(a->path) + 1);
        return connect_to((const struct sockaddr *)&sa, sizeof sa, timeout_ms);
    }
    struct addrinfo *found = look_up(a, AI_NUMERICHOST);
    int fd = found ? connect_to(found->ai_addr, found->ai_addrlen, timeout_ms) : -1;
    if (found)
        freeaddrinfo(found);
    return fd;
}
