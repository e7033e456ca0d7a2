"""A channel's life: its names, public or private, in the archive and out of it."""

import csv
import io
import json
import secrets

from harness import until


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


def asleep(suite, channel, days):
    """Everything in it was said so many days ago."""
    suite.psql_as("chat", f"update channel set created_at = now() - interval '{days} days' where id = {channel['id']};"
                  f" update message set created_at = now() - interval '{days} days' where channel_id = {channel['id']} and message_type <> 'system';"
                  f" update channel set archive_warned_at = now() - interval '{days} days' + interval '1 hour'"
                  f" where id = {channel['id']} and archive_warned_at is not null")


def system_messages(who, channel):
    return [m for m in who.history(channel)["items"] if m["message_type"] == "system"]


def test_a_channel_that_nobody_writes_in_is_archived_after_a_warning(org, suite):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    ana.send(channel, "hola")
    luis.refused(403, "access.denied", "PUT", f"/channels/{channel['id']}", json={"auto_archive_days": 30})
    ana.refused(400, "request.invalid", "PUT", f"/channels/{channel['id']}", json={"auto_archive_days": 0})
    assert change(ana, channel, auto_archive_days=30)["auto_archive_days"] == 30
    socket = luis.ws()
    socket.expect("hello")
    asleep(suite, channel, 28)
    warning = socket.expect("chat_message")["message"]
    assert warning["message_type"] == "system" and warning in system_messages(luis, channel)
    # Somebody writes: it goes on, and is warned again another time.
    luis.send(channel, "sigo aquí")
    until(lambda: suite.psql(f"select archive_warned_at is null from chat.channel where id = {channel['id']}").strip() == "t", "the warning to be taken back")
    asleep(suite, channel, 31)
    until(lambda: len(system_messages(ana, channel)) == 2, "another warning")
    assert not ana.ok("GET", f"/channels/{channel['id']}")["is_archived"]
    asleep(suite, channel, 35)
    assert socket.expect("channel_updated")["channel"]["is_archived"] is True
    ana.refused(409, "channel.archived", "POST", f"/channels/{channel['id']}/messages", json={"content": "x"})
    assert len(system_messages(ana, channel)) == 2
    change(ana, channel, is_archived=False, auto_archive_days=None)
    assert ana.ok("GET", f"/channels/{channel['id']}")["auto_archive_days"] is None
    seqs = [int(x) for x in suite.psql(f"select seq from chat.event where channel_id = {channel['id']} order by seq").split()]
    assert seqs == list(range(1, len(seqs) + 1))


def test_favourites_and_sections_are_ones_own_and_on_all_devices(org, suite):
    ana, luis = org.member(), org.member()
    one, two = ana.channel(), ana.channel()
    phone, other = ana.ws(), luis.ws()
    phone.expect("hello")
    other.expect("hello")
    assert ana.ok("GET", "/sections") == {"favorites": [], "sections": []}
    ana.ok("PUT", f"/channels/{two['id']}/favorite")
    assert ana.ok("PUT", f"/channels/{one['id']}/favorite")["favorites"] == [two["id"], one["id"]]
    assert ana.ok("PUT", f"/channels/{one['id']}/favorite")["favorites"] == [two["id"], one["id"]]
    assert phone.expect("sidebar_updated")["sidebar"]["favorites"] == [two["id"]]
    first = ana.ok("POST", "/sections", json={"name": "Trabajo"}, status=201)["sections"][0]
    second = ana.ok("POST", "/sections", json={"name": "Casa"})["sections"][1]
    ana.ok("PUT", f"/sections/{first['id']}/channels/{one['id']}")
    moved = ana.ok("PUT", f"/sections/{second['id']}/channels/{one['id']}")["sections"]
    assert ana.ok("GET", "/bootstrap")["sidebar"] == ana.ok("GET", "/sections")
    assert luis.ok("GET", "/bootstrap")["sidebar"] == {"favorites": [], "sections": []}
    assert [s["channel_ids"] for s in moved] == [[], [one["id"]]]
    assert [s["name"] for s in ana.ok("PUT", f"/sections/{second['id']}", json={"position": 0, "name": "Hogar"})["sections"]] == ["Hogar", "Trabajo"]
    luis.refused(404, "section.not_found", "PUT", f"/sections/{first['id']}", json={"name": "x"})
    luis.refused(404, "section.not_found", "DELETE", f"/sections/{first['id']}")
    luis.refused(403, "channel.not_member", "PUT", f"/channels/{one['id']}/favorite")
    suite.org().admin.refused(404, "channel.not_found", "PUT", f"/channels/{one['id']}/favorite")
    assert ana.ok("DELETE", f"/sections/{second['id']}/channels/{one['id']}")["sections"][0]["channel_ids"] == []
    left = ana.ok("DELETE", f"/sections/{second['id']}")
    assert [s["id"] for s in left["sections"]] == [first["id"]]
    until(lambda: [f for f in phone.frames if f["type"] == "sidebar_updated"][-1]["sidebar"] == left, "the phone to know")
    assert ana.ok("DELETE", f"/channels/{two['id']}/favorite")["favorites"] == [one["id"]]
    ana.ok("POST", f"/channels/{one['id']}/leave", json={})
    assert ana.ok("GET", "/sections")["favorites"] == []
    other.quiet("sidebar_updated")
    suite.psql(f"insert into chat.favorite (user_id, channel_id) select {ana.id}, 9000000 + n from generate_series(1, 500) n")
    assert ana.ok("PUT", f"/channels/{two['id']}/favorite")["favorites"] == [two["id"]], "those of channels that one has left do not count"


