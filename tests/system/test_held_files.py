"""Drafts and messages to be sent later have files: sent with them, shown on all devices, and kept as long as they are held."""

import datetime

import pytest

from harness import until


def upload(person, data=b"hola", name="a.txt"):
    return person.ok("POST", "/files", status=201, params={"filename": name}, content=data, headers={"Content-Type": "application/octet-stream"})


def at(seconds=3600):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def schedule(who, channel, ids, content="", **fields):
    return who.ok("POST", "/scheduled", json={"channel_id": channel["id"], "content": content, "send_at": at(), "attachment_ids": ids, **fields})


def draft(who, channel, ids, content=""):
    return who.ok("PUT", f"/drafts/{channel['id']}", json={"content": content, "attachment_ids": ids})


def become_due(suite, scheduled):
    suite.psql_as("chat", f"update scheduled set send_at = now() where id = {scheduled['id']}")


def is_held(suite, file):
    """Or will be collected within a day or so."""
    return suite.psql(f"select expires_at > now() + interval '1 year' from chat.file where id = {file['id']}") == "t"


def ids(shown):
    return [f["id"] for f in shown["attachments"]]


@pytest.fixture
def talk(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    return ana, luis, channel


def test_a_scheduled_message_is_sent_with_its_files(talk, suite):
    ana, luis, channel = talk
    files = [upload(ana, b"uno", "uno.txt"), upload(ana, b"dos", "dos.txt")]
    phone, other = ana.ws(), luis.ws()
    for socket in (phone, other):
        socket.expect("hello")
    made = schedule(ana, channel, [files[1]["id"], files[0]["id"]])
    assert [f["filename"] for f in made["attachments"]] == ["dos.txt", "uno.txt"] and all(is_held(suite, f) for f in files)
    assert phone.expect("scheduled_updated")["scheduled"] == made == ana.ok("GET", "/scheduled")["items"][0]
    luis.refused(404, "file.not_found", "GET", f"/files/{files[0]['id']}/info")
    become_due(suite, made)
    message = other.expect("chat_message")["message"]
    assert [f["filename"] for f in message["attachments"]] == ["dos.txt", "uno.txt"] and message["content"] == ""
    sent = phone.expect("scheduled_updated")["scheduled"]
    assert (sent["state"], sent["message_id"], sent["attachments"]) == ("sent", message["id"], [])
    assert luis.ok("GET", f"/files/{files[0]['id']}/info")["message_id"] == message["id"]
    assert suite.psql(f"select count(*) from chat.file where message_id = {message['id']} and expires_at is null") == "2"


def test_one_that_fails_keeps_its_files_and_is_sent_with_them_later(talk, suite):
    ana, luis, channel = talk
    file = upload(ana)
    made = schedule(ana, channel, [file["id"]], "con foto")
    ana.ok("PUT", f"/channels/{channel['id']}", json={"is_archived": True})
    become_due(suite, made)
    failed = until(lambda: next((s for s in ana.ok("GET", "/scheduled")["items"] if s["state"] == "failed"), None), "it fails")
    assert failed["reason"] == "channel.archived" and ids(failed) == [file["id"]] and is_held(suite, file)
    ana.ok("PUT", f"/channels/{channel['id']}", json={"is_archived": False})
    sent = ana.ok("POST", f"/scheduled/{made['id']}/send")
    assert ids(luis.ok("GET", f"/messages/{sent['message_id']}")) == [file["id"]]


def test_its_files_can_be_changed(talk, suite):
    ana, _, channel = talk
    first, second = upload(ana, b"1"), upload(ana, b"2")
    made = schedule(ana, channel, [first["id"]])
    path = f"/scheduled/{made['id']}"
    assert ids(ana.ok("PUT", path, json={"send_at": at(7200)})) == [first["id"]], "what is not named stays"
    assert ids(ana.ok("PUT", path, json={"attachment_ids": [second["id"], first["id"]]})) == [second["id"], first["id"]]
    assert ids(ana.ok("PUT", path, json={"attachment_ids": [second["id"]]})) == [second["id"]]
    assert not is_held(suite, first) and is_held(suite, second)
    ana.refused(400, "request.invalid", "PUT", path, json={"attachment_ids": []})
    assert ids(ana.ok("PUT", path, json={"attachment_ids": [], "content": "texto"})) == [] and not is_held(suite, second)
    ana.refused(400, "request.invalid", "PUT", path, json={"content": " "})


def test_a_draft_has_files_on_all_devices(talk, suite):
    ana, luis, channel = talk
    file = upload(ana)
    phone = ana.ws()
    phone.expect("hello")
    made = draft(ana, channel, [file["id"]])
    assert made["content"] == "" and ids(made) == [file["id"]] and phone.expect("draft_updated")["draft"] == made
    assert ana.ok("GET", "/drafts")["items"] == [made] and is_held(suite, file)
    posted = ana.ok("POST", f"/channels/{channel['id']}/messages", json={"attachment_ids": [file["id"]]})
    assert ana.ok("GET", "/drafts")["items"][0]["attachments"] == [], "a message has it now"
    ana.call("DELETE", f"/drafts/{channel['id']}")
    assert ids(luis.ok("GET", f"/messages/{posted['id']}")) == [file["id"]] and not is_held(suite, file)


def test_a_file_is_kept_until_the_last_lets_it_go(talk, suite):
    ana, _, channel = talk
    file = upload(ana)
    assert not is_held(suite, file)
    made = schedule(ana, channel, [file["id"]])
    draft(ana, channel, [file["id"]])
    ana.call("DELETE", f"/scheduled/{made['id']}")
    assert is_held(suite, file), "by the draft"
    draft(ana, channel, [], "nada")
    assert not is_held(suite, file)
    suite.psql_as("chat", f"update file set expires_at = now() where id = {file['id']}")
    until(lambda: ana.call("GET", f"/files/{file['id']}/info").status_code == 404, "it is collected")


def test_what_cannot_be_held(talk):
    ana, luis, channel = talk
    used, own, others = upload(ana), upload(ana), upload(luis)
    ana.ok("POST", f"/channels/{channel['id']}/messages", json={"attachment_ids": [used["id"]]})
    unfinished = ana.call("POST", "/files", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "5"}).headers["location"].rsplit("/", 1)[1]
    made = schedule(ana, channel, [], "x")
    for wrong in ([used["id"]], [others["id"]], [own["id"], own["id"]], [int(unfinished)], [2**53 - 1]):
        for method, path, body in (("POST", "/scheduled", {"channel_id": channel["id"], "send_at": at()}), ("PUT", f"/scheduled/{made['id']}", {}),
                                   ("PUT", f"/drafts/{channel['id']}", {})):
            ana.refused(422, "file.unusable", method, path, json={**body, "attachment_ids": wrong})
    for method, path, body in (("POST", "/scheduled", {"channel_id": channel["id"], "send_at": at()}), ("PUT", f"/drafts/{channel['id']}", {})):
        for empty in ({}, {"attachment_ids": []}, {"content": ""}):
            ana.refused(400, "request.invalid", method, path, json={**body, **empty})
