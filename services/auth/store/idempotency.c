/* Replies kept by Idempotency-Key. */
#include "store/idempotency.h"

PAL_STATEMENT(idempotency_expire_sql,
              "delete from idempotency where created_at < now() - interval '2 days'");

enum pal_code idempotency_store_expire(struct pal_db *db, struct pal_error *err)
{
    return pal_db_exec(db, &idempotency_expire_sql, NULL, NULL, err);
}
