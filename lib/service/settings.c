/* The configuration table: what every service has, then the service's own.
 * allow print: a wrong configuration is told before there is a log */
#include "service/process.h"

#include "base/log.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

/* "PALIQUE_CHAT" and the suffix, kept in the service for as long as the table lives. */
static const char *name_of(struct pal_service *s, const char *owner, const char *suffix)
{
    char *name = s->names[s->n_items];
    int n = snprintf(name, sizeof s->names[0], "PALIQUE_%s%s", owner, suffix);
    for (int i = 0; i < n; i++)
        name[i] = (char)toupper((unsigned char)name[i]);
    return name;
}

static const char *own_name(struct pal_service *s, const char *suffix)
{
    return name_of(s, s->spec->name, suffix);
}

static void add(struct pal_service *s, struct pal_config_item item)
{
    s->items[s->n_items++] = item;
}

#define COMMON(member, kind, name, fallback, min, max, help)                              \
    add(s, (struct pal_config_item)PAL_CFG(struct pal_service_config, member, kind, name, \
                                           fallback, min, max, help))

static void add_peers(struct pal_service *s)
{
    for (unsigned owner = 0; owner < PAL_OWNERS; owner++) {
        if (!(s->spec->peers & 1U << owner))
            continue;
        add(s, (struct pal_config_item){
                   name_of(s, pal_owner_name((enum pal_owner)owner), "_BUS"), PAL_CFG_STR,
                   offsetof(struct pal_service_config, peer) + owner * sizeof(char *), NULL, 0, 0,
                   "bus address of that service; several separated by commas"});
    }
}

static void add_workers(struct pal_service *s)
{
    COMMON(workers[PAL_LANE_READ], PAL_CFG_INT, own_name(s, "_READ_WORKERS"), "4", 1,
           PAL_WORKERS_MAX, "threads, each with a database connection, for commands that read");
    COMMON(workers[PAL_LANE_WRITE], PAL_CFG_INT, own_name(s, "_WRITE_WORKERS"), "4", 1,
           PAL_WORKERS_MAX, "threads for commands that write");
    COMMON(workers[PAL_LANE_EXPENSIVE], PAL_CFG_INT, own_name(s, "_EXPENSIVE_WORKERS"), "2", 1,
           PAL_WORKERS_MAX, "threads for commands that compute: password hashes, exports");
}

static void add_common(struct pal_service *s)
{
    COMMON(listen, PAL_CFG_STR, own_name(s, "_BUS"), NULL, 0, 0,
           "bus address that this service listens on");
    COMMON(listen_here, PAL_CFG_STR, own_name(s, "_BUS_LISTEN"), "", 0, 0,
           "bus address to listen on where it differs from what the others dial");
    COMMON(database, PAL_CFG_SECRET, own_name(s, "_DATABASE_URL"), NULL, 0, 0,
           "PostgreSQL, as the service's own role");
    COMMON(ops, PAL_CFG_STR, own_name(s, "_OPS"), "", 0, 0,
           "operations port (/livez, /readyz, /metrics): unix:/path or host:port; empty: none");
    COMMON(log_level, PAL_CFG_STR, "PALIQUE_LOG_LEVEL", "info", 0, 0, "debug, info, warn or error");
    COMMON(tls_ca, PAL_CFG_STR, "PALIQUE_BUS_TLS_CA", "", 0, 0,
           "PEM file of the authority of tls+tcp bus peers");
    COMMON(tls_cert_key, PAL_CFG_STR, "PALIQUE_BUS_TLS_CERT_KEY", "", 0, 0,
           "PEM file with certificate and key of this process for tls+tcp");
    COMMON(allow_plain, PAL_CFG_BOOL, "PALIQUE_BUS_ALLOW_PLAIN", "false", 0, 0,
           "allow tcp bus addresses without TLS: anyone who can reach them is let in");
    add_workers(s);
    add_peers(s);
}

bool pal_settings_prepare(struct pal_service *s)
{
    s->settings = calloc(1, s->spec->config_size);
    s->items = calloc(PAL_COMMON_ITEMS_MAX + s->spec->n_config, sizeof *s->items);
    if (!s->settings || !s->items)
        return false;
    add_common(s);
    for (size_t i = 0; i < s->spec->n_config; i++)
        add(s, s->spec->config[i]);
    return true;
}

static bool check_level(const struct pal_service *s)
{
    enum pal_level level;
    if (pal_level_parse(pal_str_of(pal_common(s)->log_level), &level))
        return true;
    fprintf(stderr, "PALIQUE_LOG_LEVEL: debug, info, warn or error\n");
    return false;
}

bool pal_settings_load(struct pal_service *s)
{
    struct pal_buf problems;
    pal_buf_init(&problems, 16 << 10);
    enum pal_code code = pal_config_load(s->items, s->n_items, s->settings, &problems);
    if (problems.n > 0)
        fprintf(stderr, "%s: configuration:\n%.*s", s->program, (int)problems.n, problems.p);
    pal_buf_fini(&problems);
    return code == PAL_OK && check_level(s);
}

void pal_settings_free(struct pal_service *s)
{
    if (s->settings && s->items)
        pal_config_free(s->items, s->n_items, s->settings);
    free(s->settings);
    free(s->items);
    s->settings = NULL;
    s->items = NULL;
}
