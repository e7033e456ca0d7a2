/* getaddrinfo(3) has no time limit, so it runs in a thread of its own that shares one counted
 * object with the loop. Nobody waits for it: whoever comes last frees. */
#include "resolve.h"

#include "url.h"

#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct resolve {
    atomic_uint refs; /* the loop's and the thread's */
    int fd;           /* eventfd, written once by the thread */
    char host[REDIS_HOST_BYTES];
    char address[64]; /* written by the thread before fd, read by the loop after it; empty: none */
};

void resolve_drop(struct resolve *r)
{
    if (!r || atomic_fetch_sub_explicit(&r->refs, 1, memory_order_acq_rel) != 1)
        return;
    (void)close(r->fd);
    free(r);
}

static void *look_up(void *arg)
{
    struct resolve *r = arg;
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char address[sizeof r->address] = "";
    if (getaddrinfo(r->host, NULL, &hints, &found) == 0) {
        if (getnameinfo(found->ai_addr, found->ai_addrlen, address, sizeof address, NULL, 0,
                        NI_NUMERICHOST) != 0)
            address[0] = '\0';
        freeaddrinfo(found);
    }
    memcpy(r->address, address, sizeof r->address);
    (void)eventfd_write(r->fd, 1);
    resolve_drop(r);
    return NULL;
}

static bool start_thread(struct resolve *r)
{
    pthread_t thread;
    pthread_attr_t attr;
    if (pthread_attr_init(&attr) != 0)
        return false;
    bool ok = pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED) == 0 &&
              pthread_create(&thread, &attr, look_up, r) == 0;
    pthread_attr_destroy(&attr);
    return ok;
}

struct resolve *resolve_start(const char *host, int *fd)
{
    struct resolve *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    atomic_init(&r->refs, 2);
    (void)snprintf(r->host, sizeof r->host, "%s", host);
    r->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (r->fd >= 0 && start_thread(r)) {
        *fd = r->fd;
        return r;
    }
    if (r->fd >= 0)
        (void)close(r->fd);
    free(r);
    return NULL;
}

const char *resolve_address(const struct resolve *r)
{
    /* The read pairs with the thread's write: what was stored before it is seen after it. */
    eventfd_t count;
    return eventfd_read(r->fd, &count) == 0 && r->address[0] ? r->address : NULL;
}
