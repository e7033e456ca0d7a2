/* admin.users. */
#include "handlers.h"

#include "store/stats.h"

enum pal_code admin_users(struct pal_call *c)
{
    struct people_filter filter = {.query = pal_json_str(c->in, "query"),
                                   .role = pal_json_str(c->in, "role"),
                                   .after = pal_json_str(c->in, "cursor"),
                                   .limit = pal_json_int(c->in, "limit", 50)};
    struct pal_str json;
    enum pal_code code = people_page(c->db, c->arena, c->caller.org, &filter, &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}
