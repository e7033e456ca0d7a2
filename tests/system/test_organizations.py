"""Organisations and invitations: B1, and the invitations of A8."""

import secrets

import pytest

from harness.client import PASSWORD


def body(**more):
    name = secrets.token_hex(5)
    return {"email": f"{name}@{name}.example", "username": name, "password": PASSWORD, **more}


def test_members_see_their_organisation_and_no_other(suite, org):
    member, stranger = org.member(), suite.org()
    own = member.ok("GET", f"/organizations/{org.id}")
    assert own == {"id": org.id, "name": f"Org {org.domain}", "domain": org.domain, "subscription_plan": "free",
                   "created_at": own["created_at"], "is_active": True}
    member.refused(404, "organization.not_found", "GET", f"/organizations/{stranger.id}")
    member.refused(404, "organization.not_found", "GET", "/organizations/9007199254740991")
    stranger.admin.refused(404, "organization.not_found", "PUT", f"/organizations/{org.id}", json={"name": "Mine"})


def test_administrators_name_it(org):
    assert org.admin.ok("PUT", f"/organizations/{org.id}", json={"name": " Empresa S.A. "})["name"] == "Empresa S.A."
    org.admin.refused(400, "request.invalid", "PUT", f"/organizations/{org.id}", json={"name": "  "})
    org.admin.refused(400, "request.invalid", "PUT", f"/organizations/{org.id}", json={"subscription_plan": "gold"})
    for person in (org.member(), org.moderator()):
        person.refused(403, "access.denied", "PUT", f"/organizations/{org.id}", json={"name": "Mine"})


def test_without_a_domain_nobody_joins_by_it(suite, org):
    path = f"/organizations/{org.id}"
    assert org.admin.ok("PUT", path, json={"domain": None})["domain"] is None
    stranger = suite.client()
    stranger.refused(403, "registration.closed", "POST", "/auth/register", json=body(email=f"{secrets.token_hex(5)}@{org.domain}"))
    assert org.admin.ok("PUT", path, json={"domain": org.domain.upper()})["domain"] == org.domain
    assert org.member().user["organization_id"] == org.id


def test_a_domain_is_ones_own_and_nobody_elses(suite, org):
    path = f"/organizations/{org.id}"
    for domain in ("other-company.example", "gmail.com"):
        org.admin.refused(422, "organization.domain_refused", "PUT", path, json={"domain": domain})
    org.admin.refused(400, "request.invalid", "PUT", path, json={"domain": "no domain"})
    # Another organisation takes the domain while this one has none.
    org.admin.ok("PUT", path, json={"domain": None})
    other = suite.client().register(domain=org.domain, organization="Quicker")
    assert other.user["organization_id"] != org.id
    org.admin.refused(409, "organization.domain_taken", "PUT", path, json={"domain": org.domain})


# ---- invitations ----
def test_an_invitation_joins_with_its_role(suite, org):
    invitation = org.admin.ok("POST", "/invitations", json={"role": "moderator", "max_uses": 2}, status=201)
    assert invitation["uses"] == 0 and invitation["organization_id"] == org.id and len(invitation["token"]) >= 32
    guest = suite.client().register(invitation=invitation["token"], organization="ignored")
    assert guest.user["organization_id"] == org.id and guest.user["role"] == "moderator"
    listed = org.admin.ok("GET", "/invitations")["items"]
    assert [item["uses"] for item in listed] == [1] and "token" not in listed[0]


def test_an_invitation_ends_with_its_last_use(suite, org):
    token = org.admin.ok("POST", "/invitations", json={})["token"]
    suite.client().register(invitation=token)
    suite.client().refused(422, "invitation.invalid", "POST", "/auth/register", json=body(invitation=token))
    assert org.admin.ok("GET", "/invitations")["items"] == []


def test_a_registration_that_fails_uses_nothing_up(suite, org):
    token = org.admin.ok("POST", "/invitations", json={})["token"]
    suite.client().refused(409, "email.taken", "POST", "/auth/register", json=body(invitation=token, email=org.admin.email))
    assert suite.client().register(invitation=token).user["organization_id"] == org.id


