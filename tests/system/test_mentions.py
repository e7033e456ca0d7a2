"""Mentions by name, of everyone, of who is there, of groups; who is told, once; and whom they do not reach."""

import pytest

from harness import until


@pytest.fixture
def talk(org):
    """ana, luis and eva in a channel of ana's."""
    ana, luis, eva = org.member(), org.member(), org.member()
    channel = ana.channel()
    for person in (luis, eva):
        person.join(channel)
    return ana, luis, eva, channel


def at(person):
    return f"@{person.user['username']}"


def mentions(person, channel):
    return person.ok("GET", f"/channels/{channel['id']}")["mention_count"]


def told(person, message):
    return [n for n in person.ok("GET", "/notifications")["items"] if n["message_id"] == message["id"] and n["kind"] == "mention"]


def settled(org, channel, witness):
    """Notifications come in the order of the log: when this one is there, all before it are."""
    last = org.admin.join(channel) and org.admin.send(channel, at(witness))
    until(lambda: told(witness, last), "the last mention")


def group(org, *people, handle="Backend"):
    return org.admin.ok("POST", "/groups", json={"name": "Los del servidor", "handle": handle, "user_ids": [p.id for p in people]})


@pytest.mark.parametrize("word", ["channel", "all", "CANAL", "todos"])
def test_everyone_in_the_channel(org, talk, word):
    ana, luis, eva, channel = talk
    socket = luis.ws()
    socket.expect("hello")
    message = ana.send(channel, f"@{word}: hola {at(luis)}")
    assert message["mention_all"] == "channel" and message["mentions"] == [luis.id]
    assert socket.expect("chat_message")["message"] == message
    assert (mentions(luis, channel), mentions(eva, channel), mentions(ana, channel)) == (1, 1, 0)
    settled(org, channel, eva)
    for person in (luis, eva):
        mine, = told(person, message)
        assert mine["priority"] == "high" and mine["actor_id"] == ana.id and ana.user["username"] in mine["text"]
    assert not told(ana, message)


def test_words_in_code_and_elsewhere_mention_nobody(talk):
    ana, luis, eva, channel = talk
    for text in ("`@channel`", "```\n@here\n```", "mail@channel", "@channels", "@ channel"):
        message = ana.send(channel, text)
        assert "mention_all" not in message and message["mentions"] == []
    assert mentions(luis, channel) == 0


def test_who_is_there(suite, org, talk):
    ana, luis, eva, channel = talk
    luis.ws().expect("hello")
    until(lambda: suite.psql_as("chat", f"select count(*) from here where user_id = {luis.id}").strip() == "1", "chat to know who is there")
    message = ana.send(channel, "@aquí alguien?")
    assert message["mention_all"] == "here" and message["mentions"] == []
    assert (mentions(luis, channel), mentions(eva, channel), mentions(ana, channel)) == (1, 0, 0)
    settled(org, channel, eva)
    assert len(told(luis, message)) == 1 and not told(eva, message)


def test_groups_reach_their_people_in_the_channel(org, talk):
    ana, luis, eva, channel = talk
    outside = org.member()
    made = group(org, luis, outside, ana)
    message = ana.send(channel, f"@backend, {at(luis)} y @BACKEND")
    assert message["mention_groups"] == [made["id"]] and message["mentions"] == [luis.id] and "not_in_channel" not in message
    assert (mentions(luis, channel), mentions(eva, channel), mentions(ana, channel)) == (1, 0, 0)
    settled(org, channel, eva)
    assert len(told(luis, message)) == 1 and not told(eva, message) and not told(outside, message) and not told(ana, message)
    only = eva.send(channel, "@backend")
    until(lambda: told(luis, only) and told(ana, only), "the group")
    org.admin.ok("PUT", f"/groups/{made['id']}", json={"handle": "server"})
    assert ana.ok("GET", f"/messages/{message['id']}")["mention_groups"] == [made["id"]]
    org.admin.ok("DELETE", f"/groups/{made['id']}")
    assert "mention_groups" not in eva.send(channel, "@server @backend")


