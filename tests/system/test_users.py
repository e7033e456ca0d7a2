"""People: B2, B3, and that an organisation sees its own only."""

import base64

import jwt
import pytest

from harness.client import PASSWORD
from harness.until import PATIENCE, until
from system.test_notifications import open_stream

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


def upload(person, data, user=None, method="PUT", media_type="image/png"):
    return person.call(method, f"/users/{user or person.id}/avatar", content=data, headers={"Content-Type": media_type})


# ---- seeing ----
def test_people_see_those_of_their_organisation_only(suite, org):
    member, stranger = org.member(), suite.org().admin
    assert {user["id"] for user in member.ok("GET", "/users/")["items"]} == {org.admin.id, member.id}
    assert {user["id"] for user in stranger.ok("GET", "/users")["items"]} == {stranger.id}
    path = f"/users/{member.id}"
    stranger.refused(404, "user.not_found", "GET", path)
    stranger.refused(404, "user.not_found", "PUT", path, json={"role": "admin"})
    stranger.refused(404, "user.not_found", "DELETE", path)
    stranger.refused(404, "user.not_found", "POST", path + "/status", json={"status": "away"})
    stranger.refused(404, "user.not_found", "GET", path + "/avatar")
    assert upload(stranger, PNG, user=member.id).json()["code"] == "user.not_found"
    member.refused(404, "user.not_found", "GET", "/users/9007199254740991")


def test_addresses_are_shown_to_their_owner_and_to_administrators(org):
    member = org.member()
    assert member.ok("GET", f"/users/{member.id}")["email"] == member.email
    assert org.admin.ok("GET", f"/users/{member.id}")["email"] == member.email
    assert "email" not in member.ok("GET", f"/users/{org.admin.id}")
    assert {user["id"]: "email" in user for user in member.ok("GET", "/users/")["items"]} == {member.id: True, org.admin.id: False}
    assert all("email" in user for user in org.admin.ok("GET", "/users/")["items"])


def test_people_are_listed_by_name_page_by_page(org):
    people = sorted([org.admin] + [org.member() for _ in range(4)], key=lambda person: person.user["username"].lower())
    seen, cursor = [], None
    while True:
        page = org.admin.ok("GET", "/users/", params={"limit": 2, **({"cursor": cursor} if cursor else {})})
        assert len(page["items"]) <= 2
        seen += [user["id"] for user in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == [person.id for person in people]


def test_people_are_found_by_parts_of_their_names_and_by_role(org):
    member = org.member(display_name="Begoña Ñíguez 100%")
    found = lambda **params: [user["id"] for user in org.admin.ok("GET", "/users/", params=params)["items"]]  # noqa: E731
    assert found(query="ñíguez") == [member.id]
    assert found(query="100%") == [member.id]
    assert found(query=member.user["username"][1:].upper()) == [member.id]
    assert found(query="%") == [member.id] and found(query="_____") == []
    assert found(role="admin") == [org.admin.id] and found(role="moderator") == []


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=-1", "cursor=%00", "cursor=a b", "role=owner", "page=2", "active=perhaps",
                                   "limit=99999999999999999999"])
def test_a_wrong_list_query_is_refused(org, query):
    problem = org.admin.get("/users/?" + query)
    assert problem.status_code == 400 and problem.json()["code"].startswith("request."), problem.text


@pytest.mark.parametrize("user_id", ["0", "-1", "9223372036854775808", "1.5", "abc", "9007199254740992"])
def test_what_is_no_id_is_refused(org, user_id):
    assert org.admin.get(f"/users/{user_id}").status_code in (400, 404)


# ---- changing oneself ----
def test_ones_profile_is_changed_field_by_field(org):
    member = org.member()
    path = f"/users/{member.id}"
    user = member.ok("PUT", path, json={"display_name": " Luis Pérez ", "language": "es", "status_text": "De viaje"})
    assert (user["display_name"], user["language"], user["status_text"]) == ("Luis Pérez", "es", "De viaje")
    assert user["username"] == member.user["username"] and user["email"] == member.email
    renamed = member.ok("PUT", path, json={"username": member.user["username"] + ".x"})
    assert renamed["username"].endswith(".x") and renamed["display_name"] == "Luis Pérez"
    user = member.ok("PUT", path, json={"profile_picture": "https://cdn.example/a.png"})
    assert user["profile_picture"] == "https://cdn.example/a.png"
    assert member.ok("PUT", path, json={"profile_picture": None})["profile_picture"] is None
    assert member.ok("PUT", path, json={}) == member.ok("GET", path)


