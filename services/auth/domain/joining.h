/* Which organisation a person who registers comes into, and as what. Pure. */
#ifndef AUTH_DOMAIN_JOINING_H
#define AUTH_DOMAIN_JOINING_H

#include "base/str.h"

#include <stdint.h>

/* What is known of the installation and the request. */
struct joining_facts {
    bool empty;          /* nobody has registered yet */
    bool has_invitation; /* a token was given */
    uint64_t invited_to; /* organisation of a token that works; 0: it does not work */
    int invited_role;
    uint64_t domain_owner;   /* active organisation with the domain of the address; 0: none */
    bool names_organization; /* a name was given */
    bool open_organizations; /* setting */
    bool domain_join;        /* setting */
};

enum joining_way {
    JOIN_FOUND,          /* makes a new organisation, as its administrator */
    JOIN_INVITED,        /* `org` with `role` */
    JOIN_BY_DOMAIN,      /* `org` as member */
    JOIN_BAD_INVITATION, /* refused */
    JOIN_CLOSED          /* refused */
};

struct joining {
    enum joining_way way;
    uint64_t org; /* 0: to be made */
    int role;     /* enum pal_role */
};

struct joining joining_decide(const struct joining_facts *facts);

/* May the organisation made by a person with this address claim its domain? Not when a stranger
 * could get such an address, nor when another has it. */
bool joining_claims_domain(struct pal_str domain, bool taken);

#endif
