"""Direct and group conversations: one for each set of people, unseen by everybody else."""

import threading
import uuid

import pytest

from harness import until


def post(who, to=None, users=None, content="hola", **fields):
    body = {"content": content, **({"to": to.id} if to else {}), **({"user_ids": [u.id for u in users]} if users else {}), **fields}
    return who.ok("POST", "/messages", json=body, status=201)


def talk_with(who, *others):
    return who.ok("POST", "/direct", json={"user_ids": [o.id for o in others]})


def messages(who, other, **params):
    return who.ok("GET", "/messages", params={"with": other.id, **params})


def listed(who):
    return {c["id"] for c in who.ok("GET", "/channels", params={"scope": "mine"})["items"]}


@pytest.fixture
def people(org):
    return [org.member() for _ in range(3)]


def test_a_message_to_somebody_makes_the_conversation_and_both_have_it(people):
    ana, luis, eva = people
    assert messages(ana, luis) == {"items": [], "has_before": False, "has_after": False, "head_seq": 0}
    first = post(ana, luis)
    second = post(luis, ana, content="¿qué tal?")
    assert second["channel_id"] == first["channel_id"] and second["seq"] == first["seq"] + 1
    assert [m["id"] for m in messages(ana, luis)["items"]] == [m["id"] for m in messages(luis, ana)["items"]] == [first["id"], second["id"]]
    page = messages(ana, luis, limit=1)
    assert page["has_before"] and page["items"] == [second]
    assert messages(luis, ana, before=second["id"])["items"] == [first]
    channel = ana.ok("GET", f"/channels/{first['channel_id']}")
    assert channel["type"] == "direct" and channel["name"] == "" and channel["member_count"] == 2
    assert {u["id"] for u in channel["users"]} == {ana.id, luis.id}
    assert channel["can"]["post"] and channel["can"]["export"] and not channel["can"]["manage"] and not channel["can"]["invite"]
    shown = [c for c in luis.ok("GET", "/bootstrap")["channels"] if c["id"] == channel["id"]]
    assert {u["id"] for u in shown[0]["users"]} == {ana.id, luis.id} and shown[0]["unread_count"] == 0


def test_sockets_that_are_open_hear_of_it_at_once(people, suite):
    ana, luis, eva = people
    sockets = [p.ws() for p in people]
    for socket in sockets:
        socket.expect("hello")
    sent = post(ana, luis)
    for socket in sockets[:2]:
        assert socket.expect("user_joined", user_id=ana.id if socket is sockets[0] else luis.id)["channel_id"] == sent["channel_id"]
        assert socket.expect("chat_message")["message"] == sent
    answer = sockets[1].say(sent["channel_id"], "hola, ana")
    assert sockets[0].expect("chat_message", seq=answer["seq"])["message"]["user_id"] == luis.id
    sockets[2].quiet("chat_message")
    assert not [f for f in sockets[2].frames if f.get("channel_id") == sent["channel_id"]]


def test_one_conversation_for_a_set_of_people_whatever_the_order(people):
    ana, luis, eva = people
    three = talk_with(ana, luis, eva)
    assert three["id"] == talk_with(eva, ana, luis, ana)["id"] == post(luis, users=[eva, ana])["channel_id"]
    two = talk_with(ana, luis)
    assert two["id"] not in (three["id"], talk_with(eva, luis)["id"]) and two["id"] == talk_with(luis, ana)["id"]
    assert three["member_count"] == 3


def test_one_can_write_to_oneself(people):
    ana = people[0]
    note = post(ana, ana, content="comprar pan")
    assert messages(ana, ana)["items"] == [note]
    assert ana.ok("GET", f"/channels/{note['channel_id']}")["member_count"] == 1


def test_all_at_once_make_one_conversation_and_a_repeat_is_one_message(people):
    ana, luis, eva = people
    key, found = str(uuid.uuid4()), []
    jobs = [threading.Thread(target=lambda w=w, o=o: found.append(post(w, o, client_id=key))) for w, o in [(ana, luis), (luis, ana)] * 4]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert len(found) == 8 and len({m["channel_id"] for m in found}) == 1
    assert len({m["id"] for m in found}) == 2, "one of each author"
    assert len(messages(ana, luis)["items"]) == 2
    header = {"Idempotency-Key": str(uuid.uuid4())}
    assert [ana.ok("POST", "/messages", json={"to": luis.id, "content": "x"}, headers=header)["id"] for _ in range(2)] == [messages(ana, luis)["items"][-1]["id"]] * 2


def test_nobody_else_can_tell_that_it_exists(people, org, suite):
    ana, luis, eva = people
    sent = post(ana, luis)
    where = f"/channels/{sent['channel_id']}"
    for who in (eva, org.admin, org.moderator(), suite.org().admin):
        for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/join"), ("POST", "/leave"), ("GET", "/members"), ("GET", "/messages"),
                             ("GET", "/permissions"), ("PUT", "/hidden")):
            who.refused(404, "channel.not_found", method, where + path, json={} if method in ("POST", "PUT") and path != "/hidden" else None)
        who.refused(404, "message.not_found", "GET", f"/messages/{sent['id']}")
        who.refused(404, "channel.not_found", "POST", f"{where}/messages", json={"content": "x"})
        assert sent["channel_id"] not in {c["id"] for c in who.ok("GET", "/channels", params={"limit": 200})["items"]}
    assert messages(eva, ana)["items"] == [] == messages(org.admin, luis)["items"]


