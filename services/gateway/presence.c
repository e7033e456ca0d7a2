/* Presence of users: local sockets, other gateways, the user's own word. */
#include "presence.h"

#include "presence_state.h"

#include <stdlib.h>

static const char *const names[] = {"offline", "away", "busy", "online"};

const char *presence_name(enum presence_status status)
{
    return names[status];
}

bool presence_parse(struct pal_str name, enum presence_status *out)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (pal_str_eq(name, pal_str_of(names[i]))) {
            *out = (enum presence_status)i;
            return true;
        }
    }
    return false;
}

struct presence *presence_new(int64_t away_ms, int64_t grace_ms, const struct presence_ops *ops,
                              void *ctx)
{
    struct presence *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    pal_map_init(&p->users);
    pal_map_init(&p->orgs);
    pal_list_init(&p->pending);
    pal_list_init(&p->lively);
    pal_list_init(&p->leaving);
    p->due_ms = INT64_MAX;
    p->away_ms = away_ms;
    p->grace_ms = grace_ms;
    p->ops = ops;
    p->ctx = ctx;
    return p;
}

static void map_free_values(struct pal_map *m)
{
    size_t at = 0;
    uint64_t key;
    void *value;
    while (pal_map_next(m, &at, &key, &value))
        free(value);
    pal_map_fini(m);
}

void presence_free(struct presence *p)
{
    if (!p)
        return;
    map_free_values(&p->users);
    map_free_values(&p->orgs);
    free(p);
}

/* ---- users ---- */

static struct office *office_open(struct presence *p, uint64_t org)
{
    struct office *o = pal_map_get(&p->orgs, org);
    if (o)
        return o;
    o = calloc(1, sizeof *o);
    if (!o || !pal_map_put(&p->orgs, org, o)) {
        free(o);
        return NULL;
    }
    o->org = org;
    pal_list_init(&o->people);
    pal_list_init(&o->changed);
    pal_list_init(&o->in_pending);
    return o;
}

static void office_release(struct presence *p, struct office *o)
{
    if (!pal_list_empty(&o->people))
        return;
    pal_map_del(&p->orgs, o->org);
    pal_list_remove(&o->in_pending);
    free(o);
}

struct here *presence_user(struct presence *p, uint64_t org, uint64_t user)
{
    struct here *h = pal_map_get(&p->users, user);
    if (h)
        return h;
    struct office *o = office_open(p, org);
    h = calloc(1, sizeof *h);
    if (!o || !h || !pal_map_put(&p->users, user, h)) {
        free(h);
        if (o)
            office_release(p, o);
        return NULL;
    }
    h->office = o;
    h->user = user;
    h->chosen = PRESENCE_ONLINE;
    pal_list_init(&h->in_changed);
    pal_list_init(&h->in_due);
    pal_list_append(&o->people, &h->in_org);
    o->n_people++;
    return h;
}

static enum presence_status seen(const struct here *h)
{
    if (h->local == PRESENCE_ONLINE || h->online)
        return PRESENCE_ONLINE;
    return h->local == PRESENCE_AWAY || h->away ? PRESENCE_AWAY : PRESENCE_OFFLINE;
}

static enum presence_status effective(const struct here *h)
{
    enum presence_status status = seen(h);
    return status == PRESENCE_OFFLINE || h->chosen == PRESENCE_ONLINE
               ? status
               : (enum presence_status)h->chosen;
}

void presence_mark(struct presence *p, struct here *h)
{
    struct office *o = h->office;
    if (pal_list_empty(&h->in_changed))
        pal_list_append(&o->changed, &h->in_changed);
    if (pal_list_empty(&o->in_pending))
        pal_list_append(&p->pending, &o->in_pending);
    if (o->due_ms < p->due_ms)
        p->due_ms = o->due_ms;
}

static void local_set(struct presence *p, struct here *h, enum presence_status status)
{
    if (h->local == status)
        return;
    h->local = (uint8_t)status;
    p->ops->local(p->ctx, h->office->org, h->user, status);
    presence_mark(p, h);
}

static void wait_in(struct pal_list *line, struct here *h, int64_t due_ms)
{
    h->due_ms = due_ms;
    pal_list_remove(&h->in_due);
    pal_list_append(line, &h->in_due);
}

void presence_connected(struct presence *p, uint64_t org, uint64_t user)
{
    struct here *h = presence_user(p, org, user);
    if (!h)
        return;
    h->sockets++;
    presence_active(p, user);
}

void presence_disconnected(struct presence *p, uint64_t user)
{
    struct here *h = pal_map_get(&p->users, user);
    if (!h || h->sockets == 0 || --h->sockets > 0)
        return;
    wait_in(&p->leaving, h, p->now_ms + p->grace_ms + 1);
}

void presence_active(struct presence *p, uint64_t user)
{
    struct here *h = pal_map_get(&p->users, user);
    if (!h || h->sockets == 0)
        return;
    wait_in(&p->lively, h, p->now_ms + p->away_ms);
    local_set(p, h, PRESENCE_ONLINE);
}

