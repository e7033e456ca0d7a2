"""Channels: making, seeing, joining, leaving, roles; what one organisation sees of another's: nothing."""

import secrets

import pytest

from harness import until


def name():
    return f"c-{secrets.token_hex(5)}"


def event_types(suite, channel):
    return suite.psql(f"select body->>'type' from chat.event where channel_id = {channel['id']} order by seq").split()


def test_a_new_channel_has_its_maker_as_owner(org):
    ana = org.member()
    channel = ana.channel("equipo-1", description="todos", topic="hoy")
    assert channel["name"] == "equipo-1" and channel["description"] == "todos" and channel["topic"] == "hoy"
    assert channel["type"] == "public" and channel["created_by"] == ana.id and channel["organization_id"] == org.id
    assert channel["is_member"] and channel["role"] == "owner" and channel["member_count"] == 1
    assert channel["head_seq"] == 2 and channel["read_seq"] == 2 and not channel["is_archived"]
    assert channel["users"] == [{"id": ana.id, "username": ana.user["username"]}]
    assert ana.ok("GET", f"/channels/{channel['id']}") == channel
    assert event_types(org.suite, channel) == ["channel_created", "user_joined"]


def test_names_are_unique_whatever_the_case_and_free_again_after_deletion(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel("Ventas")
    luis.refused(409, "channel.name_taken", "POST", "/channels", json={"name": " #vENTAS "})
    other = luis.channel(name())
    luis.refused(409, "channel.name_taken", "PUT", f"/channels/{other['id']}", json={"name": "VENTAS"})
    ana.ok("DELETE", f"/channels/{channel['id']}")
    assert luis.channel("ventas")["name"] == "ventas"
    assert org.suite.org().member().channel("ventas")["name"] == "ventas"


@pytest.mark.parametrize("bad", ["", "   ", "#", " # ", "x" * 81, "a\nb"])
def test_a_bad_name_is_refused(org, bad):
    problem = org.member().refused(400, "request.invalid", "POST", "/channels", json={"name": bad})
    assert problem["errors"][0]["pointer"] == "/name"


def test_the_name_loses_its_hash_and_white_space(org):
    assert org.member().channel("  #planes de hoy ")["name"] == "planes de hoy"


def test_a_private_channel_is_only_there_for_its_members(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel(type="private")
    for who in (luis, org.admin, org.moderator()):
        for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/join"), ("POST", "/leave"), ("GET", "/members"),
                             ("GET", "/messages")):
            body = {} if method in ("POST", "PUT") else None
            who.refused(404, "channel.not_found", method, f"/channels/{channel['id']}{path}", json=body)
        assert channel["id"] not in [c["id"] for c in who.ok("GET", "/channels", params={"limit": 200})["items"]]
    ana.ok("POST", f"/channels/{channel['id']}/members", json={"user_id": luis.id})
    assert luis.ok("GET", f"/channels/{channel['id']}")["role"] == "member"


def test_nothing_of_a_channel_is_seen_from_another_organisation(org):
    ana, max_ = org.member(), org.suite.org().admin
    channel = ana.channel()
    message = ana.send(channel, "secreto")
    for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/join"), ("POST", "/leave"), ("GET", "/members"),
                         ("GET", "/messages")):
        max_.refused(404, "channel.not_found", method, f"/channels/{channel['id']}{path}", json={} if method in ("POST", "PUT") else None)
    max_.refused(404, "channel.not_found", "POST", f"/channels/{channel['id']}/messages", json={"content": "x"})
    max_.refused(404, "channel.not_found", "POST", f"/channels/{channel['id']}/read", json={"seq": 1})
    max_.refused(404, "channel.not_found", "POST", f"/channels/{channel['id']}/members", json={"user_id": max_.id})
    max_.refused(404, "channel.not_found", "DELETE", f"/channels/{channel['id']}/members/{ana.id}")
    max_.refused(404, "channel.not_found", "PUT", f"/channels/{channel['id']}/members/{ana.id}", json={"role": "member"})
    for method, path, body in (("GET", "", None), ("PUT", "", {"content": "x"}), ("DELETE", "", None), ("GET", "/history", None),
                               ("POST", "/report", {"reason": "x"})):
        max_.refused(404, "message.not_found", method, f"/messages/{message['id']}{path}", json=body)
    assert max_.ok("GET", "/channels")["items"] == []
    ana.refused(404, "channel.user_not_found", "POST", f"/channels/{channel['id']}/members", json={"user_id": max_.id})


