"""Messages: posting once, history in pages, editing, deleting, reporting, mutes."""

import threading
import uuid

import pytest

from harness import until


def say(who, channel, **body):
    return who.post(f"/channels/{channel['id']}/messages", json={"content": "hola", **body})


def contents(page):
    return [m["content"] for m in page["items"]]


def test_a_message_is_answered_as_it_is_stored(org):
    ana = org.member()
    channel = ana.channel()
    client_id = str(uuid.uuid4())
    text = "¡Buenos días! \"comillas\" \\ \n\t<b>👍</b>"
    answer = say(ana, channel, content=text, client_id=client_id.upper())
    assert answer.status_code == 201
    message = answer.json()
    assert message["content"] == text and message["user_id"] == ana.id and message["username"] == ana.user["username"]
    assert message["client_id"] == client_id and message["seq"] == 3 and message["channel_id"] == channel["id"]
    assert message["message_type"] == "text" and message["reply_to_id"] is None and message["mentions"] == [] and message["attachments"] == []
    assert message["edited_at"] is None and message["is_deleted"] is False and message["created_at"].endswith("Z")
    assert ana.ok("GET", f"/messages/{message['id']}") == message
    assert ana.history(channel)["items"] == [message]


def test_sending_twice_is_sending_once(org):
    ana, luis = org.member(), org.member()
    channel, other = ana.channel(), ana.channel()
    luis.join(channel)
    client_id = str(uuid.uuid4())
    first, second = say(ana, channel, client_id=client_id), say(ana, channel, client_id=client_id)
    assert first.status_code == second.status_code == 201 and first.content == second.content
    assert say(luis, channel, client_id=client_id).json()["id"] != first.json()["id"]
    assert say(ana, other, client_id=client_id).json()["id"] != first.json()["id"]
    ana.ok("PUT", f"/channels/{channel['id']}", json={"is_archived": True})
    assert say(ana, channel, client_id=client_id).json() == first.json()
    assert len(ana.history(channel)["items"]) == 2


def test_an_idempotency_key_stands_for_one_message(org):
    ana = org.member()
    channel = ana.channel()
    path, key = f"/channels/{channel['id']}/messages", {"Idempotency-Key": str(uuid.uuid4())}
    first = ana.post(path, json={"content": "una"}, headers=key)
    assert first.status_code == 201 and ana.post(path, json={"content": "una"}, headers=key).json() == first.json()
    ana.refused(422, "idempotency.mismatch", "POST", path, json={"content": "otra"}, headers=key)
    assert contents(ana.history(channel)) == ["una"]


def test_many_at_once_make_a_dense_log(org):
    people, channel = [org.member() for _ in range(4)], None
    channel = people[0].channel()
    for person in people[1:]:
        person.join(channel)
    head = people[0].ok("GET", f"/channels/{channel['id']}")["head_seq"]
    seqs, lock = [], threading.Lock()

    def talk(person):
        for n in range(15):
            seq = person.send(channel, str(n))["seq"]
            with lock:
                seqs.append(seq)

    threads = [threading.Thread(target=talk, args=(p,)) for p in people]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(seqs) == list(range(head + 1, head + 61))


@pytest.mark.parametrize("body", [{"content": ""}, {"content": "  \n\t"}, {"content": "x" * 16001}, {"content": 7}, {}, {"content": None},
                                  {"content": "x", "client_id": "no"}, {"content": "x", "reply_to_id": 0}, {"content": "x", "reply_to_id": 2**63},
                                  {"content": "x", "message_type": "system"}, {"content": "x", "user_id": 1}, {"content": "a\u0000b"}])
def test_a_bad_message_is_refused(org, body):
    ana = org.member()
    channel = ana.channel()
    answer = ana.post(f"/channels/{channel['id']}/messages", json=body)
    assert answer.status_code == 400 and answer.json()["code"] in ("request.invalid", "request.malformed"), answer.text
    assert ana.history(channel)["items"] == []


