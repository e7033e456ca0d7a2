/* --health: is the service that runs with this configuration ready? For container health checks.
 * allow print: for whoever reads the output of a container health check */
#include "service/listen.h"
#include "service/process.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool pal_health_probe(const char *listen)
{
    static const char request[] = "GET /readyz HTTP/1.0\r\n\r\n";
    char answer[512] = "";
    int fd = pal_ops_connect(listen);
    if (fd < 0) {
        fprintf(stderr, "%s: nobody answers\n",
                listen[0] ? listen : "no operations port is configured");
        return false;
    }
    ssize_t n = send(fd, request, sizeof request - 1, MSG_NOSIGNAL);
    if (n == (ssize_t)sizeof request - 1)
        n = recv(fd, answer, sizeof answer - 1, MSG_WAITALL);
    close(fd);
    struct pal_str text = {answer, n > 0 ? (size_t)n : 0};
    if (pal_str_starts(text, PAL_STR("HTTP/1.0 200 ")) ||
        pal_str_starts(text, PAL_STR("HTTP/1.1 200 ")))
        return true;
    const char *body = strstr(answer, "\r\n\r\n");
    fprintf(stderr, "not ready: %s\n", body ? body + 4 : "no answer");
    return false;
}
