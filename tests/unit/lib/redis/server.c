/* Starting and ending redis-server. */
#include "server.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* A port that was free a moment ago. */
static int free_port(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&a, n), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&a, &n), 0);
    (void)close(fd);
    return ntohs(a.sin_port);
}

static _Noreturn void run(const struct server *s, pid_t parent)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || chdir(s->folder) != 0)
        _exit(1);
    if (s->password)
        (void)execlp("redis-server", "redis-server", "--save", "", "--port", s->argument, "--bind",
                     "127.0.0.1", "--requirepass", s->password, "--loglevel", "warning",
                     (char *)NULL);
    else
        (void)execlp("redis-server", "redis-server", "--save", "", "--port", "0", "--unixsocket",
                     s->argument, "--loglevel", "warning", (char *)NULL);
    _exit(127);
}

void server_restart(struct server *s)
{
    pid_t parent = getpid();
    s->pid = fork();
    cr_assert_geq(s->pid, 0);
    if (s->pid == 0)
        run(s, parent);
}

void server_start(struct server *s, const char *password)
{
    *s = (struct server){.folder = "/tmp/pal_redis_XXXXXX", .password = password};
    cr_assert(mkdtemp(s->folder));
    if (password) {
        int port = free_port();
        (void)snprintf(s->argument, sizeof s->argument, "%d", port);
        (void)snprintf(s->url, sizeof s->url, "redis://:%s@localhost:%d/3", password, port);
    } else {
        (void)snprintf(s->argument, sizeof s->argument, "%s/store.sock", s->folder);
        (void)snprintf(s->url, sizeof s->url, "unix:%s", s->argument);
    }
    server_restart(s);
}

void server_kill(struct server *s)
{
    if (s->pid > 0) {
        (void)kill(s->pid, SIGKILL);
        (void)waitpid(s->pid, NULL, 0);
    }
    s->pid = 0;
}

void server_end(struct server *s)
{
    server_kill(s);
    if (!s->password)
        (void)unlink(s->argument);
    (void)rmdir(s->folder);
}