@pytest.mark.parametrize("change,pointer", [
    ({"username": "a b"}, "/username"), ({"display_name": "   "}, "/display_name"), ({"language": "de"}, "/language"),
    ({"profile_picture": "javascript:alert(1)"}, "/profile_picture"), ({"status_text": "x" * 141}, "/status_text"),
    ({"id": 7}, "/id"), ({"is_active": "no"}, "/is_active"), ({"role": None}, "/role"), ({"display_name": "a\u0000b"}, None)])
def test_a_wrong_change_is_refused_whole(org, change, pointer):
    member = org.member()
    answer = member.put(f"/users/{member.id}", json={"status_text": "new", **change})
    assert answer.status_code == 400, answer.text
    if pointer:
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert member.ok("GET", f"/users/{member.id}")["status_text"] == ""


def test_many_are_known_by_their_ids_at_once(suite, org):
    gone, there, stranger = org.member(display_name="Gone"), org.member(), suite.org().admin
    org.admin.ok("DELETE", f"/users/{gone.id}")
    wanted = f"{gone.id},{stranger.id},{there.id},{2**53 - 7}"
    found = there.ok("GET", "/users/", params={"ids": wanted, "query": "nobody is called so", "limit": 1})
    assert [(u["id"], u["display_name"]) for u in found["items"]] == [(gone.id, "Gone"), (there.id, there.user["display_name"])]
    assert not found["items"][0]["is_active"] and not [u for u in found["items"] if "email" in u] and found["next_cursor"] is None
    hundred = ",".join(str(there.id + n) for n in range(100))
    assert there.id in [u["id"] for u in there.ok("GET", "/users", params={"ids": hundred})["items"]]
    for wrong in (hundred + ",1", "", "x", "0", "1,,2", "-1"):
        there.refused(400, "request.invalid", "GET", "/users", params={"ids": wrong})
    there.refused(401, "token.missing", "GET", "/users", params={"ids": wanted}, token=False)


def test_names_that_others_have_cannot_be_taken(org):
    one, two = org.member(), org.member()
    one.refused(409, "username.taken", "PUT", f"/users/{one.id}", json={"username": two.user["username"].upper()})
    one.refused(409, "email.taken", "PUT", f"/users/{one.id}", json={"email": two.email.upper(), "current_password": PASSWORD})


def test_changing_the_address_needs_the_password(org):
    member = org.member()
    new = "new." + member.email
    member.refused(400, "request.invalid", "PUT", f"/users/{member.id}", json={"email": new})
    member.refused(403, "password.wrong", "PUT", f"/users/{member.id}", json={"email": new, "current_password": "no"})
    assert member.ok("PUT", f"/users/{member.id}", json={"email": new, "current_password": PASSWORD})["email"] == new
    member.login(email=new)


def test_changes_of_others_are_refused(org):
    one, two = org.member(), org.member()
    moderator = org.moderator()
    for person in (one, moderator, org.admin):
        person.refused(403, "access.denied", "PUT", f"/users/{two.id}", json={"display_name": "Mallory"})
        person.refused(403, "access.denied", "PUT", f"/users/{two.id}", json={"new_password": "another-horse-9", "current_password": PASSWORD})
        person.refused(403, "access.denied", "POST", f"/users/{two.id}/status", json={"status": "away"})
        assert upload(person, PNG, user=two.id).json()["code"] == "access.denied"
    for person in (one, moderator):
        person.refused(403, "access.denied", "PUT", f"/users/{two.id}", json={"role": "moderator"})
        person.refused(403, "access.denied", "PUT", f"/users/{two.id}", json={"is_active": False})
        person.refused(403, "access.denied", "DELETE", f"/users/{two.id}")
        person.refused(403, "access.denied", "PUT", f"/users/{person.id}", json={"role": "admin"})


