/* Reports: list and decide. They come into being by following chat (follow.c). */
#include "handlers.h"

#include "store/audit.h"
#include "store/report.h"

#include <inttypes.h>

enum pal_code report_list(struct pal_call *c)
{
    struct page page;
    struct pal_str json;
    enum pal_code code = page_of(c, &page);
    if (code == PAL_OK)
        code = report_page(c->db, c->arena, &page, pal_json_str(c->in, "status"), &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

static enum pal_code emit_updated(struct pal_call *c, struct pal_str report)
{
    char why[80];
    json_t *body = json_pack("{s:o, s:I}", "report", pal_json_parse(report, why), "organization_id",
                             (json_int_t)c->caller.org);
    if (!body)
        return pal_fail(c, &pal_err_service_internal, "no memory for an event");
    return pal_emit(c, &pal_ev_report_updated, c->caller.org, 0, body);
}

static enum pal_code audit_decision(struct pal_call *c, const struct report_decision *d)
{
    struct audit_entry e = {.org = c->caller.org,
                            .actor = c->caller.user,
                            .action = "report.update",
                            .target = pal_arena_printf(c->arena, "report:%" PRIu64, d->id)};
    struct pal_buf details;
    pal_buf_init(&details, 256);
    pal_buf_z(&details, "{\"status\":");
    pal_buf_json_str(&details, d->status);
    pal_buf_char(&details, '}');
    e.details = pal_buf_view(&details);
    enum pal_code code = audit_append(c->db, c->arena, &e, &c->err);
    pal_buf_fini(&details);
    return code;
}

enum pal_code report_update(struct pal_call *c)
{
    struct report_decision d = {.org = c->caller.org,
                                .id = (uint64_t)pal_json_int(c->in, "report_id", 0),
                                .reviewer = c->caller.user,
                                .status = pal_json_str(c->in, "status"),
                                .note = pal_json_str(c->in, "note")};
    struct pal_str json;
    enum pal_code code = report_decide(c->db, c->arena, &d, &json, &c->err);
    if (code != PAL_OK)
        return code;
    if (json.n == 0)
        return pal_fail(c, &pal_err_report_not_found, "no report %" PRIu64, d.id);
    code = audit_decision(c, &d);
    if (code == PAL_OK)
        code = emit_updated(c, json);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}
