/* Bus addresses: parsing, resolving, and what must be true of an ipc path or a TLS configuration.
 */
#ifndef PAL_BUS_ADDRESS_H
#define PAL_BUS_ADDRESS_H

#include "base/code.h"
#include "base/error.h"
#include "base/str.h"
#include "bus/bus.h"

#include <nng/nng.h>
#include <nng/supplemental/tls/tls.h>
#include <stdbool.h>
#include <stddef.h>

enum bus_transport { BUS_IPC, BUS_TCP, BUS_TLS };
enum {
    BUS_PATH_MAX = 107, /* of a unix socket, without the NUL (sun_path) */
    BUS_HOST_MAX = 253,
    BUS_URL_MAX = 288,
    BUS_TARGETS_MAX = 16, /* addresses in one list */
    BUS_RESOLVED_MAX = 64 /* replicas behind one name */
};

struct bus_address {
    enum bus_transport transport;
    char path[BUS_PATH_MAX + 1]; /* IPC */
    char host[BUS_HOST_MAX + 1]; /* TCP, TLS: name or literal without brackets */
    char port[6];
    char url[BUS_URL_MAX]; /* what nng is given */
};

enum pal_code bus_address_parse(struct pal_str text, bool allow_plain, struct bus_address *out,
                                struct pal_error *err) PAL_MUST_USE;
/* Splits at commas. */
enum pal_code bus_address_list(const char *text, bool allow_plain,
                               struct bus_address out[BUS_TARGETS_MAX], size_t *n,
                               struct pal_error *err) PAL_MUST_USE;
bool bus_address_literal(const struct bus_address *a); /* nothing to resolve */
/* The same address with a literal host for each that the name has; 0 when there is none at the
 * moment. Blocks. */
size_t bus_address_resolve(const struct bus_address *a, struct bus_address out[BUS_RESOLVED_MAX]);
/* A plain connect(2), at most timeout_ms; the connected descriptor, non-blocking, or -1. */
int bus_address_connect(const struct bus_address *a, int timeout_ms);

/* The socket's folder is ours alone and what stands at the path may be replaced. */
enum pal_code bus_ipc_check(const char *path, struct pal_error *err) PAL_MUST_USE;
/* The peer is of our user, or root. */
bool bus_ipc_peer_ok(nng_stream *stream);

/* server_name NULL: for a listener (client certificates required). */
enum pal_code bus_tls_new(const struct pal_bus_security *security, const char *server_name,
                          nng_tls_config **out, struct pal_error *err) PAL_MUST_USE;

#endif
