/* audit.list. */
#include "handlers.h"

#include "store/audit.h"

enum pal_code audit_list(struct pal_call *c)
{
    struct page page;
    struct pal_str json;
    enum pal_code code = page_of(c, &page);
    if (code == PAL_OK)
        code = audit_page(c->db, c->arena, &page, pal_json_str(c->in, "action"), &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}
