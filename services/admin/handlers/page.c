/* limit and cursor of a list. */
#include "handlers.h"

enum pal_code page_of(struct pal_call *c, struct page *out)
{
    struct pal_str cursor = pal_json_str(c->in, "cursor");
    *out = (struct page){.org = c->caller.org, .limit = pal_json_int(c->in, "limit", 50)};
    if (cursor.p && (!pal_parse_i64(cursor, &out->before) || out->before < 1)) {
        pal_error_field(&c->err, "/cursor", "is not one that a list gave");
        return pal_fail(c, &pal_err_request_invalid, "the cursor is not valid");
    }
    return PAL_OK;
}
