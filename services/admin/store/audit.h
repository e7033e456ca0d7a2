/* The audit log: append and read. */
#ifndef ADMIN_STORE_AUDIT_H
#define ADMIN_STORE_AUDIT_H

#include "store/page.h"

struct audit_entry {
    uint64_t org, actor;
    const char *action;     /* "moderation.create" */
    const char *target;     /* "user:7" */
    struct pal_str details; /* JSON object */
};
enum pal_code audit_append(struct pal_db *db, struct pal_arena *arena, const struct audit_entry *e,
                           struct pal_error *err) PAL_MUST_USE;
enum pal_code audit_page(struct pal_db *db, struct pal_arena *arena, const struct page *page,
                         struct pal_str action, struct pal_str *json,
                         struct pal_error *err) PAL_MUST_USE;

#endif
