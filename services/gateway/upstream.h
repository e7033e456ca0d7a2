/* The services behind the gateway: one bus client each, one descriptor that wakes the loop for all.
 * A missing service answers as one that is down. Loop's thread. */
#ifndef GATEWAY_UPSTREAM_H
#define GATEWAY_UPSTREAM_H

#include "base/error.h"
#include "base/json.h"
#include "bus/bus.h"
#include "loop/loop.h"
#include "proto/types.h"
#include "timed.h"

struct gateway;

struct upstream {
    struct pal_bus_client *client[PAL_OWNERS]; /* NULL: not configured, or failed to start */
    struct pal_watch wake;
    struct timed traces;
};

enum pal_code upstream_start(struct gateway *gw, struct pal_error *err) PAL_MUST_USE;
void upstream_stop(struct gateway *gw); /* answers what is pending with PAL_UNAVAILABLE */
bool upstream_ready(const struct gateway *gw, enum pal_owner owner); /* any thread */
void upstream_flush(struct gateway *gw);                             /* at the end of each turn */

/* Sends f to the owner of a command. fn is called exactly once, perhaps before this returns. */
void upstream_forward(struct gateway *gw, const struct pal_command *cmd, uint64_t key,
                      struct pal_frame *f, pal_bus_reply_fn *fn, void *arg);
/* As whom a command is asked: what only peers may ask the gateway asks as a peer, about that user;
 * all else is done as the user, or as nobody when caller is NULL. */
struct pal_caller upstream_caller(const struct pal_command *cmd, const struct pal_caller *caller);
/* The same from a JSON body, whose reference is taken. caller NULL: the gateway itself. */
void upstream_request(struct gateway *gw, const struct pal_command *cmd, uint64_t key,
                      const struct pal_caller *caller, json_t *body, pal_bus_reply_fn *fn,
                      void *arg);
/* The same under the trace of an HTTP request, whose answer a refusal becomes. */
void upstream_request_of(struct gateway *gw, const uint8_t trace[16], const struct pal_command *cmd,
                         uint64_t key, const struct pal_caller *caller, json_t *body,
                         pal_bus_reply_fn *fn, void *arg);
/* The same for a message of a socket, from its text and under a trace that tells when it came. */
void upstream_message(struct gateway *gw, const struct pal_command *cmd, uint64_t key,
                      const struct pal_caller *caller, struct pal_str body, pal_bus_reply_fn *fn,
                      void *arg);
/* For requests whose answer nobody waits for. */
void upstream_ignore(void *arg, enum pal_code code, const struct pal_frame *reply);

/* The parsed body of a good reply (2xx), or NULL. New reference. */
json_t *upstream_body(enum pal_code code, const struct pal_frame *reply);
/* What a request without a reply failed with. */
void upstream_error(enum pal_code code, struct pal_error *err);

#endif