def test_the_longest_message_is_taken(org):
    ana = org.member()
    channel = ana.channel()
    message = ana.send(channel, "ñ" * 16000)
    assert len(message["content"]) == 16000 and ana.history(channel)["items"] == [message]


def test_posting_takes_membership_and_a_channel(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.refused(403, "channel.not_member", "POST", f"/channels/{channel['id']}/messages", json={"content": "x"})
    luis.refused(404, "channel.not_found", "POST", f"/channels/{2**53 - 1}/messages", json={"content": "x"})


def test_replies_are_to_messages_of_the_same_channel(org):
    ana = org.member()
    channel, other = ana.channel(), ana.channel()
    first = ana.send(channel, "pregunta")
    assert ana.send(channel, "respuesta", reply_to_id=first["id"])["reply_to_id"] == first["id"]
    path = f"/channels/{other['id']}/messages"
    ana.refused(422, "message.reply_not_found", "POST", path, json={"content": "x", "reply_to_id": first["id"]})
    ana.ok("DELETE", f"/messages/{first['id']}")
    ana.refused(422, "message.reply_not_found", "POST", f"/channels/{channel['id']}/messages", json={"content": "x", "reply_to_id": first["id"]})


def test_mentions_are_members_named_outside_code(org):
    ana, luis, eva = org.member(), org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    names = {p: p.user["username"] for p in (ana, luis, eva)}
    text = f"@{names[luis]}, @{names[eva]} no está; `@{names[ana]}` es código; a@{names[ana]}"
    message = ana.send(channel, text)
    assert message["mentions"] == [luis.id]
    assert ana.ok("PUT", f"/messages/{message['id']}", json={"content": f"@{names[ana]}."})["mentions"] == [ana.id]


def test_history_pages_both_ways_and_around(org):
    ana = org.member()
    channel = ana.channel()
    ids = [ana.send(channel, str(n))["id"] for n in range(10)]
    newest = ana.history(channel, limit=3)
    assert contents(newest) == ["7", "8", "9"] and newest["has_before"] and not newest["has_after"] and newest["head_seq"] == 12
    older = ana.history(channel, limit=3, before=ids[7])
    assert contents(older) == ["4", "5", "6"] and older["has_before"] and older["has_after"]
    oldest = ana.history(channel, limit=5, before=ids[4])
    assert contents(oldest) == ["0", "1", "2", "3"] and not oldest["has_before"] and oldest["has_after"]
    newer = ana.history(channel, limit=3, after=ids[1])
    assert contents(newer) == ["2", "3", "4"] and newer["has_before"] and newer["has_after"]
    last = ana.history(channel, limit=3, after=ids[7])
    assert contents(last) == ["8", "9"] and last["has_before"] and not last["has_after"]
    nothing = ana.history(channel, after=ids[9])
    assert nothing["items"] == [] and nothing["has_before"] and not nothing["has_after"]
    middle = ana.history(channel, limit=4, around=ids[5])
    assert contents(middle) == ["3", "4", "5", "6"] and middle["has_before"] and middle["has_after"]
    assert contents(ana.history(channel, limit=1, around=ids[5])) == ["5"]
    everything = ana.history(channel)
    assert contents(everything) == [str(n) for n in range(10)] and not everything["has_before"]


def test_history_refuses_nonsense(org):
    ana = org.member()
    channel, other = ana.channel(), ana.channel()
    message = ana.send(other, "x")
    path = f"/channels/{channel['id']}/messages"
    ana.refused(404, "message.not_found", "GET", path, params={"before": message["id"]})
    ana.refused(404, "message.not_found", "GET", path, params={"around": 2**53 - 1})
    ana.refused(400, "request.invalid", "GET", path, params={"before": message["id"], "after": message["id"]})
    for bad in ({"limit": 0}, {"limit": 201}, {"limit": "x"}, {"before": 0}, {"after": -1}, {"nonsense": 1}):
        ana.refused(400, "request.invalid", "GET", path, params=bad)


def test_a_page_of_long_messages_is_cut_and_says_so(org):
    ana = org.member()
    channel = ana.channel()
    ids = [ana.send(channel, f"{n}" + "👍" * 15000)["id"] for n in range(15)]
    page = ana.history(channel, limit=200)
    assert 1 <= len(page["items"]) < 15 and page["has_before"] and page["items"][-1]["id"] == ids[-1]
    got = page["items"]
    while page["has_before"]:
        page = ana.history(channel, limit=200, before=got[0]["id"])
        got = page["items"] + got
    assert [m["id"] for m in got] == ids


def test_who_is_not_a_member_may_read_a_public_channel(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    message = ana.send(channel, "para todos")
    assert luis.history(channel)["items"] == [message] and luis.ok("GET", f"/messages/{message['id']}") == message


def test_editing_keeps_what_was_said_before(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    message = ana.send(channel, "uno")
    socket = luis.ws()
    socket.expect("hello")
    edited = ana.ok("PUT", f"/messages/{message['id']}", json={"content": "dos"})
    assert edited["content"] == "dos" and edited["edited_at"] and edited["seq"] == message["seq"] and edited["id"] == message["id"]
    frame = socket.expect("message_edited")
    assert frame["message"] == edited and frame["seq"] == message["seq"] + 1
    assert ana.ok("PUT", f"/messages/{message['id']}", json={"content": "dos"}) == edited
    assert ana.ok("GET", f"/channels/{channel['id']}")["head_seq"] == frame["seq"]
    ana.ok("PUT", f"/messages/{message['id']}", json={"content": "tres"})
    history = ana.ok("GET", f"/messages/{message['id']}/history")["items"]
    assert [(v["version"], v["content"]) for v in history] == [(1, "uno"), (2, "dos"), (3, "tres")]
    assert history[0]["created_at"] == message["created_at"] and history[1]["created_at"] == edited["edited_at"]
    assert contents(luis.history(channel)) == ["tres"]


def test_edits_at_once_come_in_one_order_for_everybody(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    message = ana.send(channel, "0")
    sockets = [ana.ws(), luis.ws()]
    for socket in sockets:
        socket.expect("hello")
    texts = [f"edición {n}" for n in range(8)]
    threads = [threading.Thread(target=ana.ok, args=("PUT", f"/messages/{message['id']}"), kwargs={"json": {"content": text}}) for text in texts]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    frames = [[socket.expect("message_edited") for _ in texts] for socket in sockets]
    assert frames[0] == frames[1] and [f["seq"] for f in frames[0]] == list(range(message["seq"] + 1, message["seq"] + 9))
    told = [f["message"]["content"] for f in frames[0]]
    assert sorted(told) == texts
    history = ana.ok("GET", f"/messages/{message['id']}/history")["items"]
    assert [v["content"] for v in history] == ["0", *told] and [v["version"] for v in history] == list(range(1, 10)), "every version, in the order of the events"
    assert [v["created_at"] for v in history] == sorted(v["created_at"] for v in history)
    assert ana.ok("GET", f"/messages/{message['id']}")["content"] == told[-1]


def test_an_edit_and_a_deletion_at_once_end_deleted(org):
    ana, luis = org.member(), org.moderator()
    channel = ana.channel()
    for n in range(6):
        message = ana.send(channel, "antes")
        path = f"/messages/{message['id']}"
        edit = threading.Thread(target=ana.call, args=("PUT", path), kwargs={"json": {"content": "después"}})
        edit.start()
        luis.ok("DELETE", path)
        edit.join()
        seen = ana.ok("GET", path)
        assert seen["is_deleted"] and seen["content"] == ""
        assert [v["content"] for v in luis.ok("GET", f"{path}/history")["items"]] in (["antes"], ["antes", "después"])


def test_only_the_author_edits_and_only_while_he_may_post(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    message = luis.send(channel, "mío")
    path = f"/messages/{message['id']}"
    for who in (ana, org.admin):
        who.refused(403, "access.denied", "PUT", path, json={"content": "x"})
    luis.refused(400, "request.invalid", "PUT", path, json={"content": " "})
    luis.ok("POST", f"/channels/{channel['id']}/leave", json={})
    luis.refused(403, "channel.not_member", "PUT", path, json={"content": "x"})
    luis.join(channel)
    luis.ok("DELETE", path)
    luis.refused(409, "message.deleted", "PUT", path, json={"content": "x"})
    luis.refused(404, "message.not_found", "PUT", f"/messages/{2**53 - 1}", json={"content": "x"})


def test_history_of_a_message_is_for_the_author_and_for_moderators(org):
    ana, luis, eva = org.member(), org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    message = luis.send(channel, "insulto")
    path = f"/messages/{message['id']}/history"
    eva.refused(403, "access.denied", "GET", path)
    assert luis.ok("GET", path)["items"][0]["content"] == "insulto"
    luis.ok("DELETE", f"/messages/{message['id']}")
    luis.refused(403, "access.denied", "GET", path)
    for who in (ana, org.admin):
        assert who.ok("GET", path)["items"][0]["content"] == "insulto"


def test_deleting_leaves_a_place_without_content(org):
    ana, luis, eva = org.member(), org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    eva.join(channel)
    message = luis.send(channel, f"borrar @{ana.user['username']}")
    path = f"/messages/{message['id']}"
    eva.refused(403, "access.denied", "DELETE", path)
    gone = ana.ok("DELETE", path)
    assert gone == {"message_id": message["id"], "channel_id": channel["id"], "seq": message["seq"] + 1}
    assert ana.ok("DELETE", path)["seq"] == 0
    seen = eva.history(channel)["items"][-1]
    assert seen["is_deleted"] and seen["content"] == "" and seen["mentions"] == [] and seen["seq"] == message["seq"]
    assert eva.ok("GET", path) == seen
    other = luis.send(channel, "x")
    org.moderator().ok("DELETE", f"/messages/{other['id']}")
    eva.refused(404, "message.not_found", "DELETE", f"/messages/{2**53 - 1}")


def test_a_report_is_made_once_and_not_of_ones_own(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    message = ana.send(channel, "insulto")
    path = f"/messages/{message['id']}/report"
    ana.refused(409, "message.own", "POST", path, json={"reason": "x"})
    for _ in range(2):
        assert luis.ok("POST", path, json={"reason": "insultos"}, status=201) == {"message_id": message["id"], "status": "pending"}
    until(lambda: org.suite.psql(f"select count(*) from admin.report where message_id = {message['id']}").strip() == "1", "the report to reach admin")
    ana.ok("DELETE", f"/messages/{message['id']}")
    luis.refused(409, "message.deleted", "POST", path, json={"reason": "x"})
    luis.refused(404, "message.not_found", "POST", f"/messages/{2**53 - 1}/report", json={"reason": "x"})


def test_the_muted_neither_post_nor_edit_until_it_is_lifted(org):
    luis = org.member()
    channel = luis.channel()
    message = luis.send(channel, "antes")
    action = org.admin.ok("POST", "/admin/moderation/actions", status=201,
                          json={"user_id": luis.id, "action_type": "mute", "reason": "ruido", "duration": 600})
    problem = luis.refused(403, "channel.muted", "POST", f"/channels/{channel['id']}/messages", json={"content": "x"})
    assert problem["expires_at"] == action["expires_at"]
    luis.refused(403, "channel.muted", "PUT", f"/messages/{message['id']}", json={"content": "x"})
    luis.ok("DELETE", f"/messages/{message['id']}")
    org.admin.ok("DELETE", f"/admin/moderation/actions/{action['id']}")
    until(lambda: say(luis, channel).status_code == 201, "the mute to be lifted")


def test_the_service_role_sees_only_its_schema(org):
    with pytest.raises(Exception, match="permission denied"):
        org.suite.psql_as("chat", "select * from auth.account")
