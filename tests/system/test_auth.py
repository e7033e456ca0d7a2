"""Accounts and sign-in: A1 to A4, A10, bans."""

import base64
import json
import secrets
import subprocess

import jwt
import pytest

from harness.client import PASSWORD
from harness.until import until


def tag():
    return secrets.token_hex(5)


def fields(domain=None, **more):
    name = tag()
    return {"email": f"{name}@{domain or name + '.example'}", "username": name, "password": PASSWORD, **more}


def session_is_over(person):
    return person.get("/auth/me").status_code == 401


def refresh(person, token=None, **kwargs):
    body = {} if token is False else {"refresh_token": token or person.refresh_token}
    return person.post("/auth/refresh", json=body, token=False, **kwargs)


# ---- registering ----
def test_the_first_user_becomes_administrator_and_strangers_are_kept_out_where_that_is_configured(make_suite):
    suite = make_suite(env_for={"auth": {"PALIQUE_OPEN_ORGANIZATIONS": "false", "PALIQUE_DOMAIN_JOIN": "false"}})
    first = suite.client().register(domain="empresa.com", display_name="Ana García", language="es")
    assert first.user["role"] == "admin" and first.user["display_name"] == "Ana García" and first.user["language"] == "es"
    org = first.ok("GET", f"/organizations/{first.user['organization_id']}")
    assert org["name"] == "empresa.com" and org["domain"] == "empresa.com" and org["is_active"] is True
    stranger = suite.client()
    stranger.refused(403, "registration.closed", "POST", "/auth/register", json=fields("empresa.com"))
    stranger.refused(403, "registration.closed", "POST", "/auth/register", json=fields(organization="Other"))
    invitation = first.ok("POST", "/invitations", json={"role": "moderator"}, status=201)
    guest = suite.client().register(invitation=invitation["token"])
    assert guest.user["role"] == "moderator" and guest.user["organization_id"] == org["id"]


def test_an_address_of_the_organisations_domain_joins_it_as_member(org):
    member = org.member()
    assert member.user["role"] == "member"
    assert member.user["organization_id"] == org.id
    assert org.admin.user["role"] == "admin"


def test_naming_a_new_organisation_makes_it(suite, org):
    other = suite.client().register(organization="  Otra empresa ")
    assert other.user["role"] == "admin" and other.user["organization_id"] != org.id
    assert other.ok("GET", f"/organizations/{other.user['organization_id']}")["name"] == "Otra empresa"


def test_an_address_at_a_public_provider_joins_nobody(suite, org):
    stranger = suite.client()
    problem = stranger.refused(403, "registration.closed", "POST", "/auth/register", json=fields("gmail.com"))
    assert "invitation" in problem["detail"]
    own = suite.client().register(domain="gmail.com", organization="Freelance")
    assert own.ok("GET", f"/organizations/{own.user['organization_id']}")["domain"] is None


def test_addresses_are_unique_whatever_their_case(suite, org):
    taken = {**fields(org.domain), "email": org.admin.email.upper()}
    suite.client().refused(409, "email.taken", "POST", "/auth/register", json=taken)


def test_usernames_are_unique_in_the_organisation_whatever_their_case(suite, org):
    name = org.admin.user["username"]
    suite.client().refused(409, "username.taken", "POST", "/auth/register", json={**fields(org.domain), "username": name.upper()})
    assert suite.client().register(username=name, organization="Another").user["username"] == name


@pytest.mark.parametrize("field,value", [
    ("email", "nobody"), ("email", "a b@c.example"), ("email", "ana@localhost"), ("email", "a" * 250 + "@b.co"),
    ("username", "a"), ("username", "ana maría"), ("username", "-ana"), ("username", "аna"), ("username", "x" * 33),
    ("password", "short"), ("password", "x" * 1025), ("language", "fr"), ("display_name", ""), ("organization", "x" * 101)])
def test_a_registration_that_is_wrong_names_the_field(suite, field, value):
    problem = suite.client().refused(400, "request.invalid", "POST", "/auth/register", json={**fields(), field: value})
    assert [error["pointer"] for error in problem["errors"]] == [f"/{field}"]


