/* Figures: stats.get, dashboard.get, and gateway.report, which feeds them. */
#include "handlers.h"

#include "store/copies.h"
#include "store/stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Load average of the last minute per processor, as a JSON number. */
static void load_text(char out[32])
{
    double load = 0;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (getloadavg(&load, 1) != 1)
        load = 0;
    snprintf(out, 32, "%.2f", load / (double)(processors > 0 ? processors : 1));
}

enum pal_code stats_get(struct pal_call *c)
{
    char load[32];
    struct pal_str json;
    load_text(load);
    enum pal_code code = stats_read(c->db, c->arena, c->caller.org, load, &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

/* The front asks for all who look already, or for one who has just come: his token may be older
 * than his role. */
static enum pal_code check_viewer(struct pal_call *c)
{
    struct person viewer;
    if (c->caller.user == 0)
        return PAL_OK;
    enum pal_code code =
        person_find(c->db, c->arena, c->caller.org, c->caller.user, &viewer, &c->err);
    if (code != PAL_OK || !viewer.found || viewer.role >= PAL_ROLE_ADMIN)
        return code;
    return pal_fail(c, &pal_err_access_denied, "the dashboard is for administrators");
}

enum pal_code dashboard_get(struct pal_call *c)
{
    char load[32];
    struct pal_str json;
    enum pal_code code = check_viewer(c);
    if (code != PAL_OK)
        return code;
    load_text(load);
    code = dashboard_read(c->db, c->arena, c->caller.org, load, &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code gateway_report(struct pal_call *c)
{
    struct pal_buf text;
    pal_buf_init(&text, PAL_FRAME_BODY_MAX);
    enum pal_code code = pal_json_dump(c->in, &text)
                             ? gateway_store(c->db, c->arena, pal_buf_view(&text), &c->err)
                             : pal_fail(c, &pal_err_service_internal, "the report is too large");
    pal_buf_fini(&text);
    return code != PAL_OK ? code : pal_reply_empty(c);
}
