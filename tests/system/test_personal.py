"""What people keep for themselves: saved messages and drafts."""

import pytest


@pytest.fixture
def talk(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    return ana, luis, channel, ana.send(channel, "hola")


def save(who, message, **body):
    return who.ok("PUT", f"/messages/{message['id']}/saved", json=body)


def unsave(who, message):
    return who.ok("DELETE", f"/messages/{message['id']}/saved")


def saved(who, **params):
    return who.ok("GET", "/saved", params=params)


def draft(who, channel, content, **body):
    return who.ok("PUT", f"/drafts/{channel['id']}", json={"content": content, **body})


def drafts(who, **params):
    return who.ok("GET", "/drafts", params=params)["items"]


# ---- saved messages ----
def test_saved_messages_are_ones_own_and_the_last_comes_first(talk):
    ana, luis, channel, message = talk
    other = luis.send(channel, "otra")
    save(luis, message)
    save(luis, other, note="para el lunes")
    items = saved(luis)["items"]
    assert [(s["message"]["id"], s["note"]) for s in items] == [(other["id"], "para el lunes"), (message["id"], "")]
    assert items[1]["message"] == message and items[1]["saved_at"].endswith("Z")
    assert saved(ana)["items"] == []
    ana.ok("PUT", f"/messages/{message['id']}", json={"content": "corregida"})
    assert saved(luis)["items"][1]["message"]["content"] == "corregida"
    unsave(luis, other)
    unsave(luis, other)
    assert [s["message"]["id"] for s in saved(luis)["items"]] == [message["id"]]


def test_ones_other_devices_are_told_of_saved_messages_and_nobody_else(talk):
    ana, luis, channel, message = talk
    phone, laptop, foreign = luis.ws(), luis.ws(f"/ws/chat/{channel['id']}"), ana.ws()
    for socket in (phone, foreign):
        socket.expect("hello")
    laptop.expect("user_joined")
    save(luis, message, note="uno")
    told = phone.expect("saved_updated")
    assert told == laptop.expect("saved_updated") and (told["message_id"], told["note"]) == (message["id"], "uno")
    save(luis, message, note="uno")  # as it is already: told nobody
    save(luis, message, note="dos")
    assert phone.expect("saved_updated") == {**told, "note": "dos"}
    unsave(luis, message)
    assert phone.expect("saved_deleted") == {"type": "saved_deleted", "message_id": message["id"]}
    unsave(luis, message)
    phone.quiet("saved_deleted")
    assert [f["type"] for f in foreign.frames if f["type"].startswith("saved")] == []


def test_saved_is_shown_only_what_can_still_be_read(suite, org):
    ana, luis = org.member(), org.member()
    channel, public = ana.channel(type="private"), ana.channel()
    ana.ok("POST", f"/channels/{channel['id']}/members", json={"user_id": luis.id})
    secret, open_one, doomed = ana.send(channel, "secreto"), ana.send(public, "abierto"), ana.send(public, "fugaz")
    for message in (secret, open_one, doomed):  # public channels are read without joining
        save(luis, message)
    luis.ok("POST", f"/channels/{channel['id']}/leave", json={})
    ana.ok("DELETE", f"/messages/{doomed['id']}")
    assert [s["message"]["id"] for s in saved(luis)["items"]] == [open_one["id"]]
    luis.refused(404, "message.not_found", "PUT", f"/messages/{secret['id']}/saved", json={})
    luis.refused(409, "message.deleted", "PUT", f"/messages/{doomed['id']}/saved", json={})
    unsave(luis, secret)
    luis.refused(404, "message.not_found", "DELETE", f"/messages/{secret['id']}/saved")
    stranger = suite.org().admin
    for method in ("PUT", "DELETE"):
        stranger.refused(404, "message.not_found", method, f"/messages/{open_one['id']}/saved", json={} if method == "PUT" else None)


def test_the_muted_and_those_in_archived_channels_save_too(talk, org):
    ana, luis, channel, message = talk
    org.admin.ok("POST", "/admin/moderation/actions", json={"user_id": luis.id, "action_type": "mute", "reason": "x"})
    ana.ok("PUT", f"/channels/{channel['id']}", json={"is_archived": True})
    save(luis, message)
    assert len(saved(luis)["items"]) == 1


def test_saved_messages_come_in_pages(talk):
    ana, luis, channel, _ = talk
    messages = [ana.send(channel, "x" * 15000) for _ in range(5)]
    for message in messages:
        save(luis, message)
    found, cursor = [], {}
    while True:
        page = saved(luis, limit=2, **cursor)
        found += [s["message"]["id"] for s in page["items"]]
        if not page["next_cursor"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert found == [m["id"] for m in reversed(messages)]
    luis.refused(400, "request.invalid", "PUT", f"/messages/{messages[0]['id']}/saved", json={"note": "x" * 501})


def test_five_thousand_are_saved_at_most(suite, talk):
    ana, luis, _, message = talk
    suite.psql_as("chat", f"insert into saved (user_id, message_id) select {luis.id}, -n from generate_series(1, 5000) n")
    luis.refused(409, "saved.too_many", "PUT", f"/messages/{message['id']}/saved", json={})


# ---- drafts ----
def test_a_draft_for_each_channel_and_the_last_writer_wins(talk):
    ana, luis, channel, message = talk
    other = ana.channel()
    first = draft(ana, channel, "ho")
    second = draft(ana, channel, "hola, he pens", reply_to_id=message["id"])
    assert second["content"] == "hola, he pens" and second["reply_to_id"] == message["id"] and second["thread_id"] is None
    assert second["updated_at"] >= first["updated_at"]
    third = draft(ana, other, "aquí también")
    assert drafts(ana) == [third, second] and drafts(luis) == []
    assert draft(ana, channel, "de nuevo")["reply_to_id"] is None
    assert [d["content"] for d in drafts(ana)] == ["de nuevo", "aquí también"]
    ana.send(channel, "de nuevo")
    assert len(drafts(ana)) == 2  # clients delete it
    for _ in range(2):
        ana.ok("DELETE", f"/drafts/{channel['id']}")
    assert drafts(ana) == [third]


def test_threads_have_drafts_of_their_own(talk):
    ana, luis, channel, message = talk
    other = ana.send(channel, "otra")
    draft(ana, channel, "canal")
    draft(ana, channel, "hilo uno", thread_id=message["id"])
    draft(ana, channel, "hilo dos", thread_id=other["id"])
    assert [(d["content"], d["thread_id"]) for d in drafts(ana)] == [("hilo dos", other["id"]), ("hilo uno", message["id"]), ("canal", None)]
    ana.ok("DELETE", f"/drafts/{channel['id']}", params={"thread_id": message["id"]})
    assert [d["content"] for d in drafts(ana)] == ["hilo dos", "canal"]


def test_ones_other_devices_are_told_of_drafts_and_nobody_else(talk):
    ana, luis, channel, message = talk
    phone, laptop, foreign = ana.ws(), ana.ws(), luis.ws()
    for socket in (phone, laptop, foreign):
        socket.expect("hello")
    written = draft(ana, channel, "ho")
    assert phone.expect("draft_updated")["draft"] == laptop.expect("draft_updated")["draft"] == written
    ana.ok("DELETE", f"/drafts/{channel['id']}")
    assert phone.expect("draft_deleted") == {"type": "draft_deleted", "channel_id": channel["id"], "thread_id": None}
    ana.ok("DELETE", f"/drafts/{channel['id']}")
    phone.quiet("draft_deleted")
    foreign.quiet("draft_updated")
    assert [f for f in foreign.frames if f["type"].startswith("draft")] == []


def test_drafts_go_when_their_author_leaves(talk, org):
    ana, luis, channel, _ = talk
    kept, gone = luis.channel(), luis.channel()
    for one in (channel, kept, gone):
        draft(luis, one, f"en {one['id']}")
    luis.ok("POST", f"/channels/{channel['id']}/leave", json={})
    assert [d["channel_id"] for d in drafts(luis)] == [gone["id"], kept["id"]]
    luis.join(channel)
    assert len(drafts(luis)) == 2
    draft(luis, channel, "otra vez")
    ana.ok("DELETE", f"/channels/{channel['id']}/members/{luis.id}")
    luis.join(channel)
    luis.ok("DELETE", f"/channels/{gone['id']}")
    assert [d["channel_id"] for d in drafts(luis)] == [kept["id"]]


def test_who_may_keep_a_draft(suite, talk, org):
    ana, luis, channel, message = talk
    outsider, stranger, private = org.member(), suite.org().admin, ana.channel(type="private")
    secret = ana.send(private, "secreto")
    where = f"/drafts/{channel['id']}"
    outsider.refused(403, "channel.not_member", "PUT", where, json={"content": "x"})
    stranger.refused(404, "channel.not_found", "PUT", where, json={"content": "x"})
    stranger.refused(404, "channel.not_found", "DELETE", where)
    luis.refused(404, "channel.not_found", "PUT", f"/drafts/{private['id']}", json={"content": "x"})
    luis.refused(422, "message.thread_not_found", "PUT", where, json={"content": "x", "thread_id": secret["id"]})
    luis.refused(422, "message.reply_not_found", "PUT", where, json={"content": "x", "reply_to_id": secret["id"]})
    luis.refused(400, "request.invalid", "PUT", where, json={"content": ""})
    luis.refused(400, "request.invalid", "PUT", where, json={"content": "x" * 16001})
    org.admin.ok("POST", "/admin/moderation/actions", json={"user_id": luis.id, "action_type": "mute", "reason": "x"})
    ana.ok("PUT", f"/channels/{channel['id']}", json={"is_archived": True})
    assert draft(luis, channel, "para luego")["content"] == "para luego"


def test_drafts_come_in_pages_and_there_is_a_most(suite, org):
    ana = org.member()
    channels = [ana.channel() for _ in range(3)]
    for channel in channels:
        draft(ana, channel, "x")
    first = ana.ok("GET", "/drafts", params={"limit": 2})
    rest = ana.ok("GET", "/drafts", params={"limit": 2, "cursor": first["next_cursor"]})
    assert [d["channel_id"] for d in first["items"] + rest["items"]] == [c["id"] for c in reversed(channels)] and rest["next_cursor"] is None
    suite.psql_as("chat", f"insert into draft (user_id, channel_id, content) select {ana.id}, -n, 'x' from generate_series(1, 497) n")
    another = ana.channel()
    ana.refused(409, "draft.too_many", "PUT", f"/drafts/{another['id']}", json={"content": "x"})
    assert draft(ana, channels[0], "y")["content"] == "y"
