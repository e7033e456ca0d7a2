/* auth.register. The password is hashed before anything is asked of the database: that takes long,
 * and registrations wait for each other from the lock on. */
#include "handlers/handlers.h"

#include "domain/joining.h"
#include "domain/names.h"
#include "handlers/facts.h"
#include "handlers/letters.h"
#include "handlers/passwords.h"
#include "handlers/people.h"
#include "handlers/secrets.h"
#include "handlers/signing_in.h"
#include "settings.h"
#include "state.h"
#include "store/invitation.h"
#include "store/organization.h"

struct registration {
    struct pal_str email, email_key, domain; /* domain: in lower case, part of email_key */
    struct pal_str username, display_name, organization, invitation;
    char hash[PASSWORD_HASH_MAX];
    bool domain_taken;
    bool mailed; /* the invitation was sent to the address */
    struct joining joining;
};

static enum pal_code decode(struct pal_call *c, struct registration *r)
{
    r->email = pal_json_str(c->in, "email");
    r->username = pal_json_str(c->in, "username");
    r->display_name = pal_str_trim(pal_json_str(c->in, "display_name"));
    r->organization = pal_str_trim(pal_json_str(c->in, "organization"));
    r->invitation = pal_json_str(c->in, "invitation");
    if (!email_valid(r->email))
        return people_invalid(c, "/email", "is not an e-mail address");
    enum pal_code code = people_username(c, r->username);
    if (code != PAL_OK)
        return code;
    if (r->display_name.n == 0)
        r->display_name = r->username;
    char *key = pal_arena_alloc(c->arena, r->email.n + 1);
    if (!key)
        return pal_fail(c, &pal_err_service_internal, "out of request memory");
    name_fold(r->email, key);
    r->email_key = (struct pal_str){key, r->email.n};
    r->domain = email_domain(r->email_key);
    return PAL_OK;
}

static enum pal_code hash_password(struct pal_call *c, struct registration *r)
{
    const struct account about = {
        .email = r->email, .username = r->username, .org_name = r->organization};
    return passwords_new(c, "password", &about, r->hash);
}

/* What joining_decide wants to know; takes a use of the invitation on the way. */
static enum pal_code find_facts(struct pal_call *c, struct registration *r, struct joining_facts *f)
{
    const struct auth_settings *set = auth_settings_of(c->service);
    uint64_t owner = 0;
    bool any = false, owner_active = false;
    enum pal_code code = organization_store_lock_registration(c->db, &c->err);
    if (code == PAL_OK)
        code = organization_store_any(c->db, &any, &c->err);
    if (code == PAL_OK)
        code = organization_store_by_domain(c->db, c->arena, r->domain, &owner, &owner_active,
                                            &c->err);
    if (code != PAL_OK)
        return code;
    r->domain_taken = owner != 0;
    *f = (struct joining_facts){.empty = !any,
                                .has_invitation = r->invitation.p != NULL,
                                .domain_owner = owner_active ? owner : 0,
                                .names_organization = r->organization.n > 0,
                                .open_organizations = set->open_organizations,
                                .domain_join = set->domain_join};
    if (!f->has_invitation)
        return PAL_OK;
    uint8_t hash[32];
    secret_hash(r->invitation, hash);
    struct invitation_use use;
    code = invitation_store_use(c->db, c->arena, hash, r->email_key, &use, &c->err);
    if (code != PAL_OK)
        return code;
    f->invited_to = use.org;
    f->invited_role = use.role;
    r->mailed = use.mailed;
    return PAL_OK;
}

static enum pal_code decide(struct pal_call *c, struct registration *r)
{
    struct joining_facts facts;
    enum pal_code code = find_facts(c, r, &facts);
    if (code != PAL_OK)
        return code;
    r->joining = joining_decide(&facts);
    if (r->joining.way == JOIN_BAD_INVITATION)
        return pal_fail(c, &pal_err_invitation_invalid,
                        "the invitation is unknown, has ended, or is for another address");
    if (r->joining.way == JOIN_CLOSED)
        return pal_fail(
            c, &pal_err_registration_closed,
            facts.open_organizations
                ? "no organisation has the domain %.*s; ask for an invitation, or name a new "
                  "`organization`"
                : "no organisation has the domain %.*s; ask an administrator for an invitation",
            (int)r->domain.n, r->domain.p);
    return PAL_OK;
}

static enum pal_code found_organization(struct pal_call *c, struct registration *r)
{
    struct pal_str name = r->organization.n > 0 ? r->organization : r->domain, none = {NULL, 0};
    struct pal_str domain = joining_claims_domain(r->domain, r->domain_taken) ? r->domain : none;
    if (r->joining.way != JOIN_FOUND)
        return PAL_OK;
    enum pal_code code =
        organization_store_insert(c->db, c->arena, name, domain, &r->joining.org, &c->err);
    return code == PAL_OK ? fact_organization(c, &pal_ev_organization_created, r->joining.org)
                          : code;
}

static enum pal_code insert_account(struct pal_call *c, const struct registration *r,
                                    struct account *a)
{
    const struct new_account made = {
        .org = r->joining.org,
        .role = r->joining.role,
        .email = r->email,
        .email_key = r->email_key,
        .username = r->username,
        .display_name = r->display_name,
        .language = pal_json_str(c->in, "language"),
        .password_hash = pal_str_of(r->hash),
        .email_verified = r->mailed,
    };
    *a = (struct account){
        .org = made.org, .role = made.role, .password_hash = made.password_hash, .is_active = true};
    return account_store_insert(c->db, c->arena, &made, &a->id, &c->err);
}

enum pal_code auth_register(struct pal_call *c)
{
    struct registration r = {0};
    struct account a;
    enum pal_code code = decode(c, &r);
    if (code == PAL_OK)
        code = hash_password(c, &r);
    if (code == PAL_OK)
        code = decide(c, &r);
    if (code == PAL_OK)
        code = found_organization(c, &r);
    if (code == PAL_OK)
        code = insert_account(c, &r, &a);
    if (code == PAL_OK)
        code = fact_user_created(c, a.org, a.id);
    if (code == PAL_OK && !r.mailed)
        code = letters_verify(c, r.email);
    if (code == PAL_OK)
        code = signing_in_open(c, &a);
    fact_await(c);
    return code == PAL_NOT_FOUND
               ? pal_fail(c, &pal_err_service_internal, "no session for a new account")
               : code;
}
