/* Who may change what of whom. Pure. Roles are enum pal_role. */
#ifndef AUTH_DOMAIN_ROLES_H
#define AUTH_DOMAIN_ROLES_H

#include <stdbool.h>

/* An invitation gives at most what the one who invites has. */
bool role_may_invite(int caller, int invited);

/* A change of a user as somebody asks for it. */
struct user_change {
    bool self;       /* caller and user are the same */
    int caller_role; /* as the database has it, not the token */
    int old_role, new_role;
    bool was_active, is_active;
    bool profile;        /* any field that only the person may change */
    bool secret;         /* address or password */
    bool knows_password; /* current_password was given */
    int other_admins;    /* active administrators besides the user */
};

enum change_verdict {
    CHANGE_ALLOWED,
    CHANGE_DENIED,
    CHANGE_NEEDS_PASSWORD, /* current_password is missing */
    CHANGE_LAST_ADMIN      /* the organisation would be left without */
};

enum change_verdict user_change_check(const struct user_change *c);
/* True when the answer depends on other_admins. */
bool user_change_costs_admin(const struct user_change *c);

/* Erasing a user for good. */
struct user_erasure {
    bool self;
    int caller_role, role;
    bool is_active;
    bool knows_password; /* password was given */
    int other_admins;
};
enum change_verdict user_erasure_check(const struct user_erasure *e);
/* True when the answer depends on other_admins. */
bool user_erasure_costs_admin(const struct user_erasure *e);

#endif
