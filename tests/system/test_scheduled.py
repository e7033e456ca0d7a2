"""Messages sent later: once, at their time, whatever is killed meanwhile, and only where their author may post then."""

import datetime
import uuid

import pytest

from harness import until


def at(seconds):
    """So many seconds from now."""
    when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03}Z"


def schedule(who, channel, content, seconds=3600, **fields):
    return who.ok("POST", "/scheduled", json={"channel_id": channel["id"], "content": content, "send_at": at(seconds), **fields})


def become_due(suite, *scheduled):
    """All at once and now, however long the test has taken to prepare it."""
    suite.psql_as("chat", f"update scheduled set send_at = now() where id in ({', '.join(str(s['id']) for s in scheduled)})")


def waiting(who):
    return who.ok("GET", "/scheduled")["items"]


def contents(who, channel):
    return [m["content"] for m in who.history(channel)["items"]]


def moderate(org, person, kind):
    return org.admin.ok("POST", "/admin/moderation/actions", json={"user_id": person.id, "action_type": kind, "reason": "x"})


@pytest.fixture
def talk(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    return ana, luis, channel


def test_it_is_sent_at_its_time_like_any_message(talk):
    ana, luis, channel = talk
    first = ana.send(channel, "pregunta")
    phone, other = ana.ws(), luis.ws()
    phone.expect("hello")
    other.expect("hello")
    made = schedule(ana, channel, f"buenos días @{luis.user['username']}", 2, reply_to_id=first["id"])
    assert made["state"] == "pending" and made["reply_to_id"] == first["id"] and made["message_id"] is None and made["reason"] is None
    assert phone.expect("scheduled_updated")["scheduled"] == made and waiting(ana) == [made] and waiting(luis) == []
    message = other.expect("chat_message")["message"]
    late = datetime.datetime.now(datetime.timezone.utc) - datetime.datetime.fromisoformat(made["send_at"].replace("Z", "+00:00"))
    assert datetime.timedelta(0) <= late < datetime.timedelta(seconds=5)  # far more than the machine of a test needs
    assert message["user_id"] == ana.id and message["mentions"] == [luis.id] and message["reply_to_id"] == first["id"]
    told = phone.expect("scheduled_updated")["scheduled"]
    assert told == {**made, "state": "sent", "message_id": message["id"], "content": ""}
    assert waiting(ana) == [] and ana.history(channel)["items"][-1] == message
    assert [f for f in other.frames if f["type"] == "scheduled_updated"] == []
    ana.refused(409, "scheduled.sent", "PUT", f"/scheduled/{made['id']}", json={"content": "x"})
    ana.refused(409, "scheduled.sent", "DELETE", f"/scheduled/{made['id']}")
    assert ana.ok("POST", f"/scheduled/{made['id']}/send", json={}) == told


def test_it_can_be_changed_deleted_and_sent_at_once(talk):
    ana, luis, channel = talk
    phone = ana.ws()
    phone.expect("hello")
    one, two = schedule(ana, channel, "uno"), schedule(ana, channel, "dos")
    later = at(7200)
    changed = ana.ok("PUT", f"/scheduled/{one['id']}", json={"content": "uno y medio", "send_at": later})
    assert changed == {**one, "content": "uno y medio", "send_at": later}
    assert ana.ok("PUT", f"/scheduled/{one['id']}", json={}) == changed
    assert waiting(ana) == [changed, two]
    ana.ok("DELETE", f"/scheduled/{two['id']}")
    assert phone.expect("scheduled_deleted") == {"type": "scheduled_deleted", "scheduled_id": two["id"]}
    sent = ana.ok("POST", f"/scheduled/{one['id']}/send", json={})
    assert sent["state"] == "sent" and ana.ok("GET", f"/messages/{sent['message_id']}")["content"] == "uno y medio"
    assert ana.ok("POST", f"/scheduled/{one['id']}/send", json={}) == sent
    assert contents(luis, channel) == ["uno y medio"] and waiting(ana) == []
    for method, rest in (("PUT", ""), ("DELETE", ""), ("POST", "/send")):
        ana.refused(404, "scheduled.not_found", method, f"/scheduled/{two['id']}{rest}", json=None if method == "DELETE" else {})


def test_a_reply_goes_to_its_thread(suite, talk):
    ana, luis, channel = talk
    root = luis.send(channel, "raíz")
    reply = luis.send(channel, "uno", thread_id=root["id"])
    hidden = schedule(ana, channel, "dos", thread_id=reply["id"])
    shown = schedule(ana, channel, "tres", thread_id=root["id"], also_send_to_channel=True)
    assert hidden["thread_id"] == shown["thread_id"] == root["id"] and shown["also_send_to_channel"]
    become_due(suite, hidden, shown)
    until(lambda: ana.ok("GET", f"/messages/{root['id']}").get("thread", {}).get("reply_count") == 3, "the replies")
    assert contents(luis, channel) == ["raíz", "tres"]


def test_it_is_nobody_elses_affair(suite, talk):
    ana, luis, channel = talk
    made = schedule(ana, channel, "mío")
    for person in (luis, suite.org().admin):
        for method, rest in (("PUT", ""), ("DELETE", ""), ("POST", "/send")):
            person.refused(404, "scheduled.not_found", method, f"/scheduled/{made['id']}{rest}", json=None if method == "DELETE" else {})
        assert waiting(person) == []
    assert waiting(ana) == [made]


def test_what_cannot_be_scheduled(suite, org, talk):
    ana, luis, channel = talk
    outsider, stranger, private = org.member(), suite.org().admin, ana.channel(type="private")
    secret = ana.send(private, "secreto")
    body = {"channel_id": channel["id"], "content": "x", "send_at": at(60)}
    outsider.refused(403, "channel.not_member", "POST", "/scheduled", json=body)
    stranger.refused(404, "channel.not_found", "POST", "/scheduled", json=body)
    luis.refused(404, "channel.not_found", "POST", "/scheduled", json={**body, "channel_id": private["id"]})
    luis.refused(422, "message.reply_not_found", "POST", "/scheduled", json={**body, "reply_to_id": secret["id"]})
    luis.refused(422, "message.thread_not_found", "POST", "/scheduled", json={**body, "thread_id": secret["id"]})
    for wrong in (at(-1), at(120 * 86400 + 60), "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        luis.refused(422, "scheduled.bad_time", "POST", "/scheduled", json={**body, "send_at": wrong})
    for wrong in ({"send_at": "tomorrow"}, {"content": " \n"}, {"content": ""}, {"content": "x" * 16001}, {"send_at": None}):
        luis.refused(400, "request.invalid", "POST", "/scheduled", json={**body, **wrong})
    schedule(luis, channel, "x", 120 * 86400 - 60)
    made = schedule(luis, channel, "x")
    luis.refused(422, "scheduled.bad_time", "PUT", f"/scheduled/{made['id']}", json={"send_at": at(-1)})
    luis.refused(400, "request.invalid", "PUT", f"/scheduled/{made['id']}", json={"content": " "})
    moderate(org, luis, "mute")
    luis.refused(403, "channel.muted", "POST", "/scheduled", json=body)
    ana.ok("PUT", f"/channels/{channel['id']}", json={"is_archived": True})
    ana.refused(409, "channel.archived", "POST", "/scheduled", json=body)


def test_a_repeated_request_makes_one(talk):
    ana, _, channel = talk
    key, body = {"Idempotency-Key": str(uuid.uuid4())}, {"channel_id": channel["id"], "content": "x", "send_at": at(600)}
    first, second = (ana.post("/scheduled", json=body, headers=key) for _ in range(2))
    assert first.status_code == second.status_code == 201 and first.json() == second.json() and len(waiting(ana)) == 1


def test_who_may_not_post_then_is_told_why(suite, org):
    owner = org.member()
    people = {why: org.member() for why in ("channel.not_member", "channel.muted", "channel.archived", "channel.not_found", "message.reply_not_found")}
    channels = {why: owner.channel() for why in people}
    made, sockets = {}, {}
    for why, person in people.items():
        person.join(channels[why])
        reply = {"reply_to_id": owner.send(channels[why], "pregunta")["id"]} if why == "message.reply_not_found" else {}
        made[why] = schedule(person, channels[why], "tarde", **reply)
        sockets[why] = person.ws()
        sockets[why].expect("hello")
    people["channel.not_member"].ok("POST", f"/channels/{channels['channel.not_member']['id']}/leave", json={})
    moderate(org, people["channel.muted"], "mute")
    owner.ok("PUT", f"/channels/{channels['channel.archived']['id']}", json={"is_archived": True})
    owner.ok("DELETE", f"/channels/{channels['channel.not_found']['id']}")
    owner.ok("DELETE", f"/messages/{made['message.reply_not_found']['reply_to_id']}")
    become_due(suite, *made.values())
    for why, person in people.items():
        told = sockets[why].expect("scheduled_updated")["scheduled"]
        assert told == {**made[why], "send_at": told["send_at"], "state": "failed", "reason": why} and waiting(person) == [told]
    # It can be tried again, at a time to come or at once.
    failed, person = made["channel.archived"], people["channel.archived"]
    person.refused(409, "channel.archived", "POST", f"/scheduled/{failed['id']}/send", json={})
    person.refused(422, "scheduled.bad_time", "PUT", f"/scheduled/{failed['id']}", json={"content": "otra vez"})
    owner.ok("PUT", f"/channels/{channels['channel.archived']['id']}", json={"is_archived": False})
    again = person.ok("PUT", f"/scheduled/{failed['id']}", json={"send_at": at(60)})
    assert again["state"] == "pending" and again["reason"] is None
    assert person.ok("POST", f"/scheduled/{failed['id']}/send", json={})["state"] == "sent"
    assert contents(owner, channels["channel.archived"]) == ["tarde"]


def test_the_banned_and_the_deactivated_send_nothing(suite, org, talk):
    ana, luis, channel = talk
    eva = org.member()
    eva.join(channel)
    made = [schedule(person, channel, "no") for person in (luis, eva)]
    moderate(org, luis, "ban")
    org.admin.ok("DELETE", f"/users/{eva.id}")
    until(lambda: suite.psql_as("chat", f"select reason from scheduled where id = {made[0]['id']}") == "user.banned", "chat to hear of the ban")
    become_due(suite, *made)
    until(lambda: suite.psql_as("chat", f"select reason from scheduled where id = {made[1]['id']}") == "access.denied", "the other to be refused")
    become_due(suite, schedule(ana, channel, "sí"))
    until(lambda: contents(ana, channel), "the last of the three")
    assert contents(ana, channel) == ["sí"]


def test_a_hundred_wait_at_most(suite, talk):
    ana, _, channel = talk
    suite.psql_as("chat", f"insert into scheduled (user_id, org_id, channel_id, content, send_at) select {ana.id}, 1, {channel['id']}, repeat('x', 15000), "
                  "now() + interval '1 day' from generate_series(1, 99)")
    last = schedule(ana, channel, "la última")
    ana.refused(409, "scheduled.too_many", "POST", "/scheduled", json={"channel_id": channel["id"], "content": "x", "send_at": at(60)})
    found, cursor = [], {}
    while True:  # pages of long texts are shorter
        page = ana.ok("GET", "/scheduled", params=cursor)
        assert len(page["items"]) < 100
        found += [s["id"] for s in page["items"]]
        if not page["next_cursor"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert len(set(found)) == 100 and found[-1] == last["id"]
    ana.ok("DELETE", f"/scheduled/{last['id']}")
    schedule(ana, channel, "otra")


def test_one_that_the_database_refuses_fails_alone(suite, talk):
    ana, luis, channel = talk
    suite.psql_as("chat", "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;"
                  "create trigger refuse before insert on message for each row when (new.content = 'veneno') execute function refuse()")
    try:
        become_due(suite, *[schedule(ana, channel, text) for text in ("uno", "veneno", "dos")])
        until(lambda: [s["state"] for s in waiting(ana)] == ["failed"], "the refused one to fail")
        assert sorted(contents(luis, channel)) == ["dos", "uno"]
        assert waiting(ana)[0]["reason"] == "service.internal"
    finally:
        suite.psql_as("chat", "drop trigger refuse on message; drop function refuse()")


def test_each_is_sent_once_by_several_chats_that_are_killed_around_the_time(make_suite):
    suite = make_suite(chats=2)
    org = suite.org()
    ana, luis = org.member(), org.member()
    channels = [ana.channel() for _ in range(3)]
    for channel in channels:
        luis.join(channel)
    texts = [f"n{n}" for n in range(60)]
    made = [schedule(luis if n % 2 else ana, channels[n % 3], text)["id"] for n, text in enumerate(texts)]
    # Each chat dies while some of them are due, and comes back.
    for wave, name in enumerate(("chat0", "chat1", "chat0")):
        ids = made[20 * wave:20 * wave + 20]
        suite.psql_as("chat", f"update scheduled set send_at = now() + (id - {ids[0]}) * interval '40 milliseconds' where id between {ids[0]} and {ids[-1]}")
        until(lambda: suite.psql_as("chat", f"select count(*) from scheduled where state = 'sent' and id >= {ids[0]}") != "0", "the first to be sent")  # noqa: B023
        suite.kill(name)
        suite.restart(name)
    until(lambda: suite.psql_as("chat", "select count(*) from scheduled where state = 'pending'") == "0", "all of them to be sent")
    found = [text for channel in channels for text in contents(ana, channel)]
    assert sorted(found) == sorted(texts)
    for channel in channels:
        head = ana.ok("GET", f"/channels/{channel['id']}")["head_seq"]
        socket = ana.ws()
        socket.expect("hello")
        socket.send({"type": "resume", "positions": {str(channel["id"]): 3}})
        socket.expect("resumed")
        assert [f["seq"] for f in socket.frames if f["type"] == "chat_message" and f["channel_id"] == channel["id"]] == list(range(4, head + 1))


def test_what_became_due_while_nothing_ran_is_sent_then_and_once(make_suite):
    suite = make_suite(chats=1)
    org = suite.org()
    ana = org.member()
    channel = ana.channel()
    made = schedule(ana, channel, "durante la noche")
    suite.kill("chat")
    become_due(suite, made)
    suite.restart("chat")
    until(lambda: contents(ana, channel), "the message")
    assert contents(ana, channel) == ["durante la noche"]


def test_what_is_never_due_holds_nothing_up(suite, talk):
    """One look tells of all chores: a time without end in one of its tables is no reason for the others to wait."""
    ana, luis, channel = talk
    f = ana.ok("POST", "/files", status=201, params={"filename": "a"}, content=b"a", headers={"Content-Type": "text/plain"})
    suite.psql_as("chat", f"update file set processing = 'pending', due_at = 'infinity' where id = {f['id']}")
    try:
        become_due(suite, schedule(ana, channel, "uno"))
        until(lambda: [m["content"] for m in luis.history(channel)["items"]] == ["uno"], "it to be sent")
        until(lambda: ana.ok("GET", "/messages/search", params={"q": f"uno in:{channel['name']}"})["items"], "it to be found")
    finally:
        suite.psql_as("chat", f"update file set processing = 'none' where id = {f['id']}")
