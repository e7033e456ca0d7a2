/* Reading results, in text format. A column that is not there or does not parse reads as NULL or 0:
 * the store's tests and --check-sql see such a mistake, a running service must not die of it. */
#include "db/connection.h"

#include "base/id.h"

void pal_rows_free(struct pal_rows *r)
{
    PQclear(r->result);
    r->result = NULL;
    r->n = 0;
}

bool pal_row_null(const struct pal_rows *r, int row, int col)
{
    return row < 0 || row >= r->n || col < 0 || col >= PQnfields(r->result) ||
           PQgetisnull(r->result, row, col);
}

struct pal_str pal_row_str(const struct pal_rows *r, int row, int col)
{
    if (pal_row_null(r, row, col))
        return (struct pal_str){NULL, 0};
    return (struct pal_str){PQgetvalue(r->result, row, col),
                            (size_t)PQgetlength(r->result, row, col)};
}

int64_t pal_row_int(const struct pal_rows *r, int row, int col)
{
    int64_t v = 0;
    return pal_parse_i64(pal_row_str(r, row, col), &v) ? v : 0;
}

bool pal_row_bool(const struct pal_rows *r, int row, int col)
{
    return pal_str_eq(pal_row_str(r, row, col), PAL_STR("t"));
}

bool pal_row_uuid(const struct pal_rows *r, int row, int col, uint8_t out[16])
{
    return pal_uuid_parse(pal_row_str(r, row, col), out);
}

struct pal_str pal_row_bytes(const struct pal_rows *r, int row, int col, struct pal_arena *arena)
{
    struct pal_str hex = pal_row_str(r, row, col);
    if (hex.n < 2 || hex.p[0] != '\\' || hex.p[1] != 'x')
        return (struct pal_str){NULL, 0};
    size_t n = (hex.n - 2) / 2;
    char *bytes = pal_arena_alloc(arena, n + 1);
    if (!bytes || !pal_hex_decode((struct pal_str){hex.p + 2, hex.n - 2}, bytes, n))
        return (struct pal_str){NULL, 0};
    return (struct pal_str){bytes, n};
}
