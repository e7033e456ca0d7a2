/* Refusals that must not undo what was written. */
#include "handlers/refusal.h"

#include "proto/validate.h"

enum pal_code refusal_kept(struct pal_call *c)
{
    struct pal_buf body;
    pal_buf_init(&body, 8192);
    pal_problem_write(&c->err, (struct pal_str){NULL, 0}, &body);
    c->status = c->err.def->status;
    enum pal_code code = body.failed ? pal_fail(c, &pal_err_service_internal, "out of memory")
                                     : pal_reply_text(c, pal_buf_view(&body));
    pal_buf_fini(&body);
    return code;
}
