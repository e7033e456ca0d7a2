/* The load generator: load.c reads what to do and opens the sockets, load_run.c sends, counts and
 * reports. One thread. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "client.h"
#include "histogram.h"

#include <sys/epoll.h>

enum { LOAD_EVENTS = 1024, LOAD_CONTENT_MAX = 16000, LOAD_TEXT_MAX = LOAD_CONTENT_MAX + 512 };

struct load_options {
    const char *address, *plan, *path;
    uint64_t port, rate, window, seconds, warmup, content, connecting;
};

struct tally {
    uint64_t sent, acks, errors, deliveries, bytes, disordered;
};

struct load {
    struct load_options options;
    struct client_pool pool;
    struct client *clients, **senders;
    size_t n_clients, n_senders, n_open, n_closed;
    uint64_t serial, in_flight, in_flight_max;
    int64_t begin_ns, start_ns, end_ns; /* of sending, of what counts, of both */
    int64_t told_ns;                    /* last time that anything came */
    bool sending;
    struct tally in_window, all;
    struct histogram ack, delivery;
    char error[400]; /* the first refusal */
    /* Here, because what is on the stack is zeroed each time. */
    struct epoll_event events[LOAD_EVENTS];
    char text[LOAD_TEXT_MAX];
};

/* One turn of the loop: waits at most timeout_ns, handles what came. True: a line, or the end, came
 * on standard input. */
bool load_turn(struct load *l, int64_t timeout_ns);

/* Sends for warmup and seconds, waits for what is still under way, prints the result. */
void load_run(struct load *l);

void load_on_text(void *ctx, struct client *c, char *payload, size_t n);
void load_on_closed(void *ctx, struct client *c);

#endif
