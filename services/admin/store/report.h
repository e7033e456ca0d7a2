/* Reports of messages. All JSON is shape `report`. */
#ifndef ADMIN_STORE_REPORT_H
#define ADMIN_STORE_REPORT_H

#include "store/page.h"

/* From the body of message.reported. A second one of the same person and message is not stored:
 * *json is empty then. */
enum pal_code report_insert(struct pal_db *db, struct pal_arena *arena, struct pal_str body,
                            struct pal_str *json, struct pal_error *err) PAL_MUST_USE;
/* status {NULL, 0}: all. */
enum pal_code report_page(struct pal_db *db, struct pal_arena *arena, const struct page *page,
                          struct pal_str status, struct pal_str *json,
                          struct pal_error *err) PAL_MUST_USE;

struct report_decision {
    uint64_t org, id, reviewer;
    struct pal_str status, note; /* note {NULL, 0}: as it is */
};
/* *json is empty when there is no such report. */
enum pal_code report_decide(struct pal_db *db, struct pal_arena *arena,
                            const struct report_decision *d, struct pal_str *json,
                            struct pal_error *err) PAL_MUST_USE;

#endif