def test_lists_are_by_name_in_pages(org):
    ana, luis = org.member(), org.member()
    names = sorted(name() for _ in range(5))
    for n in reversed(names):
        ana.channel(n)
    hidden = luis.channel(type="private")
    got, cursor = [], None
    while True:
        page = ana.ok("GET", "/channels", params={"limit": 2, **({"cursor": cursor} if cursor else {})})
        got += [c["name"] for c in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
        assert len(page["items"]) == 2
    assert got == names
    assert luis.ok("GET", "/channels", params={"scope": "mine"})["items"] == [hidden]
    assert [c["is_member"] for c in luis.ok("GET", "/channels")["items"]].count(True) == 1


@pytest.mark.parametrize("cursor", ["x", "-1", "0", "1.5", "99999999999999999999"])
def test_a_wrong_cursor_is_refused(org, cursor):
    ana = org.member()
    channel = ana.channel()
    ana.refused(400, "request.invalid", "GET", "/channels", params={"cursor": cursor})
    ana.refused(400, "request.invalid", "GET", f"/channels/{channel['id']}/members", params={"cursor": cursor})


def test_rooms_are_channels(org):
    ana, luis = org.member(), org.member()
    room = ana.ok("POST", "/rooms", json={"name": name()}, status=201)
    luis.join(room)
    rooms = ana.ok("GET", "/rooms")["items"]
    assert [r["id"] for r in rooms] == [room["id"]]
    assert {u["id"] for u in rooms[0]["users"]} == {ana.id, luis.id} and rooms[0]["member_count"] == 2
    message = ana.ok("POST", f"/rooms/{room['id']}/messages", json={"content": "hola"}, status=201)
    assert ana.ok("GET", f"/rooms/{room['id']}/messages")["items"] == [message]
    assert ana.ok("GET", f"/rooms/{room['id']}")["id"] == room["id"]


def test_joining_twice_is_joining_once(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    first = luis.join(channel)
    assert first["is_member"] and first["role"] == "member" and first["member_count"] == 2 and first["head_seq"] == 3
    assert luis.join(channel) == first
    assert event_types(org.suite, channel) == ["channel_created", "user_joined", "user_joined"]


def test_leaving_twice_is_leaving_once_and_ends_posting(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    luis.ok("POST", f"/channels/{channel['id']}/leave", json={}, status=204)
    luis.ok("POST", f"/channels/{channel['id']}/leave", json={}, status=204)
    assert event_types(org.suite, channel)[3:] == ["user_left"]
    luis.refused(403, "channel.not_member", "POST", f"/channels/{channel['id']}/messages", json={"content": "x"})
    assert luis.history(channel)["items"] == []
    assert ana.ok("GET", f"/channels/{channel['id']}")["member_count"] == 1


def test_the_longest_member_inherits_a_channel(org):
    ana, luis, eva = org.member(), org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    eva.join(channel)
    socket = eva.ws()
    socket.expect("hello")
    ana.ok("POST", f"/channels/{channel['id']}/leave", json={})
    assert socket.expect("user_left")["user_id"] == ana.id
    updated = socket.expect("member_updated")
    assert (updated["user_id"], updated["role"]) == (luis.id, "owner")
    assert luis.ok("GET", f"/channels/{channel['id']}")["role"] == "owner"


def test_a_private_channel_that_nobody_is_left_in_is_archived(org):
    ana = org.member()
    channel = ana.channel(type="private")
    ana.ok("POST", f"/channels/{channel['id']}/leave", json={})
    assert org.suite.psql(f"select is_archived from chat.channel where id = {channel['id']}").strip() == "t"


def test_members_are_listed_in_pages(org):
    ana = org.member()
    channel = ana.channel()
    people = [ana] + [org.member() for _ in range(4)]
    for person in people[1:]:
        person.join(channel)
    first = ana.ok("GET", f"/channels/{channel['id']}/members", params={"limit": 3})
    rest = ana.ok("GET", f"/channels/{channel['id']}/members", params={"limit": 3, "cursor": first["next_cursor"]})
    assert [m["user_id"] for m in first["items"] + rest["items"]] == sorted(p.id for p in people) and rest["next_cursor"] is None
    assert first["items"][0].keys() == {"user_id", "username", "display_name", "role", "joined_at"}


def test_inviting_is_for_members_and_twice_is_once(org):
    ana, luis, eva = org.member(), org.member(), org.member()
    channel = ana.channel()
    eva.refused(403, "channel.not_member", "POST", f"/channels/{channel['id']}/members", json={"user_id": luis.id})
    member = ana.ok("POST", f"/channels/{channel['id']}/members", json={"user_id": luis.id})
    assert member["user_id"] == luis.id and member["role"] == "member" and member["username"] == luis.user["username"]
    assert ana.ok("POST", f"/channels/{channel['id']}/members", json={"user_id": luis.id}) == member
    body = org.suite.psql(f"select body from chat.event where channel_id = {channel['id']} and seq = 3")
    assert f'"invited_by":{ana.id}' in body
    ana.refused(404, "channel.user_not_found", "POST", f"/channels/{channel['id']}/members", json={"user_id": 2**53 - 1})


def test_removing_members_takes_rights(org):
    ana, luis, eva = org.member(), org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    eva.join(channel)
    path = f"/channels/{channel['id']}/members"
    luis.refused(403, "access.denied", "DELETE", f"{path}/{eva.id}")
    ana.ok("PUT", f"{path}/{luis.id}", json={"role": "moderator"})
    luis.refused(403, "access.denied", "DELETE", f"{path}/{ana.id}")
    luis.ok("DELETE", f"{path}/{eva.id}", status=204)
    luis.refused(404, "channel.member_not_found", "DELETE", f"{path}/{eva.id}")
    luis.ok("DELETE", f"{path}/{luis.id}", status=204)
    assert f'"removed_by":{luis.id}' in org.suite.psql(f"select body from chat.event where channel_id = {channel['id']} and body->>'user_id' = '{eva.id}' and kind = 1211")


def test_roles_in_a_channel_are_given_by_owners_and_one_owner_stays(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    path = f"/channels/{channel['id']}/members"
    ana.refused(404, "channel.member_not_found", "PUT", f"{path}/{luis.id}", json={"role": "owner"})
    luis.join(channel)
    luis.refused(403, "access.denied", "PUT", f"{path}/{luis.id}", json={"role": "owner"})
    ana.refused(409, "channel.last_owner", "PUT", f"{path}/{ana.id}", json={"role": "member"})
    assert ana.ok("PUT", f"{path}/{luis.id}", json={"role": "owner"})["role"] == "owner"
    assert ana.ok("PUT", f"{path}/{ana.id}", json={"role": "member"})["role"] == "member"
    ana.refused(403, "access.denied", "PUT", f"{path}/{ana.id}", json={"role": "owner"})
    assert org.admin.ok("PUT", f"{path}/{ana.id}", json={"role": "moderator"})["role"] == "moderator"


def test_changes_of_a_channel_take_rights_and_are_told(org):
    ana, luis, eva = org.member(), org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    inside, outside = luis.ws(), eva.ws()
    inside.expect("hello")
    outside.expect("hello")
    luis.refused(403, "access.denied", "PUT", f"/channels/{channel['id']}", json={"topic": "x"})
    changed = ana.ok("PUT", f"/channels/{channel['id']}", json={"topic": "viernes", "description": "a\nb"})
    assert changed["topic"] == "viernes" and changed["description"] == "a\nb" and changed["name"] == channel["name"]
    frame = inside.expect("channel_updated")
    assert frame["channel"]["topic"] == "viernes" and frame["channel"]["head_seq"] == frame["seq"] == changed["head_seq"]
    assert outside.expect("channel_announced")["channel"]["topic"] == "viernes"
    assert ana.ok("PUT", f"/channels/{channel['id']}", json={"topic": "viernes"})["head_seq"] == changed["head_seq"]
    assert org.moderator().ok("PUT", f"/channels/{channel['id']}", json={"name": name()})["is_member"] is False


def test_an_archived_channel_can_be_read_but_not_written(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    message = ana.send(channel, "antes")
    ana.ok("PUT", f"/channels/{channel['id']}", json={"is_archived": True})
    path = f"/channels/{channel['id']}"
    ana.refused(409, "channel.archived", "POST", f"{path}/messages", json={"content": "x"})
    ana.refused(409, "channel.archived", "PUT", f"/messages/{message['id']}", json={"content": "x"})
    ana.refused(409, "channel.archived", "POST", f"{path}/members", json={"user_id": luis.id})
    luis.refused(409, "channel.archived", "POST", f"{path}/join", json={})
    assert ana.history(channel)["items"] == [message]
    assert channel["id"] not in [c["id"] for c in ana.ok("GET", "/channels")["items"]]
    assert [c["id"] for c in ana.ok("GET", "/channels", params={"archived": "true"})["items"]] == [channel["id"]]
    ana.ok("PUT", path, json={"is_archived": False})
    ana.send(channel, "otra vez")


def test_deletion_takes_rights_and_ends_the_channel_for_everyone(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    message = luis.send(channel, "x")
    socket = luis.ws()
    socket.expect("hello")
    luis.refused(403, "access.denied", "DELETE", f"/channels/{channel['id']}")
    ana.ok("DELETE", f"/channels/{channel['id']}", status=204)
    assert socket.expect("channel_deleted")["deleted_by"] == ana.id
    for who in (ana, luis):
        who.refused(404, "channel.not_found", "GET", f"/channels/{channel['id']}")
        who.refused(404, "channel.not_found", "POST", f"/channels/{channel['id']}/messages", json={"content": "x"})
        who.refused(404, "message.not_found", "GET", f"/messages/{message['id']}")
        assert who.ok("GET", "/channels")["items"] == []
    luis.refused(404, "channel.not_found", "DELETE", f"/channels/{channel['id']}")


def test_a_public_channel_is_announced_to_the_organisation_and_a_private_one_is_not(org):
    ana, luis, other = org.member(), org.member(), org.suite.org().admin
    here, there = luis.ws(), other.ws()
    here.expect("hello")
    there.expect("hello")
    ana.channel(type="private")
    channel = ana.channel()
    announced = here.expect("channel_announced")["channel"]
    assert announced["id"] == channel["id"] and "role" not in announced and "users" not in announced
    there.quiet("channel_announced")


def test_the_read_marker_goes_forward_only_and_not_past_the_head(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    for n in range(3):
        ana.send(channel, str(n))
    path = f"/channels/{channel['id']}/read"
    assert luis.ok("POST", path, json={"seq": 4}) == {"channel_id": channel["id"], "seq": 4, "unread_count": 2, "mention_count": 0}
    assert luis.ok("POST", path, json={"seq": 2})["seq"] == 4
    assert luis.ok("POST", path, json={"seq": 10**9})["seq"] == 6
    org.member().refused(403, "channel.not_member", "POST", path, json={"seq": 1})


def test_bootstrap_has_channels_with_counts_and_people(org):
    ana, luis = org.member(), org.member()
    channel, hidden = ana.channel(), org.admin.channel(type="private")
    luis.join(channel)
    luis.send(channel, "lo mio no cuenta")
    for text in ("uno", f"hola @{luis.user['username'].upper()}", "tres"):
        ana.send(channel, text)
    start = luis.ok("GET", "/bootstrap")
    assert start["me"]["id"] == luis.id and start["me"]["organization_id"] == org.id and "email" not in start["me"]
    mine = start["channels"]
    assert [c["id"] for c in mine] == [channel["id"]] and hidden["id"] not in [c["id"] for c in mine]
    assert mine[0]["unread_count"] == 3 and mine[0]["mention_count"] == 1 and mine[0]["head_seq"] == 7 and mine[0]["role"] == "member"
    assert {u["id"] for u in start["users"]} == {ana.id, luis.id, org.admin.id}
    assert start["settings"]["message_max"] == 16000
    luis.ok("POST", f"/channels/{channel['id']}/read", json={"seq": 7})
    assert luis.ok("GET", "/bootstrap")["channels"][0]["unread_count"] == 0


def test_a_changed_name_is_seen_in_lists_of_members(org):
    ana = org.member()
    channel = ana.channel()
    ana.ok("PUT", f"/users/{ana.id}", json={"display_name": "Ana Ruiz"})
    until(lambda: ana.ok("GET", f"/channels/{channel['id']}/members")["items"][0]["display_name"] == "Ana Ruiz", "the new name")