void presence_idle(struct presence *p, uint64_t user)
{
    struct here *h = pal_map_get(&p->users, user);
    if (!h || h->sockets == 0)
        return;
    pal_list_remove(&h->in_due);
    local_set(p, h, PRESENCE_AWAY);
}

void presence_chosen(struct presence *p, uint64_t org, uint64_t user, struct pal_str status)
{
    enum presence_status chosen;
    struct here *h = pal_map_get(&p->users, user);
    if (!presence_parse(status, &chosen))
        return;
    /* auth shows "offline" for whoever it has not heard of lately: not a choice. */
    if (chosen == PRESENCE_OFFLINE)
        return;
    if (!h)
        h = presence_user(p, org, user);
    if (!h)
        return;
    h->chosen = (uint8_t)chosen;
    /* He may be about to come: remembered as long as one who has just left. */
    if (h->sockets == 0 && pal_list_empty(&h->in_due))
        wait_in(&p->leaving, h, p->now_ms + p->grace_ms + 1);
    presence_mark(p, h);
}

/* ---- time ---- */

static void line_tick(struct presence *p, struct pal_list *line, enum presence_status then)
{
    while (!pal_list_empty(line)) {
        struct here *h = PAL_CONTAINER(line->next, struct here, in_due);
        if (p->now_ms < h->due_ms)
            return;
        pal_list_remove(&h->in_due);
        local_set(p, h, then);
        presence_mark(p, h);
    }
}

static void user_forget(struct presence *p, struct here *h)
{
    if (h->sockets > 0 || !pal_list_empty(&h->in_due) || h->online || h->away)
        return;
    pal_list_remove(&h->in_org);
    h->office->n_people--;
    pal_map_del(&p->users, h->user);
    free(h);
}

/* Telling costs the changes times the sockets: the more there are, the more is gathered. */
static int64_t pause_of(const struct office *o)
{
    int64_t ms = PRESENCE_COALESCE_MS + o->n_people / 4;
    return ms < PRESENCE_PAUSE_MAX_MS ? ms : PRESENCE_PAUSE_MAX_MS;
}

/* NOLINTBEGIN(clang-analyzer-unix.Malloc): who is forgotten, and an office that is released, have
 * left their lists before; the analyzer takes the next of the list for them. */

/* Puts together what has changed; a user is gone for good when that he is offline has been told. */
static size_t gather(struct presence *p, struct office *o)
{
    size_t n = 0;
    PAL_LIST_EACH(it, &o->changed) {
        struct here *h = PAL_CONTAINER(it, struct here, in_changed);
        enum presence_status status = effective(h);
        if (n == PRESENCE_BATCH_MAX)
            break;
        pal_list_remove(it);
        if (status != h->told)
            p->batch[n++] = (struct presence_change){h->user, status};
        h->told = (uint8_t)status;
        user_forget(p, h);
    }
    return n;
}

static void office_tell(struct presence *p, struct office *o)
{
    size_t n;
    pal_list_remove(&o->in_pending);
    while ((n = gather(p, o)) > 0) {
        o->due_ms = p->now_ms + pause_of(o);
        p->ops->changed(p->ctx, o->org, p->batch, n);
    }
    office_release(p, o);
}

void presence_settle(struct presence *p, int64_t now_ms)
{
    p->now_ms = now_ms;
    if (now_ms < p->due_ms)
        return;
    p->due_ms = INT64_MAX;
    PAL_LIST_EACH(it, &p->pending) {
        struct office *o = PAL_CONTAINER(it, struct office, in_pending);
        if (o->due_ms <= now_ms)
            office_tell(p, o);
        else if (o->due_ms < p->due_ms)
            p->due_ms = o->due_ms;
    }
}

/* NOLINTEND(clang-analyzer-unix.Malloc) */

void presence_tick(struct presence *p, int64_t now_ms)
{
    p->now_ms = now_ms;
    line_tick(p, &p->leaving, PRESENCE_OFFLINE);
    line_tick(p, &p->lively, PRESENCE_AWAY);
    presence_settle(p, now_ms);
}

/* ---- questions ---- */

enum presence_status presence_of(const struct presence *p, uint64_t user)
{
    const struct here *h = pal_map_get(&p->users, user);
    return h ? effective(h) : PRESENCE_OFFLINE;
}

void presence_each(const struct presence *p, uint64_t org, presence_each_fn *fn, void *arg)
{
    struct office *o = pal_map_get(&p->orgs, org);
    if (!o)
        return;
    PAL_LIST_EACH(it, &o->people) {
        struct here *h = PAL_CONTAINER(it, struct here, in_org);
        enum presence_status status = effective(h);
        if (status != PRESENCE_OFFLINE)
            fn(arg, h->user, status);
    }
}

void presence_each_local(const struct presence *p, presence_local_fn *fn, void *arg)
{
    size_t at = 0;
    uint64_t key;
    void *value;
    while (pal_map_next(&p->users, &at, &key, &value)) {
        const struct here *h = value;
        if (h->local != PRESENCE_OFFLINE)
            fn(arg, h->office->org, h->user, (enum presence_status)h->local);
    }
}