def test_who_is_named_but_not_there_is_told_to_the_author_alone(suite, org, talk):
    ana, luis, eva, channel = talk
    outside, stranger = org.member(), suite.org().member()
    phone, socket = ana.ws(), luis.ws()
    phone.expect("hello"), socket.expect("hello")
    ack = phone.say(channel, f"{at(outside)} {at(luis)} {at(stranger)} @nadie")
    assert ack["not_in_channel"] == [outside.id]
    seen = socket.expect("chat_message")["message"]
    assert "not_in_channel" not in seen and seen["mentions"] == [luis.id]
    message = ana.send(channel, f"{at(outside)}")
    assert message["not_in_channel"] == [outside.id]
    assert ana.ok("PUT", f"/messages/{message['id']}", json={"content": f"{at(outside)}!"})["not_in_channel"] == [outside.id]
    assert "not_in_channel" not in ana.ok("GET", f"/messages/{message['id']}")
    settled(org, channel, luis)
    assert not told(outside, message)


def test_an_edit_mentions_others(talk):
    ana, luis, eva, channel = talk
    message = ana.send(channel, at(luis))
    assert (mentions(luis, channel), mentions(eva, channel)) == (1, 0)
    edited = ana.ok("PUT", f"/messages/{message['id']}", json={"content": at(eva)})
    assert edited["mentions"] == [eva.id] and (mentions(luis, channel), mentions(eva, channel)) == (0, 1)
    edited = ana.ok("PUT", f"/messages/{message['id']}", json={"content": "@todos"})
    assert edited["mention_all"] == "channel" and (mentions(luis, channel), mentions(eva, channel)) == (1, 1)
    ana.ok("PUT", f"/messages/{message['id']}", json={"content": "nadie"})
    assert (mentions(luis, channel), mentions(eva, channel)) == (0, 0)


def test_a_rename_breaks_no_mention(talk):
    ana, luis, eva, channel = talk
    message = ana.send(channel, at(luis))
    luis.ok("PUT", f"/users/{luis.id}", json={"username": f"x{luis.user['username']}"})
    assert ana.ok("GET", f"/messages/{message['id']}")["mentions"] == [luis.id] and mentions(luis, channel) == 1


def test_who_may_not_mention_everyone_writes_a_word(org, talk):
    ana, luis, eva, channel = talk
    ana.ok("PUT", f"/channels/{channel['id']}/permissions", json={"mention_all": "moderator"})
    assert "mention_all" not in luis.send(channel, "@channel")
    assert mentions(eva, channel) == 0
    assert ana.send(channel, "@channel")["mention_all"] == "channel"


def test_groups_are_made_by_moderators_and_told_to_the_organisation(org, talk):
    ana, luis, eva, channel = talk
    socket = ana.ws()
    socket.expect("hello")
    made = group(org, luis)
    assert socket.expect("group_updated")["group"] == made and made["user_ids"] == [luis.id]
    path = f"/groups/{made['id']}"
    for method, where, body in (("POST", "/groups", {"name": "x", "handle": "y"}), ("PUT", path, {"name": "x"}), ("DELETE", path, None),
                                ("PUT", f"{path}/members", {"add": [ana.id]})):
        ana.refused(403, "access.denied", method, where, json=body)
    org.admin.refused(409, "group.handle_taken", "POST", "/groups", json={"name": "x", "handle": "BACKEND"})
    for handle in ("two words", "@x", "-x", "x.", "a@b"):
        org.admin.refused(400, "request.invalid", "POST", "/groups", json={"name": "x", "handle": handle})
    changed = org.moderator().ok("PUT", f"{path}/members", json={"add": [eva.id, luis.id], "remove": [luis.id, ana.id]})
    assert changed["user_ids"] == [luis.id, eva.id] and socket.expect("group_updated")["group"] == changed
    assert ana.ok("GET", "/groups")["items"] == [changed]
    org.admin.ok("DELETE", path)
    assert socket.expect("group_deleted")["group_id"] == made["id"]
    ana.refused(404, "group.not_found", "GET", path)
    assert ana.ok("GET", "/groups")["items"] == [] and group(org)["user_ids"] == []