@pytest.mark.parametrize("password", ["password", "Password1!", "12345678", "contraseña", "qwertyuiop", "aaaaaaaaaaaa", "palique2024"])
def test_passwords_that_are_tried_first_are_refused(suite, password):
    problem = suite.client().refused(422, "password.weak", "POST", "/auth/register", json={**fields(), "password": password})
    assert problem["errors"][0]["pointer"] == "/password"


def test_passwords_made_of_ones_own_names_are_refused(suite):
    person = fields()
    for password in (person["email"], person["username"], person["username"] + "2024"):
        suite.client().refused(422, "password.weak", "POST", "/auth/register", json={**person, "password": password})


# ---- tokens ----
def test_the_answer_is_what_the_contract_says(suite):
    person = suite.client()
    answer = person.ok("POST", "/auth/register", json=fields(organization="A"), status=201, token=False)
    assert set(answer) == {"access_token", "token_type", "expires_in", "refresh_token", "user"}
    assert answer["token_type"] == "Bearer" and answer["expires_in"] == 900
    user = answer["user"]
    assert {"id", "username", "display_name", "email", "organization_id", "role", "profile_picture", "status", "status_text", "language",
            "last_activity", "created_at", "is_active"} == set(user)
    assert user["status"] == "online" and user["created_at"].endswith("Z") and user["is_active"] is True


def test_access_tokens_are_verified_with_the_published_keys(suite, org):
    header = jwt.get_unverified_header(org.admin.token)
    keys = {key["kid"]: key for key in suite.client().get("/.well-known/jwks.json").json()["keys"]}
    key = keys[header["kid"]]
    assert header["alg"] == "ES256" and key["kty"] == "EC" and "d" not in key
    claims = jwt.decode(org.admin.token, jwt.PyJWK(key).key, algorithms=["ES256"], audience="palique", issuer="palique")
    assert claims["sub"] == str(org.admin.id) and claims["org"] == org.id and claims["role"] == "admin"
    assert claims["exp"] - claims["iat"] == 900 and claims["sid"]