def export(who, channel, **params):
    text, cursor = "", {}
    while True:
        page = who.ok("GET", f"/channels/{channel['id']}/export", params={**params, **cursor})
        assert len(page["data"]) < 400_000
        text += page["data"]
        if not page["next_cursor"]:
            return text
        cursor = {"cursor": page["next_cursor"]}


def test_a_channel_is_exported_by_whom_its_permissions_let(org, suite):
    ana, luis = org.member(), org.member()
    channel = ana.channel(type="private")
    ana.ok("POST", f"/channels/{channel['id']}/members", json={"user_id": luis.id})
    texts = ["=1+1", 'con "comillas", comas\ny líneas', "fin"]
    sent = [luis.send(channel, t) for t in texts]
    gone = ana.send(channel, "borrado")
    ana.ok("DELETE", f"/messages/{gone['id']}")
    reply = ana.send(channel, "en el hilo", thread_id=sent[2]["id"])
    where = f"/channels/{channel['id']}/export"
    luis.refused(403, "channel.not_permitted", "GET", where)
    org.admin.refused(404, "channel.not_found", "GET", where)
    suite.org().admin.refused(404, "channel.not_found", "GET", where)
    lines = [json.loads(line) for line in export(ana, channel).splitlines()]
    assert [m["id"] for m in lines] == [m["id"] for m in sent] + [gone["id"], reply["id"]]
    assert [m["content"] for m in lines] == texts + ["", "en el hilo"]
    ana.ok("PUT", f"/channels/{channel['id']}/permissions", json={"export": "member"})
    rows = list(csv.DictReader(io.StringIO(export(luis, channel, format="csv"))))
    assert [r["content"] for r in rows] == ["'=1+1", *texts[1:], "", "en el hilo"] and rows[-1]["thread_id"] == str(sent[2]["id"])
    ana.refused(400, "request.invalid", "GET", where, params={"cursor": "x"})
    ana.refused(400, "request.invalid", "GET", where, params={"format": "pdf"})
    part = luis.ok("GET", where, params={"cursor": str(lines[1]["seq"])})
    assert [json.loads(line)["id"] for line in part["data"].splitlines()] == [m["id"] for m in lines[2:]]
    entries = until(lambda: len(found := org.admin.ok("GET", "/admin/audit", params={"action": "channel.export"})["items"]) >= 3 and found, "the audit log")
    assert [(e["actor_id"], e["target"], e["details"]) for e in reversed(entries)] == [
        (who.id, f"channel:{channel['id']}", {"format": form, "after": after})
        for who, form, after in ((ana, "json", 0), (luis, "csv", 0), (luis, "json", lines[1]["seq"]))], "refusals leave none"


def test_a_long_channel_is_exported_in_parts(org, suite):
    ana = org.member()
    channel = ana.channel()
    suite.psql_as("chat", "insert into message (channel_id, seq, user_id, username, content, client_id, created_at)"
                  f" select {channel['id']}, 10 + n, {ana.id}, 'ana', case when n % 500 = 0 then repeat('\"', 16000) else 'm' || n end, gen_random_uuid(), now()"
                  " from generate_series(1, 3000) n")
    lines = [json.loads(line) for line in export(ana, channel).splitlines()]
    assert [m["seq"] for m in lines] == list(range(11, 3011)) and len(lines[499]["content"]) == 16000
