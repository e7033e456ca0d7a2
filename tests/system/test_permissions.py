"""Permissions of a channel: the least role for each action, checked on every one; announcement channels."""

import uuid

import pytest

ACTIONS = ("post", "post_in_threads", "invite", "pin", "mention_all", "manage", "moderate", "react", "export")
DEFAULTS = {**dict.fromkeys(ACTIONS, "member"), "manage": "moderator", "moderate": "moderator", "export": "owner"}


def permissions(who, channel):
    return who.ok("GET", f"/channels/{channel['id']}/permissions")


def permit(who, channel, **fields):
    return who.ok("PUT", f"/channels/{channel['id']}/permissions", json=fields)


def can(who, channel):
    return who.ok("GET", f"/channels/{channel['id']}")["can"]


@pytest.fixture
def talk(org):
    """An owner, a moderator of the channel, a member, and the channel."""
    ana, luis, eva = org.member(), org.member(), org.member()
    channel = ana.channel()
    for person in (luis, eva):
        person.join(channel)
    ana.ok("PUT", f"/channels/{channel['id']}/members/{luis.id}", json={"role": "moderator"})
    return ana, luis, eva, channel


def test_a_new_channel_has_the_defaults(talk):
    ana, luis, eva, channel = talk
    assert channel["permissions"] == DEFAULTS and all(channel["can"].values())
    shown = permissions(eva, channel)
    assert shown["permissions"] == DEFAULTS and shown["announcement"] is False and shown["channel_id"] == channel["id"]
    assert [a for a, allowed in shown["can"].items() if not allowed] == ["manage", "moderate", "export"]
    assert [a for a, allowed in can(luis, channel).items() if not allowed] == ["export"]


def test_each_change_is_told_once_in_the_channels_log(talk):
    ana, luis, eva, channel = talk
    one, two = ana.ws(), eva.ws(f"/ws/chat/{channel['id']}")
    one.expect("hello")
    two.expect("user_joined")
    assert permit(ana, channel, post="moderator", pin="owner")["permissions"] == {**DEFAULTS, "post": "moderator", "pin": "owner"}
    told = one.expect("channel_updated")
    assert told == two.expect("channel_updated") and told["channel"]["permissions"]["pin"] == "owner" and "can" not in told["channel"]
    permit(ana, channel, post="moderator")
    assert permit(ana, channel, export="owner")["permissions"]["export"] == "owner"
    ana.send(channel, "fin")
    assert one.expect("chat_message")["seq"] == told["seq"] + 1, "what changes nothing is not told"


def test_announcements_are_posted_by_moderators_and_answered_in_threads_by_all(talk, org):
    ana, luis, eva, channel = talk
    assert permit(ana, channel, announcement=True)["announcement"] is True
    boss = org.admin
    boss.join(channel)
    root = luis.send(channel, "mañana cerramos")
    boss.send(channel, "de acuerdo")
    where = f"/channels/{channel['id']}/messages"
    eva.refused(403, "channel.not_permitted", "POST", where, json={"content": "x"})
    eva.refused(403, "channel.not_permitted", "POST", where, json={"content": "x", "thread_id": root["id"], "also_send_to_channel": True})
    socket = eva.ws()
    socket.expect("hello")
    socket.send({"type": "chat_message", "channel_id": channel["id"], "content": "x", "client_id": (key := str(uuid.uuid4()))})
    assert socket.expect("error")["code"] == "channel.not_permitted" and key
    reply = eva.send(channel, "¿por qué?", thread_id=root["id"])
    eva.ok("PUT", f"/messages/{reply['id']}", json={"content": "¿y por qué?"})
    eva.ok("PUT", f"/messages/{root['id']}/reactions/👍")
    allowed = can(eva, channel)
    assert not allowed["post"] and allowed["post_in_threads"] and allowed["react"] and can(boss, channel)["post"]
    assert permit(ana, channel, announcement=False)["permissions"] == DEFAULTS
    eva.send(channel, "por fin")


def test_what_one_may_post_no_more_one_may_not_edit(talk):
    ana, luis, eva, channel = talk
    said, root = eva.send(channel, "antes"), luis.send(channel, "hilo")
    reply, both = eva.send(channel, "respuesta", thread_id=root["id"]), eva.send(channel, "las dos", thread_id=root["id"], also_send_to_channel=True)
    permit(ana, channel, announcement=True)
    for message in (said, both):
        eva.refused(403, "channel.not_permitted", "PUT", f"/messages/{message['id']}", json={"content": "publicidad"})
    eva.ok("PUT", f"/messages/{reply['id']}", json={"content": "respuesta, mejor"})
    permit(ana, channel, announcement=False, post_in_threads="owner")
    eva.ok("PUT", f"/messages/{said['id']}", json={"content": "después"})
    for message in (reply, both):
        eva.refused(403, "channel.not_permitted", "PUT", f"/messages/{message['id']}", json={"content": "publicidad"})


