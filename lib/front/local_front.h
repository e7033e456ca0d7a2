/* The HTTP front of a service that answers its own commands (notify, admin): lib/http on the
 * service's front thread, with calls going to the service's own lanes. Lives on the front thread.
 */
#ifndef PAL_FRONT_LOCAL_FRONT_H
#define PAL_FRONT_LOCAL_FRONT_H

#include "base/code.h"
#include "base/config.h"
#include "base/error.h"
#include "front/revocations.h"
#include "http/front.h"
#include "service/service.h"

#include <stdbool.h>
#include <stdint.h>

/* Settings, a member of the service's own configuration. */
struct pal_front_settings {
    char *listen;
    char *trusted_proxies;
    char *allowed_origins;
    char *redis_url;
    int64_t rate_scale; /* percent */
    bool secure_cookies;
};

/* NOLINTBEGIN(bugprone-macro-parentheses): members of a struct and string literals take none */
/* Rows for the configuration table of a service: NAME is "ADMIN" or "NOTIFY", fallback where it
 * listens. */
#define PAL_FRONT_ITEMS(type, member, NAME, fallback)                                              \
    PAL_CFG(type, member.listen, PAL_CFG_STR, "PALIQUE_" NAME "_LISTEN", fallback, 0, 0,           \
            "where it serves HTTP: host:port or unix:/path"),                                      \
        PAL_CFG(type, member.trusted_proxies, PAL_CFG_STR, "PALIQUE_TRUSTED_PROXIES", "", 0, 0,    \
                "addresses whose X-Forwarded-For is believed, separated by commas; unix sockets "  \
                "always are"),                                                                     \
        PAL_CFG(type, member.allowed_origins, PAL_CFG_STR, "PALIQUE_ALLOWED_ORIGINS", "", 0, 0,    \
                "further origins that browsers may call from, separated by commas"),               \
        PAL_CFG(                                                                                   \
            type, member.redis_url, PAL_CFG_SECRET, "PALIQUE_REDIS_URL", "", 0, 0,                 \
            "store that several processes share for rate limits and presence; empty: in-process"), \
        PAL_CFG(type, member.rate_scale, PAL_CFG_INT, "PALIQUE_RATE_SCALE", "100", 0, 100000,      \
                "percent of the rate limits that apply; 0: no limits"),                            \
        PAL_CFG(type, member.secure_cookies, PAL_CFG_BOOL, "PALIQUE_SECURE_COOKIES", "false", 0,   \
                0, "mark cookies Secure; set it where the edge speaks TLS")
/* NOLINTEND(bugprone-macro-parentheses) */

struct pal_local_front {
    struct pal_service *service;
    struct pal_loop *loop;
    struct pal_front *front;
    struct pal_limiter *limiter;
    struct pal_redis *redis; /* NULL: in-process */
    struct pal_revocations revoked;
    struct pal_timer refresh; /* of the revocations */
};

/* Special routes get f as their context: make it the first member of the service's own struct. On
 * failure nothing is left behind. */
enum pal_code pal_local_front_init(struct pal_local_front *f, struct pal_service *service,
                                   struct pal_loop *loop, enum pal_owner owner,
                                   const struct pal_front_settings *settings,
                                   const struct pal_http_special *specials, size_t n_specials,
                                   struct pal_error *err) PAL_MUST_USE;
void pal_local_front_fini(struct pal_local_front *f);

/* Performs a request in the own lanes and answers r with the reply. */
void pal_local_front_call(struct pal_local_front *f, struct pal_http *r,
                          const struct pal_frame *request);
/* Hand every event of auth to it: keeps the revocations. */
void pal_local_front_peer_event(struct pal_local_front *f, const struct pal_frame *event);

#endif
