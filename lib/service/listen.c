/* Addresses of the operations port. */
#include "service/listen.h"

#include "base/str.h"
#include "gen/catalogue.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 16, TIMEOUT_S = 3 };

struct address {
    struct sockaddr_storage sa;
    socklen_t n;
    const char *path; /* of a unix socket, else NULL */
};

static bool parse_unix(const char *path, struct address *out)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof un.sun_path)
        return false;
    snprintf(un.sun_path, sizeof un.sun_path, "%s", path);
    memcpy(&out->sa, &un, sizeof un);
    out->n = sizeof un;
    out->path = path;
    return true;
}

static bool resolve(const char *host, const char *port, struct address *out)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    if (getaddrinfo(host[0] ? host : NULL, port, &hints, &found) != 0)
        return false;
    memcpy(&out->sa, found->ai_addr, found->ai_addrlen);
    out->n = found->ai_addrlen;
    out->path = NULL;
    freeaddrinfo(found);
    return true;
}

static bool parse(const char *text, struct address *out)
{
    char host[256];
    struct pal_str s = pal_str_of(text);
    if (pal_str_starts(s, PAL_STR("unix:")))
        return parse_unix(text + 5, out);
    const char *colon = strrchr(text, ':');
    if (!colon || (size_t)(colon - text) >= sizeof host)
        return false;
    struct pal_str name = {text, (size_t)(colon - text)};
    if (name.n >= 2 && name.p[0] == '[' && name.p[name.n - 1] == ']')
        name = (struct pal_str){name.p + 1, name.n - 2};
    snprintf(host, sizeof host, "%.*s", (int)name.n, name.p);
    return resolve(host, colon + 1, out);
}

/* A socket file whose owner is gone stays behind and would be in the way. */
static void remove_stale(const struct address *a)
{
    struct stat st;
    if (a->path && lstat(a->path, &st) == 0 && S_ISSOCK(st.st_mode))
        unlink(a->path);
}

static bool bind_and_listen(int fd, const struct address *a)
{
    int one = 1;
    if (!a->path && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0)
        return false;
    if (a->path &&
        fchmod(fd, S_IRUSR | S_IWUSR) != 0) /* before it has a name: never open to others */
        return false;
    return bind(fd, (const struct sockaddr *)&a->sa, a->n) == 0 && listen(fd, BACKLOG) == 0;
}

enum pal_code pal_ops_listen(const char *address, int *fd, struct pal_error *err)
{
    struct address a;
    if (!parse(address, &a))
        return pal_error_set(err, &pal_err_service_internal, "%s: not unix:/path nor host:port",
                             address);
    remove_stale(&a);
    int s = socket(a.sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s < 0 || !bind_and_listen(s, &a)) {
        pal_error_set(err, &pal_err_service_internal, "%s: %s", address, strerror(errno));
        if (s >= 0)
            close(s);
        return PAL_INTERNAL;
    }
    *fd = s;
    return PAL_OK;
}

int pal_ops_connect(const char *address)
{
    struct address a;
    struct timeval limit = {.tv_sec = TIMEOUT_S};
    if (!parse(address, &a))
        return -1;
    int s = socket(a.sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s < 0)
        return -1;
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (connect(s, (const struct sockaddr *)&a.sa, a.n) == 0)
        return s;
    close(s);
    return -1;
}
