/* Registry of connected people. */
#include "people.h"

#include "gen/catalogue.h"
#include "session.h"

#include <stdlib.h>

void people_init(struct people *p)
{
    pal_map_init(&p->users);
    pal_map_init(&p->orgs);
    pal_list_init(&p->queue);
    p->sessions = 0;
    p->reconciling = 0;
}

void people_fini(struct people *p)
{
    pal_map_fini(&p->users);
    pal_map_fini(&p->orgs);
}

struct person *person_find(const struct people *p, uint64_t user)
{
    return pal_map_get(&p->users, user);
}

static struct org *org_open(struct people *p, uint64_t id)
{
    struct org *o = pal_map_get(&p->orgs, id);
    if (o)
        return o;
    o = calloc(1, sizeof *o);
    if (!o || !pal_map_put(&p->orgs, id, o)) {
        free(o);
        return NULL;
    }
    o->id = id;
    pal_list_init(&o->persons);
    return o;
}

static void org_release(struct people *p, struct org *o)
{
    if (!pal_list_empty(&o->persons))
        return;
    pal_map_del(&p->orgs, o->id);
    free(o);
}

static struct person *person_new(struct people *p, uint64_t user, uint64_t org)
{
    struct org *o = org_open(p, org);
    struct person *who = calloc(1, sizeof *who);
    if (!o || !who || !pal_map_put(&p->users, user, who)) {
        free(who);
        if (o)
            org_release(p, o);
        return NULL;
    }
    who->user = user;
    who->org = o;
    pal_list_init(&who->sessions);
    pal_list_init(&who->in_queue);
    pal_list_append(&o->persons, &who->in_org);
    return who;
}

struct person *person_join(struct people *p, uint64_t user, uint64_t org, struct session *s)
{
    struct person *who = person_find(p, user);
    if (!who)
        who = person_new(p, user, org);
    if (!who)
        return NULL;
    pal_list_append(&who->sessions, &s->in_person);
    who->n++;
    s->person = who;
    p->sessions++;
    return who;
}

void person_part(struct people *p, struct session *s)
{
    struct person *who = s->person;
    if (!who)
        return;
    s->person = NULL;
    p->sessions--;
    pal_list_remove(&s->in_person);
    who->n--;
    if (!pal_list_empty(&who->sessions))
        return;
    pal_list_remove(&who->in_org);
    pal_list_remove(&who->in_queue);
    org_release(p, who->org);
    pal_map_del(&p->users, who->user);
    free(who->username);
    free(who->display_name);
    free(who);
}

static void keep(char **to, struct pal_str text)
{
    char *copy = text.p ? strndup(text.p, text.n) : NULL;
    if (!copy)
        return;
    free(*to);
    *to = copy;
}

void person_learn(struct person *p, const json_t *user)
{
    keep(&p->username, pal_json_str(user, "username"));
    keep(&p->display_name, pal_json_str(user, "display_name"));
    p->spanish = pal_str_eq(pal_json_str(user, "language"), PAL_STR("es"));
    p->known = true;
}

json_t *person_json(const struct person *p, uint8_t role)
{
    json_t *user = json_pack("{sIsIss}", "id", (json_int_t)p->user, "organization_id",
                             (json_int_t)p->org->id, "role", pal_role_name(role));
    if (user && p->username)
        (void)json_object_set_new(user, "username", json_string(p->username));
    if (user && p->display_name)
        (void)json_object_set_new(user, "display_name", json_string(p->display_name));
    return user;
}

void people_tell_org(const struct people *p, uint64_t org, struct pal_blob *frame)
{
    struct org *o = pal_map_get(&p->orgs, org);
    if (!o)
        return;
    PAL_LIST_EACH(it, &o->persons) {
        struct person *who = PAL_CONTAINER(it, struct person, in_org);
        PAL_LIST_EACH(at, &who->sessions) {
            struct session *s = PAL_CONTAINER(at, struct session, in_person);
            if (s->kind == SESSION_ALL && s->greeted)
                ws_conn_send(&s->conn, frame);
        }
    }
}
