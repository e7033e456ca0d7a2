"""What a message said before it was edited or deleted: nobody who comes later reads it in the log, which stays whole."""

import pytest

from harness import bus, until
from harness.catalogue import COMMANDS
from harness.stream import open_stream
from harness.suite import ROOT

SECRET = "contraseñadelaboda"


def edit(who, message, content):
    return who.ok("PUT", f"/messages/{message['id']}", json={"content": content})


def delete(who, message):
    who.ok("DELETE", f"/messages/{message['id']}")


@pytest.fixture
def talk(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    return ana, luis, channel


def log_of(suite, channel):
    """As chat gives it to gateways and to notify."""
    peer = suite.keep(bus.Peer(suite.bus / "chat.sock"))
    answer = peer.call(COMMANDS["event.list"], {"items": [{"channel_id": channel["id"], "after": 0}]})[1]["channels"][0]
    assert [e["seq"] for e in answer["events"]] == list(range(1, answer["head_seq"] + 1))
    return answer["events"]


def streamed(person, channel, head):
    stream = open_stream(person, f"/sse/activity/{channel['id']}", last=0)
    return [stream.next()[2] for _ in range(head)]


def resumed(person, channel):
    room = person.ws(f"/ws/chat/{channel['id']}?since=0")
    room.expect("resumed")
    return room.frames


def said(events, message):
    """What the message says to who applies the events."""
    shown = None
    for event in events:
        if event.get("message", {}).get("id") == message["id"]:
            shown = event["message"]
        elif event.get("message_id") == message["id"] and event["type"] == "message_deleted":
            shown = {**shown, "content": "", "is_deleted": True}
    return shown


def everything_read_by(org, person, member, channel):
    """Whoever joins late reads all that he is given, in every way there is; a member who was away too."""
    person.join(channel)
    head = person.ok("GET", f"/channels/{channel['id']}")["head_seq"]
    logs = [streamed(person, channel, head), resumed(member, channel), log_of(org.suite, channel)]
    pages = [person.history(channel, include="thread_replies", limit=100), person.ok("GET", "/messages/search", params={"q": SECRET})]
    return logs, str(logs) + str(resumed(person, channel)) + str(pages)


def test_what_was_edited_or_deleted_is_read_by_nobody_who_joins_later(talk, org):
    ana, luis, channel = talk
    kept = ana.send(channel, "se queda")
    edited, deleted = ana.send(channel, f"{SECRET} uno"), ana.send(channel, f"{SECRET} dos @{luis.user['username']}")
    quotes = [luis.send(channel, "cito", reply_to_id=m["id"]) for m in (edited, deleted)]
    replies = [luis.send(channel, f"{SECRET} en el hilo", thread_id=m["id"]) for m in (edited, deleted)]
    luis.ok("PUT", f"/messages/{edited['id']}/pin")
    edit(luis, quotes[0], "cito mejor")
    edit(ana, edited, f"{SECRET} tres")
    edit(ana, edited, f"{SECRET} cuatro")
    edit(ana, edited, "nada")
    edit(ana, deleted, f"{SECRET} cinco")
    delete(ana, deleted)
    edit(luis, replies[0], "nada en el hilo")
    delete(luis, replies[1])
    logs, text = everything_read_by(org, org.member(), luis, channel)
    assert SECRET not in text and "se queda" in text
    for events in logs:
        assert said(events, edited)["content"] == "nada" and said(events, kept)["content"] == "se queda"
        assert said(events, deleted)["is_deleted"] and said(events, deleted)["content"] == ""
        assert said(events, replies[0])["content"] == "nada en el hilo" and said(events, replies[1])["is_deleted"]
        assert [said(events, q)["quote"]["content"] for q in quotes] == ["nada", ""]
        assert [said(events, q)["quote"]["is_deleted"] for q in quotes] == [False, True]
        assert said(events, quotes[0])["content"] == "cito mejor"
    posted = [e["message"] for e in logs[2] if e["type"] == "chat_message"]
    assert [m["content"] for m in posted if m["id"] in (edited["id"], deleted["id"])] == ["nada", ""], "the log shows what is so now"
    assert SECRET in str(org.admin.suite.psql(f"select content from chat.message where id = {deleted['id']}")), "who moderates may look it up"
    assert [v["content"] for v in ana.ok("GET", f"/messages/{edited['id']}/history")["items"]][0] == f"{SECRET} uno"


def test_a_file_and_a_preview_go_from_the_log_with_their_message(talk, org):
    ana, luis, channel = talk
    sent = ana.upload(b"x", filename=f"{SECRET}.txt")
    message = ana.ok("POST", f"/channels/{channel['id']}/messages", status=201, json={"attachment_ids": [sent["id"]]})
    org.suite.psql_as("chat", f"select append_event({channel['id']}, 1204, 'message_updated', {org.id}, {ana.id}, (select row_to_json(w) from (select message_json(m) as message) w)) from message m where m.id = {message['id']}")
    preview = org.suite.psql(f"insert into chat.preview (org_id, url, url_hash, title, description, site_name) values ({org.id}, 'http://x/', '{message['id']}', '{SECRET}', '', '') returning id").split()[0]
    org.suite.psql(f"insert into chat.message_preview values ({message['id']}, 1, {preview})")
    delete(ana, message)
    _, text = everything_read_by(org, org.member(), luis, channel)
    assert SECRET not in text
    assert org.suite.psql(f"select count(*) from chat.message_preview where message_id = {message['id']}") == "0"


def test_more_quotes_than_are_written_anew_at_once_follow(talk, org):
    ana, luis, channel = talk
    message = ana.send(channel, SECRET)
    for _ in range(230):
        luis.send(channel, "cito", reply_to_id=message["id"])
    edit(ana, message, "nada")
    until(lambda: SECRET not in str(log_of(org.suite, channel)), "the quotes")
    assert str(log_of(org.suite, channel)).count("'content': 'nada'") == 232
    delete(ana, message)
    until(lambda: "'content': 'nada'" not in str(log_of(org.suite, channel)), "the quotes of what is deleted")
    assert org.suite.psql("select count(*) from chat.requote") == "0"


def test_nobody_is_told_late_of_what_is_deleted(make_suite):
    suite = make_suite()
    org = suite.org()
    ana, luis, eva = org.member(), org.member(), org.member()
    channel = ana.channel()
    for person in (luis, eva):
        person.join(channel)
    luis.ok("PUT", "/notifications/preferences", json={"keywords": [SECRET]})
    root = luis.send(channel, "raíz")
    until(lambda: [n for n in eva.ok("GET", "/notifications")["items"] if n["message_id"] == root["id"]], "the first message")
    suite.kill("notify")
    gone = [ana.send(channel, f"{SECRET} @{luis.user['username']}"), ana.send(channel, "@channel hola"), ana.send(channel, "respondo", thread_id=root["id"])]
    kept = ana.send(channel, "se queda")
    for message in gone:
        delete(ana, message)
    suite.restart("notify")
    for person in (luis, eva):
        until(lambda: [n for n in person.ok("GET", "/notifications")["items"] if n["message_id"] == kept["id"]], "the message that stays")
        assert not [n for n in person.ok("GET", "/notifications")["items"] if n["message_id"] in {m["id"] for m in gone}]
    assert suite.psql("select count(*) from notify.dead_event") == "0"


def test_the_log_from_before_this_rule_is_put_right_by_the_migration(talk, org, suite):
    ana, luis, channel = talk
    edited, deleted = ana.send(channel, f"{SECRET} uno"), ana.send(channel, f"{SECRET} dos")
    suite.psql_as("chat", "alter table message disable trigger message_rewritten")
    try:
        edit(ana, edited, f"{SECRET} tres")
        edit(ana, edited, "nada")
        delete(ana, deleted)
    finally:
        suite.psql_as("chat", "alter table message enable trigger message_rewritten")
    assert SECRET in str(log_of(suite, channel)), "the test would not see it"
    sql = (ROOT / "services/chat/migrations/0025_rewritten.sql").read_text()
    suite.psql_as("chat", sql[sql.index("-- What is in the log already.") :])
    events = log_of(suite, channel)
    assert SECRET not in str(events) and said(events, edited)["content"] == "nada"
