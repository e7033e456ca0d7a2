/* The watchdog's second opinion: the same HELLO with plain system calls, past nng. */
#include "bus/hello.h"
#include "bus/message.h"
#include "bus/watchdog.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PROBE_MS = 200 };

static bool say_hello(int fd, const char *service, const char *name)
{
    struct bus_hello h = {0};
    uint8_t length[BUS_LENGTH];
    (void)snprintf(h.service, sizeof h.service, "%s", service);
    (void)snprintf(h.name, sizeof h.name, "%.40s (probe)", name);
    struct pal_blob *blob = bus_hello_encode(&h);
    if (!blob)
        return false;
    bus_put_length(length, blob->n);
    struct iovec parts[] = {{length, sizeof length}, {blob->data, blob->n}};
    struct msghdr m = {.msg_iov = parts, .msg_iovlen = 2};
    bool ok = sendmsg(fd, &m, MSG_NOSIGNAL) == (ssize_t)(sizeof length + blob->n);
    pal_blob_unref(blob);
    return ok;
}

/* The answer is small and was sent at once: it comes in one piece or the probe counts as failed. */
static bool hear_hello(int fd, const char *service)
{
    char in[PAL_FRAME_HEADER + 1024];
    struct pollfd p = {fd, POLLIN, 0};
    struct bus_hello h;
    struct pal_frame f;
    size_t used;
    if (poll(&p, 1, PROBE_MS) != 1)
        return false;
    ssize_t n = recv(fd, in, sizeof in, MSG_DONTWAIT);
    if (n <= BUS_LENGTH)
        return false;
    struct pal_str s = {in + BUS_LENGTH, (size_t)n - BUS_LENGTH};
    return pal_frame_decode(s, &f, &used) == PAL_FRAME_OK && bus_hello_decode(&f, &h) &&
           strcmp(h.service, service) == 0;
}

bool bus_probe(const struct bus_address *a, const char *service, const char *name)
{
    int fd = bus_address_connect(a, PROBE_MS);
    if (fd < 0)
        return false;
    bool ok = a->transport == BUS_TLS || (say_hello(fd, service, name) && hear_hello(fd, service));
    close(fd);
    return ok;
}
