/* Periodic facts, sent and forgotten. */
#include "report.h"

#include "base/limits.h"
#include "gateway.h"
#include "gen/catalogue.h"
#include "keys.h"
#include "session.h"

#include <stdlib.h>

enum {
    REPORT_MS = 5000,
    KEYS_MS = 10000,
    TOUCH_MS = 60000,
    HERE_MS = 1000,
    TOUCH_MAX = 5000,
    KEYS_FIRST_MS = 500
};

struct reports {
    struct gateway *gw;
    struct pal_timer report, touch, here, keys;
};

static void on_keys(struct pal_timer *t)
{
    struct reports *r = PAL_CONTAINER(t, struct reports, keys);
    keys_refresh(r->gw);
    pal_timer_arm(r->gw->loop, t, atomic_load(&r->gw->keys_loaded) ? KEYS_MS : KEYS_FIRST_MS);
}

static json_t *org_ids(const struct org *o)
{
    json_t *ids = json_array();
    PAL_LIST_EACH(it, (struct pal_list *)(uintptr_t)&o->persons) {
        const struct person *p = PAL_CONTAINER(it, struct person, in_org);
        (void)json_array_append_new(ids, json_integer((json_int_t)p->user));
    }
    return json_pack("{sIso}", "org", (json_int_t)o->id, "ids", ids);
}

static void on_report(struct pal_timer *t)
{
    struct reports *r = PAL_CONTAINER(t, struct reports, report);
    struct gateway *gw = r->gw;
    json_t *users = json_array();
    size_t at = 0;
    uint64_t id;
    void *value;
    while (pal_map_next(&gw->people.orgs, &at, &id, &value))
        (void)json_array_append_new(users, org_ids(value));
    json_t *body = json_pack("{sssIsIso}", "gateway", gw->name, "connections",
                             (json_int_t)gw->people.sessions, "connection_errors",
                             (json_int_t)pal_metric_value(gw->metrics.refused), "users", users);
    upstream_request(gw, &pal_cmd_gateway_report, 0, NULL, body, upstream_ignore, NULL);
    pal_timer_arm(gw->loop, t, REPORT_MS);
}

static void touch(struct gateway *gw, json_t *ids, bool all)
{
    if (json_array_size(ids) > 0 && all)
        upstream_request(gw, &pal_cmd_user_touch, 0, NULL, json_pack("{sO}", "ids", ids),
                         upstream_ignore, NULL);
    if (json_array_size(ids) > 0)
        upstream_request(gw, &pal_cmd_here_report, 0, NULL, json_pack("{sO}", "ids", ids),
                         upstream_ignore, NULL);
    (void)json_array_clear(ids);
}

/* all: to auth and chat; otherwise those of whom chat has not been told yet. */
static void tell_people(struct gateway *gw, bool all)
{
    json_t *ids = json_array();
    size_t at = 0;
    uint64_t user;
    void *value;
    while (pal_map_next(&gw->people.users, &at, &user, &value)) {
        struct person *person = value;
        if (person->here && !all)
            continue;
        person->here = true;
        (void)json_array_append_new(ids, json_integer((json_int_t)user));
        if (json_array_size(ids) == TOUCH_MAX)
            touch(gw, ids, all);
    }
    touch(gw, ids, all);
    json_decref(ids);
}

static void on_touch(struct pal_timer *t)
{
    struct reports *r = PAL_CONTAINER(t, struct reports, touch);
    tell_people(r->gw, true);
    pal_timer_arm(r->gw->loop, t, TOUCH_MS);
}

static void on_here(struct pal_timer *t)
{
    struct reports *r = PAL_CONTAINER(t, struct reports, here);
    tell_people(r->gw, false);
    pal_timer_arm(r->gw->loop, t, HERE_MS);
}

struct reports *reports_start(struct gateway *gw)
{
    struct reports *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->gw = gw;
    r->report.fn = on_report;
    r->touch.fn = on_touch;
    r->here.fn = on_here;
    r->keys.fn = on_keys;
    pal_timer_arm(gw->loop, &r->report, REPORT_MS);
    pal_timer_arm(gw->loop, &r->touch, TOUCH_MS);
    pal_timer_arm(gw->loop, &r->here, HERE_MS);
    pal_timer_arm(gw->loop, &r->keys, 1);
    return r;
}

void reports_stop(struct reports *r)
{
    if (!r)
        return;
    pal_timer_stop(r->gw->loop, &r->report);
    pal_timer_stop(r->gw->loop, &r->touch);
    pal_timer_stop(r->gw->loop, &r->here);
    pal_timer_stop(r->gw->loop, &r->keys);
    free(r);
}