def test_changes_reach_the_organisations_sockets_without_the_address(suite, org):
    member = org.member()
    watcher = org.member().ws("/ws")
    stranger = suite.org().admin.ws("/ws")
    watcher.expect("hello")
    stranger.expect("hello")
    member.ok("PUT", f"/users/{member.id}", json={"display_name": "New name"})
    event = watcher.expect("user_updated", id=member.id)
    assert event["display_name"] == "New name" and "email" not in event
    stranger.quiet("user_updated")


# ---- status ----
@pytest.mark.parametrize("status", ["online", "away", "busy", "offline"])
def test_one_says_how_one_is(org, status):
    member = org.member()
    user = member.ok("POST", f"/users/{member.id}/status", json={"status": status, "status_text": "☕"})
    assert user["status"] == status and user["status_text"] == "☕"
    assert org.admin.ok("GET", f"/users/{member.id}")["status"] == status


def test_a_status_that_is_none_is_refused(org):
    org.admin.refused(400, "request.invalid", "POST", f"/users/{org.admin.id}/status", json={"status": "asleep"})
    org.admin.refused(400, "request.invalid", "POST", f"/users/{org.admin.id}/status", json={})


# ---- roles and leaving ----
def test_administrators_give_and_take_roles(org):
    member = org.member()
    assert org.admin.ok("PUT", f"/users/{member.id}", json={"role": "moderator"})["role"] == "moderator"
    member.login()
    assert member.user["role"] == "moderator"
    assert org.admin.ok("PUT", f"/users/{member.id}", json={"role": "admin"})["role"] == "admin"
    member.login()
    assert member.ok("PUT", f"/users/{org.admin.id}", json={"role": "member"})["role"] == "member"
    # The token still says admin; the database decides.
    org.admin.refused(403, "access.denied", "PUT", f"/users/{member.id}", json={"role": "member"})


def test_an_organisation_keeps_an_administrator(org):
    path = f"/users/{org.admin.id}"
    org.admin.refused(409, "user.last_admin", "PUT", path, json={"role": "member"})
    org.admin.refused(409, "user.last_admin", "PUT", path, json={"is_active": False})
    org.admin.refused(409, "user.last_admin", "DELETE", path)
    member = org.member()
    org.admin.ok("PUT", f"/users/{member.id}", json={"role": "admin"})
    org.admin.ok("DELETE", path)
    member.login()
    member.refused(409, "user.last_admin", "DELETE", f"/users/{member.id}")


def second_admin(org):
    other = org.member()
    org.admin.ok("PUT", f"/users/{other.id}", json={"role": "admin"})
    return other.login()


def ban(person, other, **fields):
    return person.post("/admin/moderation/actions", json={"user_id": other.id, "action_type": "ban", "reason": "away", **fields})


def test_an_administrator_who_is_banned_is_none_to_be_left_alone_with(org):
    other, path = second_admin(org), f"/users/{org.admin.id}"
    action = ban(org.admin, other, duration=3600).json()
    until(lambda: other.get("/auth/me").status_code == 401, "the ban to be in force")
    org.admin.refused(409, "user.last_admin", "PUT", path, json={"role": "member"})
    org.admin.refused(409, "user.last_admin", "DELETE", path)
    org.admin.ok("DELETE", f"/admin/moderation/actions/{action['id']}")
    until(lambda: org.admin.put(path, json={"role": "member"}).status_code == 200, "the other one to count again")


def test_two_administrators_cannot_ban_each_other(org):
    import concurrent.futures
    other = second_admin(org)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        pairs = ((org.admin, other), (other, org.admin))
        answers = sorted(pool.map(lambda pair: ban(*pair).status_code, pairs))
    assert answers[0] == 201 and answers[1] in (401, 403, 409)


