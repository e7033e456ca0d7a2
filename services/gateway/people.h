/* Who is connected here: organisations, their people, their sessions. Loop's thread. */
#ifndef GATEWAY_PEOPLE_H
#define GATEWAY_PEOPLE_H

#include "base/json.h"
#include "base/list.h"
#include "base/map.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pal_blob;
struct gateway;
struct session;

struct org {
    uint64_t id;
    struct pal_list persons;
};

/* A user with at least one session here. */
struct person {
    uint64_t user;
    struct org *org;
    struct pal_list in_org;
    struct pal_list sessions;      /* struct session.in_person */
    size_t n;                      /* how many these are */
    char *username, *display_name; /* owned; NULL while not known */
    bool known;                    /* auth has told */
    bool asked;                    /* auth is being asked */
    bool spanish;
    bool here;                /* chat has been told that he is connected */
    struct pal_list in_queue; /* to be asked for: people.queue */
};

struct people {
    struct pal_map users, orgs; /* owned */
    size_t sessions;
    struct pal_list queue; /* reconcile.c: people whose channels chat is to be asked for */
    unsigned reconciling;  /* and how many it is being asked for */
};

void people_init(struct people *p);
void people_fini(struct people *p);
struct person *person_find(const struct people *p, uint64_t user);
/* Adds the session, making what is missing. NULL: out of memory. */
struct person *person_join(struct people *p, uint64_t user, uint64_t org, struct session *s);
void person_part(struct people *p, struct session *s);

/* A user as auth describes it ({"id":…,"username":…}). */
void person_learn(struct person *p, const json_t *user);
/* {"id","organization_id","role","username","display_name"}: what is known. New reference. */
json_t *person_json(const struct person *p, uint8_t role);

/* To every /ws socket of an organisation. */
void people_tell_org(const struct people *p, uint64_t org, struct pal_blob *frame);

#endif
