/* Which organisation a person who registers comes into. */
#include "domain/joining.h"

#include "domain/names.h"
#include "proto/types.h"

struct joining joining_decide(const struct joining_facts *f)
{
    const struct joining found = {JOIN_FOUND, 0, PAL_ROLE_ADMIN};
    if (f->has_invitation)
        return f->invited_to ? (struct joining){JOIN_INVITED, f->invited_to, f->invited_role}
                             : (struct joining){JOIN_BAD_INVITATION, 0, PAL_ROLE_NONE};
    if (f->empty)
        return found;
    if (f->domain_owner && f->domain_join)
        return (struct joining){JOIN_BY_DOMAIN, f->domain_owner, PAL_ROLE_MEMBER};
    if (f->names_organization && f->open_organizations)
        return found;
    return (struct joining){JOIN_CLOSED, 0, PAL_ROLE_NONE};
}

bool joining_claims_domain(struct pal_str domain, bool taken)
{
    return !taken && !domain_is_public(domain);
}