def test_whoever_lost_a_role_acts_by_it_no_longer_whatever_the_token_says(org):
    member, other = org.member(), org.member()
    channel = other.channel()
    member.join(channel)
    said = other.send(channel, "mine")
    org.admin.ok("PUT", f"/users/{member.id}", json={"role": "admin"})
    member.login()
    looks = ("/admin/stats", f"/messages/{said['id']}/history")
    until(lambda: all(member.get(path).status_code == 200 for path in looks), "the new role to count")
    dashboards = [open_stream(person, "/sse/dashboard") for person in (member, org.admin)]
    assert [stream.next()[1] for stream in dashboards] == ["dashboard", "dashboard"]
    org.admin.ok("PUT", f"/users/{member.id}", json={"role": "member"})
    until(lambda: all(member.get(path).status_code == 403 for path in looks), "the old role to count no longer")
    assert jwt.decode(member.token, options={"verify_signature": False})["role"] == "admin"
    assert dashboards[0].ended.wait(PATIENCE)
    assert open_stream(member, "/sse/dashboard").ended.wait(PATIENCE) and not dashboards[1].ended.is_set()
    member.refused(403, "access.denied", "POST", "/admin/moderation/actions", json={"user_id": other.id, "action_type": "mute", "reason": "no"})
    member.refused(403, "access.denied", "POST", "/invitations", json={})
    member.refused(403, "access.denied", "DELETE", f"/messages/{said['id']}")
    assert [m["id"] for m in other.history(channel)["items"]] == [said["id"]]


def test_two_administrators_cannot_leave_at_once(org):
    import concurrent.futures
    other = org.member()
    org.admin.ok("PUT", f"/users/{other.id}", json={"role": "admin"})
    other.login()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda person: person.delete(f"/users/{person.id}").status_code, (org.admin, other)))
    assert sorted(answers) == [204, 409]


def test_a_deactivated_user_is_out_at_once_and_can_come_back(org):
    member = org.member()
    socket = member.ws("/ws")
    socket.expect("hello")
    assert org.admin.delete(f"/users/{member.id}").status_code == 204
    assert org.admin.delete(f"/users/{member.id}").status_code == 204  # again: nothing to do
    socket.expect_close(4403)
    until(lambda: member.get("/auth/me").status_code == 401, "the access token to be refused")
    member.refused(401, "refresh.invalid", "POST", "/auth/refresh", json={"refresh_token": member.refresh_token}, token=False)
    member.refused(401, "login.wrong", "POST", "/auth/login", json={"email": member.email, "password": PASSWORD}, token=False)
    user = org.admin.ok("GET", f"/users/{member.id}")
    assert user["is_active"] is False and user["status"] == "offline"
    assert member.id not in [u["id"] for u in org.admin.ok("GET", "/users/")["items"]]
    assert [u["id"] for u in org.admin.ok("GET", "/users/", params={"active": "false"})["items"]] == [member.id]
    assert org.admin.ok("PUT", f"/users/{member.id}", json={"is_active": True})["is_active"] is True
    member.login()
    assert member.get("/auth/me").status_code == 200


def test_one_can_leave_by_oneself(org):
    member = org.member()
    assert member.delete(f"/users/{member.id}").status_code == 204
    until(lambda: member.get("/auth/me").status_code == 401, "the access token to be refused")


# ---- pictures ----
def test_a_picture_is_served_as_it_was_uploaded(org):
    member = org.member()
    answer = upload(member, PNG)
    assert answer.status_code == 200, answer.text
    address = answer.json()["profile_picture"]
    assert address.startswith(f"/users/{member.id}/avatar?v=")
    picture = org.admin.get(address)
    assert picture.status_code == 200 and picture.content == PNG and picture.headers["content-type"] == "image/png"
    assert picture.headers["x-content-type-options"] == "nosniff"
    cached = org.admin.get(address, headers={"If-None-Match": picture.headers["etag"]})
    assert cached.status_code == 304 and not cached.content
    assert upload(member, b"GIF89a" + bytes(20), method="POST", media_type="image/gif").json()["profile_picture"] != address
    assert org.admin.get(f"/users/{member.id}/avatar").headers["content-type"] == "image/gif"
    member.ok("PUT", f"/users/{member.id}", json={"profile_picture": None})
    org.admin.refused(404, "avatar.not_found", "GET", f"/users/{member.id}/avatar")


def test_what_is_no_picture_is_refused_whatever_it_calls_itself(org):
    for data in (b"", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"<html><script>", b"%PDF-1.4", b"RIFF1234WAVEfmt 0000"):
        answer = upload(org.admin, data)
        assert answer.status_code in (400, 415), (data, answer.text)
    assert org.admin.ok("GET", "/auth/me")["profile_picture"] is None


def test_a_picture_has_at_most_200_kib(org):
    assert upload(org.admin, PNG + bytes(200 * 1024 - len(PNG))).status_code == 200
    assert upload(org.admin, PNG + bytes(200 * 1024 - len(PNG) + 1)).status_code == 413
