/* Configuration of the gateway: environment only (config.c has the table). Read-only after start.
 */
#ifndef GATEWAY_CONFIG_H
#define GATEWAY_CONFIG_H

#include "base/config.h"
#include "proto/types.h"

struct gateway_config {
    char *listen, *ops, *name;
    char *bus[PAL_OWNERS]; /* addresses of the services; "" for one that is not there */
    char *tls_ca, *tls_cert_key;
    char *static_dir, *docs_dir;
    char *origins, *proxies;
    char *redis;
    char *log_level;
    int64_t rate_scale, max_connections, max_per_person, heartbeat_ms, away_ms, grace_ms;
    bool secure_cookies, reuse_port, allow_plain;
};

extern const struct pal_config_item gateway_config_items[];
extern const size_t gateway_config_count;

#endif
