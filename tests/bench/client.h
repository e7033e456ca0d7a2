/* One WebSocket of the load generator: opens, reads what is there in large pieces, writes what
 * waits in one call. The sockets of a process share one epoll and one read buffer; a socket that is
 * idle owns no memory but this struct. */
#ifndef BENCH_CLIENT_H
#define BENCH_CLIENT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum client_state { CLIENT_NEW, CLIENT_CONNECTING, CLIENT_UPGRADING, CLIENT_OPEN, CLIENT_CLOSED };

struct bytes {
    char *p;
    size_t n, room;
};

struct client {
    int fd;
    enum client_state state;
    bool writing, sender, greeted;
    char *token;
    uint32_t *channels; /* that it sends to, in turn; the first is the one whose order is checked */
    unsigned n_channels, next_channel;
    unsigned in_flight, owed; /* closed loop: unanswered; to be sent again after a refusal */
    uint64_t last_seq;
    size_t content_at; /* where the content was in the last event */
    struct bytes rest, out;
    size_t written; /* of out */
    char refusal[80];
};

struct client_pool {
    int epoll;
    struct sockaddr_in address;
    const char *path;
    void (*text)(void *ctx, struct client *c, char *payload, size_t n);
    void (*closed)(void *ctx, struct client *c);
    void *ctx;
    uint64_t random, reads, writes;
    char *buffer; /* CLIENT_BUFFER bytes */
};

enum { CLIENT_BUFFER = 256 << 10 };

/* Begins to connect. False, with errno: there are no sockets left. */
bool client_open(struct client_pool *pool, struct client *c);

/* Something has happened to the socket. */
void client_event(struct client_pool *pool, struct client *c, uint32_t events);

/* Queues a text frame of n bytes, masked in place: the payload is spoilt. */
void client_queue(struct client_pool *pool, struct client *c, char *payload, size_t n);

/* Writes what is queued. */
void client_flush(struct client_pool *pool, struct client *c);

#endif
