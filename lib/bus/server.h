/* Inside of the bus server. Lock order: server.lock, server.publish, link.lock. */
#ifndef PAL_BUS_SERVER_H
#define PAL_BUS_SERVER_H

#include "base/list.h"
#include "bus/address.h"
#include "bus/bus.h"
#include "bus/hello.h"
#include "bus/link.h"

enum { BUS_PEERS_MAX = 256 };

/* One accepted connection. Its reader runs peer.c; the writer starts with HELLO. */
struct pal_bus_peer {
    atomic_uint refs; /* the server's list, and who owes a reply */
    struct bus_link link;
    struct pal_bus_server *server; /* valid until the reader has ended */
    pthread_t reader, writer;
    bool has_writer; /* reader */

    struct pal_list entry; /* server.lock: up to here */
    int64_t since_ms;
    bool greeted;
    bool finished; /* the reader is about to return: join it */

    bool subscriber; /* server.publish: up to the end */
    bool armed;      /* wants one heartbeat when the stream moves */
};

struct pal_bus_server {
    struct pal_bus_server_config config; /* strings are copies */
    char name[32];
    struct bus_address address;
    struct bus_stats stats;
    nng_stream_listener *listener;
    nng_aio *accept;
    nng_tls_config *tls;
    pthread_t acceptor, ticker;
    bool has_acceptor, has_ticker;

    pthread_mutex_t lock;
    pthread_cond_t cond;   /* a peer has finished, or stopping */
    struct pal_list peers; /* struct pal_bus_peer.entry */
    size_t n_peers;
    bool draining; /* no new connections, requests are refused */
    bool stopping;

    pthread_mutex_t publish;
    uint64_t stream; /* sequence of the last event */
    struct pal_bus_peer *greeted[BUS_PEERS_MAX];
    size_t n_greeted;
};

/* peer.c. Takes the stream; NULL when it was refused. With no lock held. */
void bus_peer_start(struct pal_bus_server *s, nng_stream *stream);
/* publish.c. HELLO and entry into the stream are one step. False: no room or memory. */
bool bus_greet(struct pal_bus_server *s, struct pal_bus_peer *p, const struct bus_hello *of);
/* Sends the peer a heartbeat when there is an event after `seen`: now or with the next. */
void bus_arm(struct pal_bus_server *s, struct pal_bus_peer *p, uint64_t seen);
void bus_ungreet(struct pal_bus_server *s, struct pal_bus_peer *p);
void bus_heartbeat(struct pal_bus_server *s);
/* Tells every peer to take its requests elsewhere and to close when it has its answers. */
void bus_farewell(struct pal_bus_server *s);

/* For tests: the port that a listener on port 0 got. */
int bus_server_port(struct pal_bus_server *s);

#endif
