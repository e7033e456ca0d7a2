/* Figures of an organisation, built as JSON by PostgreSQL, and what gateways report. */
#ifndef ADMIN_STORE_STATS_H
#define ADMIN_STORE_STATS_H

#include "store/page.h"

/* load: load average per processor, as text of a JSON number. */
enum pal_code stats_read(struct pal_db *db, struct pal_arena *arena, uint64_t org, const char *load,
                         struct pal_str *json, struct pal_error *err) PAL_MUST_USE;
enum pal_code dashboard_read(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                             const char *load, struct pal_str *json,
                             struct pal_error *err) PAL_MUST_USE;

struct people_filter {
    struct pal_str query, role; /* {NULL, 0}: any */
    struct pal_str after; /* username of the last one of the page before, lower case; {NULL, 0}:
                             from the first */
    int64_t limit;
};
enum pal_code people_page(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                          const struct people_filter *f, struct pal_str *json,
                          struct pal_error *err) PAL_MUST_USE;

/* Replaces what the gateway said before. report: the request of gateway.report. */
enum pal_code gateway_store(struct pal_db *db, struct pal_arena *arena, struct pal_str report,
                            struct pal_error *err) PAL_MUST_USE;
/* Forgets gateways that were silent for an hour. */
enum pal_code gateways_expire(struct pal_db *db, struct pal_arena *arena,
                              struct pal_error *err) PAL_MUST_USE;

#endif
