/* What the bus tests share: checks, a scratch folder, an echo service, a client with its owner's
 * thread, raw peers. */
#ifndef TESTS_BUS_RIG_H
#define TESTS_BUS_RIG_H

#include "base/clock.h"
#include "bus/bus.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(cond)                                                                                \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            (void)fprintf(stderr, "%s:%d: %s: failed: %s\n", __FILE__, __LINE__, __func__, #cond); \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

enum { RIG_PATIENCE_MS = 30000 };

/* Waits for a condition that another thread brings about. */
#define UNTIL(cond)                                       \
    do {                                                  \
        int64_t until_ = pal_mono_ms() + RIG_PATIENCE_MS; \
        while (!(cond)) {                                 \
            CHECK(pal_mono_ms() < until_ && #cond);       \
            rig_breathe();                                \
        }                                                 \
    } while (0)

void rig_breathe(void); /* a millisecond between two looks at a condition */
void rig_start(void);   /* pal_bus_init, scratch folder (0700) */
void rig_end(void);     /* removes the folder */
const char *rig_folder(void);
void rig_address(char *out, size_t n, const char *name); /* ipc:// in the scratch folder */
int rig_descriptors(void);                               /* open ones of this process */
int64_t rig_metric(const char *name);                    /* a counter without labels */

/* An echo service: answers a request with its body, its channel and status 200; ignores command
 * 999. */
struct rig_service {
    struct pal_bus_server *server;
    atomic_int requests;
};
void rig_service_start(struct rig_service *s, const char *address, const char *name);
struct pal_bus_server_config rig_service_config(struct rig_service *s, const char *address,
                                                const char *name);

/* A client whose owner is the test's thread: rig_turn waits until woken and dispatches. */
struct rig_client {
    struct pal_bus_client *client;
    struct pal_bus_handlers handlers;
    int wake_fd;                                     /* an eventfd, as in the gateway */
    int replies, failures, events, ups, downs, gaps; /* of dispatch */
    enum pal_code last_code;
    uint64_t last_seq;     /* event frame.seq */
    bool in_order;         /* seqs rose by one, apart from gaps */
    char body[64];         /* of the last reply */
    uint64_t last_channel; /* of the last reply */
    atomic_int wedges;
};
void rig_client_config(struct rig_client *c, struct pal_bus_client_config *config,
                       const char *addresses);
void rig_client_start(struct rig_client *c, const char *addresses, bool subscribe);
void rig_client_end(struct rig_client *c);
void rig_turn(struct rig_client *c);
void rig_wait(struct rig_client *c); /* flushes, sleeps until woken, dispatches */
void rig_on_reply(void *arg, enum pal_code code, const struct pal_frame *reply);

/* Turns the client until the condition holds. */
#define TURN_UNTIL(c, cond) UNTIL((rig_turn(c), (cond)))

/* Raw peers on a unix socket, past the library. */
int rig_raw_connect(const char *address);
int rig_raw_listen(const char *address);
bool rig_raw_closed(int fd); /* waits: the other side has closed */
size_t rig_raw_message(char *out, size_t size, const struct pal_frame *f);
size_t rig_raw_hello(char *out, size_t size, const char *service);

/* Certificates: <folder>/<name>.pem signed by <folder>/<ca>.pem, for localhost. Needs the openssl
 * program. */
void rig_make_ca(const char *ca);
void rig_make_cert(const char *ca, const char *name);
int rig_free_port(void); /* of 127.0.0.1, free a moment ago */
void rig_path(char *out, size_t n, const char *name);

#endif