def test_tokens_that_were_not_signed_by_us_are_refused(suite, org):
    claims = jwt.decode(org.admin.token, options={"verify_signature": False})
    head, body, signature = org.admin.token.split(".")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "at+jwt"}).encode()).decode().rstrip("=")
    public = json.dumps(suite.client().get("/.well-known/jwks.json").json())
    forged = [f"{none}.{body}.", f"{head}.{body}.", f"{head}.{body}.{signature[:-4]}AAAA", "x", "a.b.c", "a" * 5000,
              jwt.encode(claims, public, algorithm="HS256", headers={"kid": kid(org.admin.token)})]
    for token in forged:
        assert org.admin.get("/auth/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401, token
    assert org.admin.get("/auth/me").status_code == 200


def test_me_is_the_caller_with_address(org):
    me = org.admin.ok("GET", "/auth/me")
    assert me["id"] == org.admin.id and me["email"] == org.admin.email
    org.admin.refused(401, "token.missing", "GET", "/auth/me", token=False)


# ---- signing in ----
def test_one_signs_in_by_address_or_by_a_username_that_only_one_has(suite, org):
    member = org.member()
    member.login(email=member.email.upper())
    answer = member.ok("POST", "/auth/login", json={"username": member.user["username"].upper(), "password": PASSWORD}, token=False)
    assert answer["user"]["id"] == member.id
    suite.client().register(username=member.user["username"], organization="Same name")
    member.refused(401, "login.wrong", "POST", "/auth/login", json={"username": member.user["username"], "password": PASSWORD})


def test_login_takes_one_name_and_a_password(suite):
    person = suite.client()
    person.refused(400, "request.invalid", "POST", "/auth/login", json={"password": PASSWORD})
    person.refused(400, "request.invalid", "POST", "/auth/login", json={"email": "a@b.example", "username": "ab", "password": PASSWORD})
    person.refused(400, "request.invalid", "POST", "/auth/login", json={"email": "a@b.example"})
    person.refused(400, "request.invalid", "POST", "/auth/login", json={"email": "a@b.example", "password": "x", "remember": True})


def test_nobody_can_tell_which_accounts_there_are(suite, org):
    gone, member = org.member(), org.member()
    org.admin.ok("DELETE", f"/users/{gone.id}")
    problems = [suite.client().refused(401, "login.wrong", "POST", "/auth/login", json={"email": email, "password": password})
                for email, password in ((f"{tag()}@nowhere.example", PASSWORD), (gone.email, PASSWORD), (member.email, "wrong password"))]
    for problem in problems:
        problem.pop("request_id")
    assert problems[0] == problems[1] == problems[2]


@pytest.mark.parametrize("exists", [True, False])
def test_repeated_failures_have_to_wait(suite, org, exists):
    member = org.member()
    email = member.email if exists else f"{tag()}@nowhere.example"
    for _ in range(5):
        suite.client().refused(401, "login.wrong", "POST", "/auth/login", json={"email": email, "password": "wrong password"})
    person = suite.client()
    answer = person.post("/auth/login", json={"email": email, "password": PASSWORD}, token=False)
    assert answer.status_code == 429 and answer.json()["code"] == "login.throttled"
    assert 1 <= int(answer.headers["Retry-After"]) <= 5
    org.admin.login()  # others are not slowed down
    assert member.get("/auth/me").status_code == 200


def test_a_success_forgets_the_failures_before_it(suite, org):
    member = org.member()
    for _ in range(2):
        for _ in range(4):
            suite.client().refused(401, "login.wrong", "POST", "/auth/login", json={"email": member.email, "password": "wrong password"})
        member.login()


# ---- refreshing ----
def test_a_refresh_token_works_once_and_gives_the_next(org):
    member = org.member()
    first = refresh(member).json()
    assert first["refresh_token"] != member.refresh_token and first["user"]["id"] == member.id
    second = refresh(member, first["refresh_token"])
    assert second.status_code == 200
    claims = [jwt.decode(token, options={"verify_signature": False}) for token in (first["access_token"], second.json()["access_token"])]
    assert claims[0]["sid"] == claims[1]["sid"] and claims[0]["jti"] != claims[1]["jti"]


def test_an_old_refresh_token_ends_the_whole_session(org):
    member = org.member()
    other = member.suite.client().login(member.email, PASSWORD)
    newer = refresh(member).json()["refresh_token"]
    member.refused(401, "refresh.invalid", "POST", "/auth/refresh", json={"refresh_token": member.refresh_token}, token=False)
    member.refused(401, "refresh.invalid", "POST", "/auth/refresh", json={"refresh_token": newer}, token=False)
    until(lambda: session_is_over(member), "the access token of the session to be refused")
    assert other.get("/auth/me").status_code == 200  # a session of its own
    member.login()
    assert member.get("/auth/me").status_code == 200


def test_of_many_refreshes_at_once_one_succeeds(org):
    import concurrent.futures
    member = org.member()
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        people = [member.suite.client() for _ in range(6)]
        answers = list(pool.map(lambda person: refresh(person, member.refresh_token).status_code, people))
    assert sorted(answers) == [200, 401, 401, 401, 401, 401]


def again(person, token, key):
    return refresh(person, token, headers={"Idempotency-Key": key})


def test_an_exchange_whose_answer_was_lost_is_repeated_with_its_key(suite, org):
    member, key = org.member(), tag()
    lost = again(member, member.refresh_token, key).json()["refresh_token"]
    first = again(member, member.refresh_token, key)
    second = again(member, member.refresh_token, key)
    assert first.status_code == second.status_code == 200
    tokens = [member.refresh_token, lost, first.json()["refresh_token"], second.json()["refresh_token"]]
    assert len(set(tokens)) == 4
    stored = suite.psql("select string_agg(r::text, ' ') from auth.refresh_token r")
    assert not [text for text in (*tokens, key) if text in stored]
    third = again(member, tokens[3], tag())
    assert third.status_code == 200 and third.json()["user"]["id"] == member.id


@pytest.mark.parametrize("how", ["another key", "no key", "the next one was used", "what was replaced"])
def test_nobody_else_repeats_an_exchange(org, how):
    member, key = org.member(), tag()
    following = again(member, member.refresh_token, key).json()["refresh_token"]
    if how == "another key":
        answer = again(member, member.refresh_token, tag())
    elif how == "no key":
        answer = refresh(member)
    elif how == "the next one was used":
        assert refresh(member, following).status_code == 200
        answer = again(member, member.refresh_token, key)
    else:
        assert again(member, member.refresh_token, key).status_code == 200
        answer = refresh(member, following)
    assert answer.status_code == 401 and answer.json()["code"] == "refresh.invalid"
    until(lambda: session_is_over(member), "the whole session to be over")


def test_an_exchange_is_repeated_for_some_minutes_only(suite, org):
    member, key = org.member(), tag()
    again(member, member.refresh_token, key)
    suite.psql("update auth.refresh_token set used_at = used_at - interval '301 seconds' where session_id in"
               f" (select id from auth.session where account_id = {member.id})")
    assert again(member, member.refresh_token, key).status_code == 401
    until(lambda: session_is_over(member), "the whole session to be over")


def test_the_same_exchange_many_times_at_once_leaves_one_token(org):
    import concurrent.futures
    member, key = org.member(), tag()
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        people = [member.suite.client() for _ in range(6)]
        answers = list(pool.map(lambda person: again(person, member.refresh_token, key), people))
    assert {answer.status_code for answer in answers} == {200}
    usable = member.suite.psql("select count(*) from auth.refresh_token where used_at is null and session_id in"
                               f" (select id from auth.session where account_id = {member.id})")
    assert usable == "1"


def test_what_is_no_refresh_token_is_refused(suite, org):
    for token in ("x", "A" * 43, org.admin.token[:200]):
        suite.client().refused(401, "refresh.invalid", "POST", "/auth/refresh", json={"refresh_token": token})
    suite.client().refused(401, "refresh.invalid", "POST", "/auth/refresh", json={})
    suite.client().refused(400, "request.invalid", "POST", "/auth/refresh", json={"refresh_token": 7})


def test_browsers_have_the_refresh_token_in_a_cookie(suite, org):
    member = org.member()
    person = suite.client()
    answer = person.post("/auth/login", json={"email": member.email, "password": PASSWORD}, token=False)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and answer.json()["refresh_token"] in cookie
    again = refresh(person, False)  # httpx sends the cookie
    assert again.status_code == 200 and again.json()["user"]["id"] == member.id
    person.token = again.json()["access_token"]
    assert person.post("/auth/logout", json={}).status_code == 204
    assert refresh(person, False).status_code == 401


# ---- ending sessions ----
def test_logging_out_ends_the_session_and_its_sockets(org):
    member = org.member()
    socket = member.ws("/ws")
    socket.expect("hello")
    assert member.post("/auth/logout", json={}).status_code == 204
    socket.expect_close(4401)
    until(lambda: session_is_over(member), "the access token to be refused")
    member.refused(401, "refresh.invalid", "POST", "/auth/refresh", json={"refresh_token": member.refresh_token}, token=False)
    member.login()
    assert member.get("/auth/me").status_code == 200


def test_one_sees_where_one_is_signed_in_and_ends_one_session_or_all_others(suite, org):
    member, stranger = org.member(), suite.org().admin
    others = [suite.client().login(member.email, PASSWORD) for _ in range(3)]
    mine, socket = member.ws(), others[0].ws()
    mine.expect("hello")
    socket.expect("hello")
    listed = member.ok("GET", "/auth/sessions")["items"]
    assert len(listed) == 4 and [s["is_current"] for s in listed].count(True) == 1 and {s["address"] for s in listed} == {"127.0.0.1"}
    assert {s["device"] for s in listed} == {None}
    ids = [next(s["id"] for s in person.ok("GET", "/auth/sessions")["items"] if s["is_current"]) for person in (member, *others)]
    assert set(ids) == {s["id"] for s in listed}
    # Of nobody else, also when he is of the same organisation.
    for person in (stranger, org.admin):
        person.refused(404, "session.not_found", "DELETE", f"/auth/sessions/{ids[1]}")
        assert not {s["id"] for s in person.ok("GET", "/auth/sessions")["items"]} & set(ids)
    member.ok("DELETE", f"/auth/sessions/{ids[1]}", status=204)
    socket.expect_close(4401)
    until(lambda: session_is_over(others[0]), "the ended session to be refused")
    others[0].refused(401, "refresh.invalid", "POST", "/auth/refresh", json={"refresh_token": others[0].refresh_token}, token=False)
    member.refused(404, "session.not_found", "DELETE", f"/auth/sessions/{ids[1]}")
    assert {s["id"] for s in member.ok("GET", "/auth/sessions")["items"]} == {ids[0], *ids[2:]}
    member.ok("DELETE", "/auth/sessions", status=204)
    until(lambda: all(session_is_over(person) for person in others), "the others to be refused")
    assert [s["id"] for s in member.ok("GET", "/auth/sessions")["items"]] == [ids[0]]
    mine.send({"type": "ping"})
    mine.expect("pong")
    assert stranger.get("/auth/me").status_code == org.admin.get("/auth/me").status_code == 200


def test_a_session_tells_what_was_signed_in_with(suite, org):
    member = org.member()
    sign_in = {"email": member.email, "password": PASSWORD}
    suite.client().ok("POST", "/auth/login", json={**sign_in, "device": "Kettle · Ñ"})
    suite.client().refused(400, "request.invalid", "POST", "/auth/login", json={**sign_in, "device": "x" * 81})
    assert [s["device"] for s in member.ok("GET", "/auth/sessions")["items"]] == ["Kettle · Ñ", None]


def test_a_new_password_ends_all_other_sessions(org):
    member = org.member()
    elsewhere = member.suite.client().login(member.email, PASSWORD)
    changed = "another-horse-battery-8"
    member.refused(400, "request.invalid", "PUT", f"/users/{member.id}", json={"new_password": changed})
    member.refused(403, "password.wrong", "PUT", f"/users/{member.id}", json={"new_password": changed, "current_password": "no"})
    member.refused(422, "password.weak", "PUT", f"/users/{member.id}", json={"new_password": "password1", "current_password": PASSWORD})
    member.ok("PUT", f"/users/{member.id}", json={"new_password": changed, "current_password": PASSWORD})
    until(lambda: session_is_over(elsewhere), "the other session to end")
    assert member.get("/auth/me").status_code == 200 and refresh(member).status_code == 200
    member.refused(401, "login.wrong", "POST", "/auth/login", json={"email": member.email, "password": PASSWORD}, token=False)
    member.login(password=changed)


def test_guessing_the_current_password_has_to_wait(org):
    member = org.member()
    for _ in range(5):
        member.refused(403, "password.wrong", "PUT", f"/users/{member.id}", json={"email": "new@x.example", "current_password": "no"})
    member.refused(429, "login.throttled", "PUT", f"/users/{member.id}", json={"email": "new@x.example", "current_password": PASSWORD})


def test_a_ban_closes_every_session_and_ends_when_it_is_lifted(org):
    member = org.member()
    socket = member.ws("/ws")
    socket.expect("hello")
    action = org.admin.ok("POST", "/admin/moderation/actions",
                          json={"user_id": member.id, "action_type": "ban", "reason": "spam", "duration": 3600})
    socket.expect_close(4403)
    until(lambda: session_is_over(member), "the access token to be refused")
    for call in (("POST", "/auth/refresh", {"refresh_token": member.refresh_token}),
                 ("POST", "/auth/login", {"email": member.email, "password": PASSWORD})):
        problem = member.refused(403, "user.banned", call[0], call[1], json=call[2], token=False)
        assert problem["expires_at"] == action["expires_at"]
    member.refused(401, "login.wrong", "POST", "/auth/login", json={"email": member.email, "password": "wrong password"}, token=False)
    org.admin.ok("DELETE", f"/admin/moderation/actions/{action['id']}")
    until(lambda: member.post("/auth/login", json={"email": member.email, "password": PASSWORD}, token=False).status_code == 200,
          "the ban to be lifted")
    member.login()
    assert member.get("/auth/me").status_code == 200


def test_a_ban_without_end_says_no_end(org):
    member = org.member()
    org.admin.ok("POST", "/admin/moderation/actions", json={"user_id": member.id, "action_type": "ban", "reason": "spam"})
    until(lambda: session_is_over(member), "the access token to be refused")
    problem = member.refused(403, "user.banned", "POST", "/auth/login", json={"email": member.email, "password": PASSWORD}, token=False)
    assert "expires_at" not in problem


# ---- at rest ----
def test_neither_passwords_nor_tokens_are_stored(suite, org):
    member = org.member()
    hashed = suite.psql(f"select password_hash from auth.account where id = {member.id}")
    assert hashed.startswith("$argon2id$v=19$m=1024,t=1,p=1$")
    dump = suite.psql("select string_agg(t::text, ' ') from (select * from auth.refresh_token) t")
    assert member.refresh_token not in dump
    assert "BEGIN" not in suite.psql("select string_agg(encode(private_key, 'escape'), ' ') from auth.signing_key")


def test_secrets_never_reach_the_log(suite, org):
    member = org.member()
    refresh(member, member.refresh_token)
    member.refused(401, "login.wrong", "POST", "/auth/login", json={"email": member.email, "password": "a wrong password"}, token=False)
    for name in ("auth", "gateway0"):
        log = suite.proc(name).log.read_text()
        for secret in (PASSWORD, "a wrong password", member.token, member.refresh_token):
            assert secret not in log, name


def test_hashes_are_renewed_when_the_parameters_rise(make_suite):
    suite = make_suite()
    person = suite.client().register()
    suite.kill("auth")
    suite.proc("auth").env["PALIQUE_ARGON2_TIME"] = "2"
    suite.restart("auth")
    until(lambda: person.post("/auth/login", json={"email": person.email, "password": PASSWORD}, token=False).status_code == 200,
          "auth to be back")
    assert ",t=2," in suite.psql("select password_hash from auth.account")
    person.login()


# ---- signing keys ----
def kid(token):
    return jwt.get_unverified_header(token)["kid"]


def keys(suite):
    return [key["kid"] for key in suite.client().get("/.well-known/jwks.json").json()["keys"]]


def auth_command(suite, *arguments, **env):
    return subprocess.run([suite.build / "bin/palique-auth", *arguments], env={**suite.env_of("auth"), **env}, check=False,
                          capture_output=True, text=True, timeout=60)


def test_rotating_the_keys_signs_nobody_out(make_suite):
    suite = make_suite()
    person = suite.client().register()
    old = kid(person.token)
    assert auth_command(suite, "--rotate-keys").returncode == 0
    assert len(keys(suite)) == 2 and old in keys(suite)
    person.login()
    assert kid(person.token) == old  # the new one is published before it signs
    early = person.token
    suite.psql("update auth.signing_key set activates_at = now() where activates_at > now()")
    until(lambda: kid(person.login().token) != old, "the new key to take over")
    until(lambda: person.get("/auth/me").status_code == 200, "verifiers to know it")
    assert person.get("/auth/me", headers={"Authorization": f"Bearer {early}"}).status_code == 200
    suite.psql("update auth.signing_key set retires_at = now() where retires_at is not null")
    assert keys(suite) == [kid(person.token)]


def test_replicas_share_the_keys(suite, org, tmp_path):
    assert auth_command(suite, "--check-sql").returncode == 0
    before = keys(suite)
    env = {"PALIQUE_AUTH_BUS_LISTEN": f"ipc://{suite.bus}/auth-2.sock", "PALIQUE_AUTH_OPS": f"unix:{suite.bus}/auth-2-ops.sock"}
    with open(tmp_path / "log", "wb") as log:
        second = subprocess.Popen([suite.build / "bin/palique-auth"], env={**suite.env_of("auth"), **env}, stdout=log, stderr=log)
    try:
        until(lambda: auth_command(suite, "--health", **env).returncode == 0, "the second replica to be ready")
    finally:
        second.terminate()
        assert second.wait(20) == 0
    assert keys(suite) == before


def test_another_key_secret_is_refused_at_the_start(suite, org):
    env = {"PALIQUE_AUTH_BUS_LISTEN": f"ipc://{suite.bus}/auth-3.sock", "PALIQUE_AUTH_OPS": f"unix:{suite.bus}/auth-3-ops.sock"}
    for secret in ("not the secret of this installation", "short"):
        done = auth_command(suite, **env, PALIQUE_AUTH_KEY_SECRET=secret)
        assert done.returncode != 0 and "PALIQUE_AUTH_KEY_SECRET" in done.stderr and secret not in done.stderr
