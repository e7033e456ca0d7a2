/* Statements that give JSON which PostgreSQL has built: the text is copied into the arena and
 * passed on. */
#ifndef CHAT_STORE_TEXT_H
#define CHAT_STORE_TEXT_H

#include "base/arena.h"
#include "db/db.h"

#include <stdint.h>

/* Who asks. */
struct viewer {
    uint64_t user, org;
};

/* $1 user, $2 organisation. */
void viewer_params(struct pal_params *p, struct pal_arena *arena, const struct viewer *v);

/* A column of the first row; "" without a row and for NULL. */
enum pal_code text_copy(const struct pal_rows *rows, int col, struct pal_arena *arena,
                        struct pal_str *out, struct pal_error *err) PAL_MUST_USE;
/* The first column of the first row. */
enum pal_code text_query(struct pal_db *db, const struct pal_statement *st,
                         const struct pal_params *p, struct pal_arena *arena, struct pal_str *out,
                         struct pal_error *err) PAL_MUST_USE;

#endif
