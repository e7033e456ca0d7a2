"""A channel's life: its names, public or private, in the archive and out of it."""

import secrets


def name():
    return f"c-{secrets.token_hex(5)}"


def change(who, channel, **fields):
    return who.ok("PUT", f"/channels/{channel['id']}", json=fields)


def test_a_name_never_tells_of_a_private_channel(org):
    ana, luis = org.member(), org.member()
    wanted = name()
    secret = ana.channel(wanted, type="private")
    public = luis.channel(wanted.upper())
    assert luis.channel(wanted, type="private")["name"] == wanted
    ana.refused(409, "channel.name_taken", "PUT", f"/channels/{secret['id']}", json={"type": "public"})
    other = luis.channel()
    luis.refused(409, "channel.name_taken", "PUT", f"/channels/{other['id']}", json={"name": wanted})
    luis.ok("DELETE", f"/channels/{public['id']}")
    assert change(ana, secret, type="public")["type"] == "public"


def test_a_public_channel_becomes_private_and_is_withdrawn_from_all_others(org):
    ana, luis, eva = org.member(), org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    said = ana.send(channel, "hola")
    inside, outside = luis.ws(), eva.ws()
    inside.expect("hello")
    outside.expect("hello")
    assert change(ana, channel, type="private")["type"] == "private"
    told = inside.expect("channel_updated")
    assert told["channel"]["type"] == "private" and told["seq"] == said["seq"] + 1
    assert outside.expect("channel_withdrawn") == {"type": "channel_withdrawn", "channel_id": channel["id"]}
    for method, path in (("GET", ""), ("GET", "/messages"), ("POST", "/join")):
        eva.refused(404, "channel.not_found", method, f"/channels/{channel['id']}{path}", json={} if method == "POST" else None)
    eva.refused(404, "message.not_found", "GET", f"/messages/{said['id']}")
    luis.send(channel, "entre nosotros")
    change(ana, channel, type="private")
    change(ana, channel, type="public")
    announced = outside.expect("channel_announced")
    assert announced["channel"]["id"] == channel["id"] and announced["channel"]["type"] == "public"
    assert not [f for f in outside.frames if f["type"] in ("channel_updated", "chat_message")]
    assert eva.join(channel)["is_member"] and len(eva.history(channel)["items"]) == 2


def test_the_type_is_changed_by_owners_and_administrators(org, suite):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    ana.ok("PUT", f"/channels/{channel['id']}/members/{luis.id}", json={"role": "moderator"})
    for who in (luis, org.moderator()):
        who.refused(403, "access.denied", "PUT", f"/channels/{channel['id']}", json={"type": "private"})
    change(luis, channel, type="public", topic="de siempre")
    assert change(ana, channel, type="private")["topic"] == "de siempre"
    org.admin.refused(404, "channel.not_found", "PUT", f"/channels/{channel['id']}", json={"type": "public"})
    suite.org().admin.refused(404, "channel.not_found", "PUT", f"/channels/{channel['id']}", json={"type": "public"})
    ana.refused(400, "request.invalid", "PUT", f"/channels/{channel['id']}", json={"type": "direct"})


def test_a_deleted_public_channel_is_withdrawn(org):
    ana, eva = org.member(), org.member()
    channel, secret = ana.channel(), ana.channel(type="private")
    outside = eva.ws()
    outside.expect("hello")
    ana.ok("DELETE", f"/channels/{secret['id']}")
    ana.ok("DELETE", f"/channels/{channel['id']}")
    assert outside.expect("channel_withdrawn")["channel_id"] == channel["id"]
    assert str(secret["id"]) not in [str(f.get("channel_id")) for f in outside.frames]


def test_out_of_the_archive_all_goes_on(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    socket = luis.ws()
    socket.expect("hello")
    assert change(ana, channel, is_archived=True)["is_archived"]
    assert socket.expect("channel_updated")["channel"]["is_archived"] is True
    luis.refused(409, "channel.archived", "POST", f"/channels/{channel['id']}/messages", json={"content": "x"})
    luis.refused(409, "channel.archived", "POST", f"/channels/{channel['id']}/members", json={"user_id": org.admin.id})
    luis.refused(403, "access.denied", "PUT", f"/channels/{channel['id']}", json={"is_archived": False})
    change(ana, channel, is_archived=False)
    assert socket.expect("channel_updated")["channel"]["is_archived"] is False
    luis.send(channel, "seguimos")
