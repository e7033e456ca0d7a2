/* Replies kept by Idempotency-Key: the skeleton writes them, here they end. */
#ifndef AUTH_STORE_IDEMPOTENCY_H
#define AUTH_STORE_IDEMPOTENCY_H

#include "db/db.h"

/* Removes those older than two days. */
enum pal_code idempotency_store_expire(struct pal_db *db, struct pal_error *err) PAL_MUST_USE;

#endif
