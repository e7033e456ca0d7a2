/* What the files of store/ share: taking values out of results into the arena. */
#ifndef AUTH_STORE_ROWS_H
#define AUTH_STORE_ROWS_H

#include "db/db.h"

/* Terminated copy of a text column; {NULL, 0} for NULL. False: out of memory, err is set. */
bool row_text(const struct pal_rows *r, int row, int col, struct pal_arena *arena,
              struct pal_str *out, struct pal_error *err) PAL_MUST_USE;

/* Runs st and copies the text of its first row and column; PAL_NOT_FOUND (err untouched) without a
 * row. */
enum pal_code store_text(struct pal_db *db, const struct pal_statement *st,
                         const struct pal_params *p, struct pal_arena *arena, struct pal_str *out,
                         struct pal_error *err) PAL_MUST_USE;
/* The same for a number. */
enum pal_code store_int(struct pal_db *db, const struct pal_statement *st,
                        const struct pal_params *p, int64_t *out,
                        struct pal_error *err) PAL_MUST_USE;

#endif