def test_threads_can_be_closed_and_the_channel_open(talk):
    ana, luis, eva, channel = talk
    root = ana.send(channel, "hola")
    permit(ana, channel, post_in_threads="owner")
    where = f"/channels/{channel['id']}/messages"
    eva.refused(403, "channel.not_permitted", "POST", where, json={"content": "x", "thread_id": root["id"]})
    luis.refused(403, "channel.not_permitted", "POST", where, json={"content": "x", "thread_id": root["id"]})
    ana.send(channel, "x", thread_id=root["id"])
    eva.send(channel, "hola", reply_to_id=root["id"])


def test_every_action_asks_for_its_permission(talk, org):
    ana, luis, eva, channel = talk
    said, other = ana.send(channel, "hola"), org.member()
    c, m = f"/channels/{channel['id']}", f"/messages/{said['id']}"
    permit(ana, channel, **dict.fromkeys(ACTIONS, "owner"))
    for who in (luis, eva):
        assert not any(can(who, channel).values())
        who.refused(403, "channel.not_permitted", "POST", f"{c}/messages", json={"content": "x"})
        who.refused(403, "channel.not_permitted", "POST", f"{c}/members", json={"user_id": other.id})
        who.refused(403, "channel.not_permitted", "PUT", f"{m}/pin")
        who.refused(403, "channel.not_permitted", "PUT", f"{m}/reactions/👍")
        who.refused(403, "access.denied", "PUT", c, json={"topic": "x"})
        who.refused(403, "access.denied", "DELETE", m)
        who.refused(403, "access.denied", "GET", f"{m}/history")
        who.refused(403, "access.denied", "DELETE", f"{c}/members/{ana.id}")
    permit(ana, channel, **dict.fromkeys(ACTIONS, "member"))
    assert all(can(eva, channel).values())
    eva.send(channel, "x")
    eva.ok("PUT", f"{m}/pin")
    eva.ok("PUT", f"{m}/reactions/👍")
    eva.ok("POST", f"{c}/members", json={"user_id": other.id})
    eva.ok("PUT", c, json={"topic": "de todos"})
    eva.ok("DELETE", f"{c}/members/{other.id}")
    eva.ok("DELETE", m)


def test_permissions_are_set_by_owners_and_administrators_who_see_the_channel(talk, org, suite):
    ana, luis, eva, channel = talk
    where = f"/channels/{channel['id']}/permissions"
    for who in (luis, eva, org.moderator(), org.member()):
        who.refused(403, "access.denied", "PUT", where, json={"announcement": True})
    permit(org.admin, channel, manage="member")
    eva.refused(403, "access.denied", "PUT", where, json={"export": "member"})
    stranger = suite.org().admin
    secret = ana.channel(type="private")
    for who, there in ((stranger, channel), (org.admin, secret)):
        for method in ("GET", "PUT"):
            who.refused(404, "channel.not_found", method, f"/channels/{there['id']}/permissions", json={"post": "owner"} if method == "PUT" else None)
    assert not any(permissions(org.member(), channel)["can"][a] for a in ("post", "react", "pin", "export"))
    for bad in ({"post": "admin"}, {"post": None}, {"announcement": "yes"}, {"fly": "member"}):
        ana.refused(400, "request.invalid", "PUT", where, json=bad)


def test_in_the_archive_nothing_can_be_said(talk):
    ana, luis, eva, channel = talk
    ana.ok("PUT", f"/channels/{channel['id']}", json={"is_archived": True})
    assert [a for a, allowed in can(ana, channel).items() if allowed] == ["manage", "moderate", "export"]


def test_everyone_is_mentioned_by_whom_the_setting_lets(talk, org):
    ana, luis, eva, channel = talk
    boss, warden, reader = org.admin, org.moderator(), org.member()
    for person in (boss, warden, reader):
        person.join(channel)
    root, loud = ana.send(channel, "raíz"), 0
    for least, level in (("member", 1), ("moderator", 2), ("owner", 3)):
        permit(ana, channel, mention_all=least)
        for who, has in ((ana, 3), (luis, 2), (eva, 1), (warden, 2), (boss, 3)):
            allowed = has >= level
            loud += 3 * allowed
            assert can(who, channel)["mention_all"] is allowed
            assert who.send(channel, "@channel").get("mention_all") == ("channel" if allowed else None), (least, who.user["role"])
            reply = who.send(channel, "@channel", thread_id=root["id"], also_send_to_channel=True)
            assert reply.get("mention_all") == ("channel" if allowed else None)
            plain = who.send(channel, "nada")
            edited = who.ok("PUT", f"/messages/{plain['id']}", json={"content": "@channel"})
            assert edited.get("mention_all") == ("channel" if allowed else None)
            assert who.send(channel, "@here").get("mention_all") == ("here" if allowed else None)
    assert reader.ok("GET", f"/channels/{channel['id']}")["mention_count"] == loud
