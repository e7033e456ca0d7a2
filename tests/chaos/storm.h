/* What storm.c and storm_report.c share. */
#ifndef CHAOS_STORM_H
#define CHAOS_STORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum client_state {
    CLIENT_NEW,
    CLIENT_WAITING, /* until due_ms */
    CLIENT_CONNECTING,
    CLIENT_UPGRADING, /* until due_ms */
    CLIENT_GREETED,   /* upgraded, no hello yet */
    CLIENT_OPEN
};

struct client {
    int fd; /* -1: none */
    enum client_state state;
    unsigned port, tries;
    bool known;    /* the position is */
    bool resuming; /* what was missed is not all there */
    char *token, *rest;
    size_t n; /* of rest: the beginning of a frame */
    uint64_t channel, position, min_ms, max_ms;
    int64_t due_ms, lost_ms, back_ms; /* -1: not back */
};

struct count {
    uint64_t lost, restarts, windows, attempts, failed, refused, timeouts; /* of sockets */
    uint64_t retry_min, retry_max;                                         /* of Retry-After, s */
    uint64_t events, missed, early;                                        /* of channels */
    uint64_t repeated, skipped, gaps, errors, strangers;                   /* must stay 0 */
};

struct storm {
    int epoll;
    struct client *clients;
    size_t n, connecting, n_ports;
    uint16_t ports[8];
    uint64_t random;
    struct count count;
    int64_t cpu_us; /* at the mark */
};

/* NULL, or the word that is wrong. */
const char *storm_options(struct storm *s, char **argv);
void storm_mark(struct storm *s);
void storm_report(struct storm *s);

#endif
