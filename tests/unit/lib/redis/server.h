/* A real store of the test's own, in a folder of its own; dies with the test. */
#ifndef TESTS_REDIS_SERVER_H
#define TESTS_REDIS_SERVER_H

#include <sys/types.h>

struct server {
    char folder[40];
    char url[120];
    char argument[64];    /* unixsocket's path or the port */
    const char *password; /* NULL: on a unix socket without one */
    pid_t pid;
};

/* On a unix socket, or with a password on a free port of localhost. */
void server_start(struct server *s, const char *password);
/* The same again, after server_kill. */
void server_restart(struct server *s);
void server_kill(struct server *s);
void server_end(struct server *s);

#endif
