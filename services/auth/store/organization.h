/* Organisations. */
#ifndef AUTH_STORE_ORGANIZATION_H
#define AUTH_STORE_ORGANIZATION_H

#include "db/db.h"

#include <stdbool.h>
#include <stdint.h>

/* Registrations go one by one from here to the end of the transaction: so that there is one first
 * user, and one organisation for a domain. */
enum pal_code organization_store_lock_registration(struct pal_db *db,
                                                   struct pal_error *err) PAL_MUST_USE;
enum pal_code organization_store_any(struct pal_db *db, bool *any,
                                     struct pal_error *err) PAL_MUST_USE;

/* The organisation that has this domain (lower case); *id 0: none. */
enum pal_code organization_store_by_domain(struct pal_db *db, struct pal_arena *arena,
                                           struct pal_str domain, uint64_t *id, bool *is_active,
                                           struct pal_error *err) PAL_MUST_USE;

/* domain: NULL for none. */
enum pal_code organization_store_insert(struct pal_db *db, struct pal_arena *arena,
                                        struct pal_str name, struct pal_str domain, uint64_t *id,
                                        struct pal_error *err) PAL_MUST_USE;

/* name NULL: stays. err: organization.domain_taken. */
enum pal_code organization_store_update(struct pal_db *db, struct pal_arena *arena, uint64_t id,
                                        struct pal_str name, bool set_domain, struct pal_str domain,
                                        struct pal_error *err) PAL_MUST_USE;

/* PAL_NOT_FOUND without touching err when there is none. */
enum pal_code organization_store_json(struct pal_db *db, struct pal_arena *arena, uint64_t id,
                                      struct pal_str *json, struct pal_error *err) PAL_MUST_USE;

#endif