def test_an_invitation_for_an_address_works_for_it_alone(suite, org):
    email = f"{secrets.token_hex(5)}@guest.example"
    token = org.admin.ok("POST", "/invitations", json={"email": email.upper()})["token"]
    suite.client().refused(422, "invitation.invalid", "POST", "/auth/register", json=body(invitation=token))
    assert suite.client().register(invitation=token, email=email).user["organization_id"] == org.id


def test_a_withdrawn_or_expired_or_made_up_invitation_does_not_work(suite, org):
    first, second = (org.admin.ok("POST", "/invitations", json={}) for _ in range(2))
    assert org.admin.delete(f"/invitations/{first['id']}").status_code == 204
    org.admin.refused(404, "invitation.not_found", "DELETE", f"/invitations/{first['id']}")
    suite.psql(f"update auth.invitation set expires_at = now() where id = {second['id']}")
    for token in (first["token"], second["token"], "A" * 43):
        suite.client().refused(422, "invitation.invalid", "POST", "/auth/register", json=body(invitation=token))
    assert org.admin.ok("GET", "/invitations")["items"] == []


def test_nobody_invites_above_the_own_role(org):
    moderator = org.moderator()
    moderator.ok("POST", "/invitations", json={"role": "moderator"})
    moderator.refused(403, "access.denied", "POST", "/invitations", json={"role": "admin"})
    member = org.member()
    member.refused(403, "access.denied", "POST", "/invitations", json={})
    member.refused(403, "access.denied", "GET", "/invitations")


def test_an_invitation_ends_with_the_right_to_invite(suite, org):
    moderator = org.moderator()
    token = moderator.ok("POST", "/invitations", json={})["token"]
    org.admin.ok("PUT", f"/users/{moderator.id}", json={"role": "member"})
    suite.client().refused(422, "invitation.invalid", "POST", "/auth/register", json=body(invitation=token))


def test_invitations_of_others_are_not_seen(suite, org):
    invitation = org.admin.ok("POST", "/invitations", json={})
    stranger = suite.org().admin
    assert stranger.ok("GET", "/invitations")["items"] == []
    stranger.refused(404, "invitation.not_found", "DELETE", f"/invitations/{invitation['id']}")


def test_invitations_are_listed_page_by_page(org):
    made = [org.admin.ok("POST", "/invitations", json={})["id"] for _ in range(3)]
    page = org.admin.ok("GET", "/invitations", params={"limit": 2})
    rest = org.admin.ok("GET", "/invitations", params={"limit": 2, "cursor": page["next_cursor"]})
    assert [item["id"] for item in page["items"] + rest["items"]] == made[::-1] and rest["next_cursor"] is None
    for cursor in ("x", "0", "-1", "99999999999999999999"):
        org.admin.refused(400, "request.invalid", "GET", "/invitations", params={"cursor": cursor})


@pytest.mark.parametrize("wrong", [{"role": "owner"}, {"max_uses": 0}, {"max_uses": 1001}, {"expires_in": 59}, {"email": "nobody"}, {"uses": 3}])
def test_a_wrong_invitation_is_refused(org, wrong):
    org.admin.refused(400, "request.invalid", "POST", "/invitations", json=wrong)


def test_an_invitation_is_stored_nowhere_in_clear_whatever_key_comes_with_it(suite, org):
    key = {"Idempotency-Key": secrets.token_hex(16)}
    one, two = (org.admin.ok("POST", "/invitations", json={"max_uses": 3}, headers=key) for _ in range(2))
    assert one["token"] != two["token"] and len(org.admin.ok("GET", "/invitations")["items"]) == 2
    for table in ("idempotency", "invitation", "event", "mail"):
        stored = suite.psql(f"select coalesce(string_agg(t::text, ' '), '') from auth.{table} t")
        assert one["token"] not in stored and two["token"] not in stored, table
