/* The gateway's settings, one line each: what docs/configuration.md is generated from. */
#include "config.h"

#define ITEM(member, kind, name, fallback, min, max, help) \
    PAL_CFG(struct gateway_config, member, kind, "PALIQUE_" name, fallback, min, max, help)

const struct pal_config_item gateway_config_items[] = {
    ITEM(listen, PAL_CFG_STR, "GATEWAY_LISTEN", "127.0.0.1:8081", 0, 0,
         "HTTP and WebSocket listener: host:port or unix:/path"),
    ITEM(ops, PAL_CFG_STR, "GATEWAY_OPS", "127.0.0.1:9081", 0, 0,
         "operations listener: /livez, /readyz, /metrics"),
    ITEM(name, PAL_CFG_STR, "GATEWAY_NAME", "", 0, 0,
         "name of this process among the gateways; made up when empty"),
    ITEM(bus[PAL_OWNER_AUTH], PAL_CFG_STR, "AUTH_BUS", NULL, 0, 0, "bus address of auth"),
    ITEM(bus[PAL_OWNER_CHAT], PAL_CFG_STR, "CHAT_BUS", NULL, 0, 0, "bus address of chat"),
    ITEM(bus[PAL_OWNER_NOTIFY], PAL_CFG_STR, "NOTIFY_BUS", "", 0, 0,
         "bus address of notify; empty: there is none"),
    ITEM(bus[PAL_OWNER_ADMIN], PAL_CFG_STR, "ADMIN_BUS", "", 0, 0,
         "bus address of admin; empty: there is none"),
    ITEM(tls_ca, PAL_CFG_STR, "BUS_TLS_CA", "", 0, 0,
         "PEM file: who signs the peers' certificates"),
    ITEM(tls_cert_key, PAL_CFG_STR, "BUS_TLS_CERT_KEY", "", 0, 0,
         "PEM file: own certificate and key"),
    ITEM(allow_plain, PAL_CFG_BOOL, "BUS_ALLOW_PLAIN", "false", 0, 0,
         "allow tcp:// without TLS between the services"),
    ITEM(static_dir, PAL_CFG_STR, "STATIC_DIR", "", 0, 0, "folder of the web client; empty: none"),
    ITEM(docs_dir, PAL_CFG_STR, "DOCS_DIR", "", 0, 0, "folder served at /docs; empty: none"),
    ITEM(origins, PAL_CFG_STR, "ALLOWED_ORIGINS", "", 0, 0,
         "comma list of origins whose pages may open sockets; empty: same origin only"),
    ITEM(proxies, PAL_CFG_STR, "TRUSTED_PROXIES", "", 0, 0,
         "comma list of addresses whose X-Forwarded-For is believed"),
    ITEM(redis, PAL_CFG_SECRET, "REDIS_URL", "", 0, 0,
         "store that several gateways share for presence and limits; empty: in-process"),
    ITEM(log_level, PAL_CFG_STR, "LOG_LEVEL", "info", 0, 0, "debug, info, warn or error"),
    ITEM(rate_scale, PAL_CFG_INT, "RATE_SCALE", "100", 0, 100000,
         "percent of the rate limits of proto/rates.json; 0: no limits"),
    ITEM(max_connections, PAL_CFG_INT, "GATEWAY_MAX_CONNECTIONS", "16000", 16, 1000000,
         "HTTP connections and WebSockets at a time"),
    ITEM(max_per_person, PAL_CFG_INT, "GATEWAY_SOCKETS_PER_PERSON", "1000", 1, 1000000,
         "WebSockets of one person at a time"),
    ITEM(heartbeat_ms, PAL_CFG_DURATION, "GATEWAY_HEARTBEAT", "30s", 1000, 600000,
         "time between WebSocket pings; a peer silent for more than two is dropped"),
    ITEM(away_ms, PAL_CFG_DURATION, "GATEWAY_AWAY", "5m", 1000, 86400000,
         "a user who does nothing for so long is away"),
    ITEM(grace_ms, PAL_CFG_DURATION, "GATEWAY_OFFLINE_GRACE", "3s", 0, 60000,
         "time to reconnect before a user is offline"),
    ITEM(secure_cookies, PAL_CFG_BOOL, "SECURE_COOKIES", "false", 0, 0,
         "set Secure on cookies: on when the edge speaks TLS"),
    ITEM(reuse_port, PAL_CFG_BOOL, "GATEWAY_REUSE_PORT", "false", 0, 0,
         "several gateway processes share one port"),
};

const size_t gateway_config_count = sizeof gateway_config_items / sizeof gateway_config_items[0];