def test_its_people_are_what_it_is(people, org):
    ana, luis, eva = people
    where = f"/channels/{talk_with(ana, luis)['id']}"
    ana.refused(409, "channel.is_direct", "POST", f"{where}/members", json={"user_id": eva.id})
    ana.refused(409, "channel.is_direct", "DELETE", f"{where}/members/{luis.id}")
    ana.refused(409, "channel.is_direct", "DELETE", f"{where}/members/{ana.id}")
    ana.refused(409, "channel.is_direct", "PUT", f"{where}/members/{ana.id}", json={"role": "owner"})
    ana.refused(409, "channel.is_direct", "POST", f"{where}/leave", json={})
    ana.refused(409, "channel.is_direct", "PUT", where, json={"type": "public"})
    ana.refused(409, "channel.is_direct", "DELETE", where)
    said = post(luis, ana)
    ana.refused(403, "access.denied", "DELETE", f"/messages/{said['id']}")
    luis.ok("DELETE", f"/messages/{said['id']}")
    org.admin.ok("POST", "/direct", json={"user_ids": [ana.id]})
    mine = post(ana, org.admin)
    org.admin.refused(403, "access.denied", "DELETE", f"/messages/{mine['id']}")


def test_hidden_until_the_next_message_on_all_devices(people):
    ana, luis, eva = people
    channel = post(ana, luis)["channel_id"]
    one, other = ana.ws(), luis.ws()
    one.expect("hello")
    other.expect("hello")
    ana.ok("PUT", f"/channels/{channel}/hidden", status=204)
    ana.ok("PUT", f"/channels/{channel}/hidden", status=204)
    assert one.expect("direct_hidden") == {"type": "direct_hidden", "channel_id": channel, "hidden": True}
    one.quiet("direct_hidden")
    other.quiet("direct_hidden")
    assert channel not in listed(ana) and channel in listed(luis)
    assert channel not in [c["id"] for c in ana.ok("GET", "/bootstrap")["channels"]]
    ana.ok("PUT", f"/messages/{messages(ana, luis)['items'][0]['id']}/reactions/👍")
    assert channel not in listed(ana)
    post(luis, ana, content="¿estás?")
    assert one.expect("chat_message")["channel_id"] == channel and channel in listed(ana)
    assert channel in [c["id"] for c in ana.ok("GET", "/bootstrap")["channels"]]
    ana.ok("PUT", f"/channels/{channel}/hidden", status=204)
    ana.ok("DELETE", f"/channels/{channel}/hidden", status=204)
    assert channel in listed(ana)
    ana.ok("PUT", f"/channels/{channel}/hidden", status=204)
    assert talk_with(ana, luis)["id"] == channel and channel in listed(ana)
    ana.refused(409, "channel.not_direct", "PUT", f"/channels/{ana.channel()['id']}/hidden")


def test_who_cannot_be_written_to(people, org, suite):
    ana, luis, eva = people
    stranger, gone, banned = suite.org().admin, org.member(), org.member()
    post(ana, gone)
    org.admin.ok("DELETE", f"/users/{gone.id}")
    org.admin.ok("POST", "/admin/moderation/actions", json={"user_id": banned.id, "action_type": "ban", "reason": "x"})
    for other in (stranger, gone, banned):
        ana.refused(404, "channel.user_not_found", "POST", "/messages", json={"to": other.id, "content": "x"})
        ana.refused(404, "channel.user_not_found", "POST", "/direct", json={"user_ids": [luis.id, other.id]})
    ana.refused(404, "channel.user_not_found", "GET", "/messages", params={"with": stranger.id})
    assert len(messages(ana, gone)["items"]) == 1, "what was said is still there"


def test_a_conversation_that_is_there_goes_on_for_those_who_are_left(people, org):
    """No new one is begun with him who is banned or gone, and POST /messages, which may begin one, refuses. In the channel that exists one can write:
    a ban ends, and in a group there are others."""
    ana, luis, eva = people
    channel = post(ana, luis)["channel_id"]
    ban = org.admin.ok("POST", "/admin/moderation/actions", json={"user_id": luis.id, "action_type": "ban", "reason": "x"})
    ana.refused(404, "channel.user_not_found", "POST", "/messages", json={"to": luis.id, "content": "x"})
    said = ana.send(channel, "para cuando vuelvas")
    org.admin.ok("DELETE", f"/admin/moderation/actions/{ban['id']}")
    until(lambda: luis.call("POST", "/auth/login", token=False, json={"email": luis.email, "password": luis.password}).status_code == 200, "the ban to end")
    luis.login()
    assert luis.history(channel)["items"][-1]["id"] == said["id"]
    there = post(ana, eva)["channel_id"]
    org.admin.ok("DELETE", f"/users/{eva.id}")
    ana.refused(404, "channel.user_not_found", "POST", "/messages", json={"to": eva.id, "content": "x"})
    ana.send(there, "una nota")
    assert [m["content"] for m in messages(ana, eva)["items"]][-1] == "una nota"


def test_the_muted_make_no_conversation(people, org, suite):
    ana, luis, eva = people
    org.admin.ok("POST", "/admin/moderation/actions", json={"user_id": ana.id, "action_type": "mute", "reason": "x"})
    ana.refused(403, "channel.muted", "POST", "/messages", json={"to": luis.id, "content": "x"})
    assert listed(luis) == set()


@pytest.mark.parametrize("bad", [{}, {"to": 1, "user_ids": [1]}, {"user_ids": []}, {"user_ids": list(range(1, 11))}, {"to": 0}, {"to": "x"}])
def test_a_bad_recipient_is_refused(org, bad):
    org.admin.refused(400, "request.invalid", "POST", "/messages", json={"content": "x", **bad})
    org.admin.refused(400, "request.invalid", "POST", "/messages", json={"to": org.admin.id, "content": "  "})


def test_ten_people_can_talk(org):
    people = [org.member() for _ in range(9)]
    channel = org.admin.ok("POST", "/direct", json={"user_ids": [p.id for p in people]})
    assert channel["member_count"] == 10 and channel["head_seq"] == 11
