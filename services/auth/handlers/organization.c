/* organization.get, organization.update. */
#include "handlers/handlers.h"

#include "domain/names.h"
#include "handlers/facts.h"
#include "handlers/people.h"
#include "store/organization.h"

/* The caller's organisation, which must be the one of the request. */
static enum pal_code own(struct pal_call *c, struct account *me)
{
    enum pal_code code = people_caller(c, me);
    if (code == PAL_OK && me->org != (uint64_t)pal_json_int(c->in, "organization_id", 0))
        return pal_fail(c, &pal_err_organization_not_found, "it is not yours");
    return code;
}

static enum pal_code reply(struct pal_call *c, uint64_t org)
{
    struct pal_str json;
    enum pal_code code = organization_store_json(c->db, c->arena, org, &json, &c->err);
    if (code == PAL_NOT_FOUND)
        return pal_fail(c, &pal_err_organization_not_found, "it does not exist");
    return code == PAL_OK ? pal_reply_text(c, json) : code;
}

enum pal_code organization_get(struct pal_call *c)
{
    struct account me;
    enum pal_code code = own(c, &me);
    return code == PAL_OK ? reply(c, me.org) : code;
}

/* The domain of the request in lower case; NULL when it is to be taken away. */
static enum pal_code domain_of(struct pal_call *c, const struct account *me, struct pal_str *out)
{
    struct pal_str domain = pal_json_str(c->in, "domain");
    *out = (struct pal_str){NULL, 0};
    if (!domain.p)
        return PAL_OK;
    if (!domain_valid(domain))
        return people_invalid(c, "/domain", "is not a domain");
    if (domain_is_public(domain) || !pal_str_caseeq(domain, email_domain(me->email)))
        return pal_fail(
            c, &pal_err_organization_domain_refused,
            "it must be the domain of your own e-mail address, and not a public provider's");
    char *folded = pal_arena_alloc(c->arena, domain.n + 1);
    if (!folded)
        return pal_fail(c, &pal_err_service_internal, "out of request memory");
    name_fold(domain, folded);
    *out = (struct pal_str){folded, domain.n};
    return PAL_OK;
}

enum pal_code organization_update(struct pal_call *c)
{
    struct account me;
    struct pal_str domain, name = pal_json_str(c->in, "name");
    enum pal_code code = own(c, &me);
    if (code == PAL_OK && me.role != PAL_ROLE_ADMIN)
        return pal_fail(c, &pal_err_access_denied, "administrators only");
    if (code == PAL_OK && name.p && (name = pal_str_trim(name)).n == 0)
        return people_invalid(c, "/name", "must not be blank");
    if (code == PAL_OK)
        code = domain_of(c, &me, &domain);
    if (code == PAL_OK)
        code = organization_store_update(c->db, c->arena, me.org, name,
                                         pal_json_has(c->in, "domain"), domain, &c->err);
    if (code == PAL_OK)
        code = fact_organization(c, &pal_ev_organization_updated, me.org);
    if (code != PAL_OK)
        return code;
    fact_await(c);
    return reply(c, me.org);
}
