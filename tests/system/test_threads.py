"""Threads: replies, their summary in the root, pages, following, read markers, what is told to whom."""

import threading
import uuid

import pytest

from harness import until


def reply(who, root, content="respuesta", **body):
    return who.ok("POST", f"/channels/{root['channel_id']}/messages", status=201, json={"content": content, "thread_id": root["id"], **body})


def thread(who, message, **params):
    return who.ok("GET", f"/messages/{message['id']}/thread", params=params)


def followed(who, **params):
    return who.ok("GET", "/threads", params=params)["items"]


def contents(messages):
    return [m["content"] for m in messages]


def summary(message):
    return message["thread"]["reply_count"], message["thread"]["last_reply_id"], message["thread"]["user_ids"]


@pytest.fixture
def talk(org):
    """ana and luis in a channel, with a message of ana's."""
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    return ana, luis, channel, ana.send(channel, "¿quién viene?")


def test_a_reply_is_in_the_thread_and_not_in_the_channel(talk):
    ana, luis, channel, root = talk
    first = reply(luis, root, "yo")
    assert first["thread_id"] == root["id"] and first["in_channel"] is False and "thread" not in first and "quote" not in first
    both = reply(ana, first, "bien", also_send_to_channel=True)
    assert both["thread_id"] == root["id"] and both["in_channel"] is True, "a reply to a reply goes to its root"
    page = thread(luis, both)
    assert page["items"] == [first, both] and page["root"]["id"] == root["id"] and not page["has_before"] and not page["has_after"]
    assert summary(page["root"]) == (2, both["id"], [ana.id, luis.id]) and page["root"]["thread"]["last_reply_at"] == both["created_at"]
    assert contents(luis.history(channel)["items"]) == ["¿quién viene?", "bien"]
    assert contents(luis.history(channel, include="thread_replies")["items"]) == ["¿quién viene?", "yo", "bien"]
    assert luis.history(channel)["items"][0] == page["root"] == ana.ok("GET", f"/messages/{root['id']}")
    assert ana.ok("GET", f"/messages/{first['id']}") == first


def test_a_message_without_replies_has_an_empty_thread(talk):
    ana, luis, channel, root = talk
    page = thread(luis, root)
    assert page["items"] == [] and page["root"] == root and page["head_seq"] == root["seq"]
    assert page["state"] == {"message_id": root["id"], "channel_id": channel["id"], "following": False, "read_seq": 0, "unread_count": 0, "mention_count": 0}
    assert ana.send(channel, "sin hilo", also_send_to_channel=True).keys() == root.keys()


def test_the_event_of_a_reply_tells_what_the_root_shows(talk):
    ana, luis, channel, root = talk
    socket = ana.ws()
    socket.expect("hello")
    first = reply(luis, root, "yo")
    frame = socket.expect("chat_message")
    assert frame["message"] == first and frame["thread"] == thread(ana, root)["root"]["thread"]
    assert list(frame) == ["type", "channel_id", "seq", "thread", "message"]
    luis.send(channel, "fuera")
    assert "thread" not in socket.expect("chat_message")
    ana.ok("DELETE", f"/messages/{first['id']}")
    frame = socket.expect("message_deleted")
    assert frame["thread_id"] == root["id"] and frame["thread"] == {"reply_count": 0, "last_reply_at": None, "last_reply_id": None, "user_ids": []}


def test_replies_at_once_are_counted_once_each(org, talk):
    ana, luis, channel, root = talk
    people = [ana, luis] + [org.member() for _ in range(5)]
    for person in people[2:]:
        person.join(channel)
    socket = ana.ws()
    socket.expect("hello")

    def answer(person):
        for n in range(8):
            client_id = str(uuid.uuid4())
            assert reply(person, root, str(n), client_id=client_id) == reply(person, root, str(n), client_id=client_id)

    threads = [threading.Thread(target=answer, args=(p,)) for p in people]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    page = thread(luis, root, limit=200)
    assert len(page["items"]) == 56 and page["root"]["thread"]["reply_count"] == 56
    latest = list(dict.fromkeys(m["user_id"] for m in reversed(page["items"])))[:5]
    assert summary(page["root"]) == (56, page["items"][-1]["id"], latest)
    frames = [socket.expect("chat_message") for _ in range(56)]
    assert [f["thread"]["reply_count"] for f in frames] == list(range(1, 57))
    for n, frame in enumerate(frames):
        latest = list(dict.fromkeys(f["message"]["user_id"] for f in reversed(frames[:n + 1])))[:5]
        assert frame["thread"]["user_ids"] == latest and frame["thread"]["last_reply_id"] == frame["message"]["id"]


def test_threads_are_of_one_channel_and_begin_at_what_is_there(org, talk):
    ana, luis, channel, root = talk
    other, path = ana.channel(), f"/channels/{channel['id']}/messages"
    elsewhere, gone = ana.send(other, "x"), ana.send(channel, "y")
    ana.ok("DELETE", f"/messages/{gone['id']}")
    for wrong in (elsewhere["id"], gone["id"], 2**53 - 1):
        ana.refused(422, "message.thread_not_found", "POST", path, json={"content": "x", "thread_id": wrong})
    ana.refused(400, "request.invalid", "POST", path, json={"content": "x", "thread_id": 0})
    assert ana.send(channel, "x", thread_id=None).get("thread_id") is None


def test_a_deleted_root_keeps_its_thread(talk):
    ana, luis, channel, root = talk
    first = reply(luis, root, "yo")
    ana.ok("DELETE", f"/messages/{root['id']}")
    page = thread(luis, root)
    assert page["items"] == [first] and page["root"]["is_deleted"] and page["root"]["content"] == "" and page["root"]["thread"]["reply_count"] == 1
    assert reply(luis, root, "sigo")["thread_id"] == root["id"]
    assert luis.history(channel)["items"][0]["thread"]["reply_count"] == 2
    assert [t["root"]["is_deleted"] for t in followed(luis)] == [True]


def test_a_deleted_reply_leaves_a_tombstone_and_is_not_counted(org, talk):
    ana, luis, channel, root = talk
    replies = [reply(who, root, str(n)) for n, who in enumerate((luis, ana, luis))]
    luis.ok("DELETE", f"/messages/{replies[2]['id']}")
    page = thread(ana, root)
    assert [m["is_deleted"] for m in page["items"]] == [False, False, True] and page["items"][2]["content"] == ""
    assert summary(page["root"]) == (2, replies[1]["id"], [ana.id, luis.id])
    luis.ok("DELETE", f"/messages/{replies[2]['id']}")
    assert thread(ana, root)["root"]["thread"]["reply_count"] == 2
    org.moderator().ok("DELETE", f"/messages/{replies[0]['id']}")
    assert summary(thread(ana, root)["root"]) == (1, replies[1]["id"], [ana.id])
    ana.ok("DELETE", f"/messages/{replies[1]['id']}")
    page = thread(ana, root)
    assert "thread" not in page["root"] and len(page["items"]) == 3 and followed(ana) == []
    again = reply(luis, root, "otra vez")
    assert summary(thread(ana, root)["root"]) == (1, again["id"], [luis.id])


def test_a_thread_is_read_in_pages_both_ways(talk):
    ana, luis, channel, root = talk
    ids = []
    for n in range(10):
        ids.append(reply(luis, root, str(n))["id"])
        luis.send(channel, "entre medias")
    newest = thread(ana, root, limit=3)
    assert contents(newest["items"]) == ["7", "8", "9"] and newest["has_before"] and not newest["has_after"]
    older = thread(ana, root, limit=3, before=ids[7])
    assert contents(older["items"]) == ["4", "5", "6"] and older["has_before"] and older["has_after"]
    first = thread(ana, root, limit=3, after=root["id"])
    assert contents(first["items"]) == ["0", "1", "2"] and not first["has_before"] and first["has_after"]
    middle = thread(ana, root, limit=4, around=ids[5])
    assert contents(middle["items"]) == ["3", "4", "5", "6"] and middle["has_before"] and middle["has_after"]
    outside = luis.send(channel, "x")
    path = f"/messages/{root['id']}/thread"
    ana.refused(404, "message.not_found", "GET", path, params={"before": outside["id"]})
    ana.refused(400, "request.invalid", "GET", path, params={"before": ids[1], "after": ids[0]})
    ana.refused(400, "request.invalid", "GET", path, params={"limit": 201})


def test_a_page_of_long_replies_is_cut_and_says_so(talk):
    ana, luis, channel, root = talk
    ids = [reply(luis, root, f"{n}" + "👍" * 15000)["id"] for n in range(9)]
    page = thread(ana, root, limit=200)
    got = page["items"]
    assert 1 <= len(got) < 9 and page["has_before"]
    while page["has_before"]:
        page = thread(ana, root, limit=200, before=got[0]["id"])
        got = page["items"] + got
    assert [m["id"] for m in got] == ids


def test_a_quote_shows_what_the_quoted_message_says_now(talk):
    ana, luis, channel, root = talk
    quoting = luis.send(channel, "eso", reply_to_id=root["id"])
    assert quoting["quote"] == {"id": root["id"], "user_id": ana.id, "username": ana.user["username"], "content": root["content"], "is_deleted": False}
    inside = reply(luis, root, "y aquí", reply_to_id=root["id"])
    assert inside["quote"] == quoting["quote"] and inside["thread_id"] == root["id"]
    ana.ok("PUT", f"/messages/{root['id']}", json={"content": "ñ" * 300})
    assert ana.ok("GET", f"/messages/{quoting['id']}")["quote"]["content"] == "ñ" * 200
    ana.ok("DELETE", f"/messages/{root['id']}")
    for message in (quoting, inside):
        quote = ana.ok("GET", f"/messages/{message['id']}")["quote"]
        assert quote["is_deleted"] and quote["content"] == ""
    luis.ok("DELETE", f"/messages/{quoting['id']}")
    assert "quote" not in ana.ok("GET", f"/messages/{quoting['id']}")


def test_who_replies_is_mentioned_or_is_answered_follows(org, talk):
    ana, luis, channel, root = talk
    eva, max_ = org.member(), org.member()
    for person in (eva, max_):
        person.join(channel)
    first = reply(luis, root, f"yo, y @{eva.user['username']} también")
    states = {p: thread(p, root)["state"] for p in (ana, luis, eva, max_)}
    assert {p: s["following"] for p, s in states.items()} == {ana: True, luis: True, eva: True, max_: False}
    assert {p: (s["read_seq"], s["unread_count"], s["mention_count"]) for p, s in states.items()} == \
        {ana: (root["seq"], 1, 0), luis: (first["seq"], 0, 0), eva: (first["seq"] - 1, 1, 1), max_: (0, 0, 0)}
    assert [t["last_reply"] for t in followed(eva)] == [first] and followed(max_) == []
    second = reply(luis, root, f"@{eva.user['username']}, ¿vienes?")
    assert (thread(eva, root)["state"]["unread_count"], thread(eva, root)["state"]["mention_count"]) == (2, 2), "a follower who is mentioned has read nothing by that"
    assert reply(ana, root, "voy")["seq"] == thread(ana, root)["state"]["read_seq"], "replying reads"
    assert second["seq"] > states[eva]["read_seq"]


def test_following_is_ones_own_choice(org, talk):
    ana, luis, channel, root = talk
    eva, path = org.member(), f"/messages/{root['id']}/thread/follow"
    eva.refused(403, "channel.not_member", "PUT", path)
    eva.join(channel)
    state = eva.ok("PUT", path)
    assert state["following"] and state["unread_count"] == 0 and eva.ok("PUT", path) == state and followed(eva) == []
    assert not ana.ok("DELETE", path)["following"]
    first = reply(luis, root)
    assert [t["root"]["id"] for t in followed(eva, unread="true")] == [root["id"]]
    assert not thread(ana, root)["state"]["following"], "who does not want to follow his own message does not"
    assert not eva.ok("DELETE", f"/messages/{first['id']}/thread/follow")["following"]
    assert followed(eva) == [] and not eva.ok("DELETE", path)["following"]
    reply(luis, root, f"@{eva.user['username']}")
    assert thread(eva, root)["state"]["following"] and thread(eva, root)["state"]["unread_count"] == 1
    gone = ana.send(channel, "x")
    ana.ok("DELETE", f"/messages/{gone['id']}")
    ana.refused(409, "message.deleted", "PUT", f"/messages/{gone['id']}/thread/follow")
    ana.refused(404, "message.not_found", "PUT", f"/messages/{2**53 - 1}/thread/follow")
    ana.refused(404, "message.not_found", "DELETE", f"/messages/{2**53 - 1}/thread/follow")


def unread_threads(person):
    totals = person.ok("GET", "/unread")
    return totals["threads"], totals["thread_mentions"]


def test_totals_count_threads_and_the_mentions_in_them(talk):
    ana, luis, _, root = talk
    for text in ("uno", f"dos @{ana.user['username']}", f"tres @{ana.user['username']}"):
        reply(luis, root, text)
    assert unread_threads(ana) == (1, 2) and ana.ok("GET", "/bootstrap")["threads"] == {"unread_count": 1, "mention_count": 2}
    reply(ana, root, "cuatro")
    assert unread_threads(ana) == (0, 0)


def test_the_read_marker_of_a_thread_is_its_own(talk):
    ana, luis, channel, root = talk
    seqs = [reply(luis, root, str(n))["seq"] for n in range(3)]
    path = f"/messages/{root['id']}/thread/read"
    assert ana.ok("GET", "/bootstrap")["threads"] == {"unread_count": 1, "mention_count": 0}
    assert unread_threads(ana) == (1, 0) and unread_threads(luis) == (0, 0)
    ana.ok("POST", f"/channels/{channel['id']}/read", json={"seq": seqs[2]})
    assert thread(ana, root)["state"]["unread_count"] == 3, "reading the channel does not read its threads"
    assert ana.ok("POST", path, json={"seq": seqs[0]})["unread_count"] == 2
    assert ana.ok("POST", path, json={"seq": 0})["read_seq"] == seqs[0]
    state = ana.ok("POST", path, json={"seq": 2**53 - 1})
    assert (state["read_seq"], state["unread_count"]) == (seqs[2], 0) and followed(ana, unread="true") == [] and len(followed(ana)) == 1
    assert ana.ok("GET", "/bootstrap")["threads"] == {"unread_count": 0, "mention_count": 0}
    assert unread_threads(ana) == (0, 0)
    assert ana.ok("POST", path, json={"seq": seqs[1], "mark_unread": True})["unread_count"] == 1
    luis.ok("DELETE", f"/messages/{thread(ana, root)['items'][2]['id']}")
    assert followed(ana, unread="true") == [] and ana.ok("GET", "/bootstrap")["threads"]["unread_count"] == 0, "nothing is left to be read"
    ana.refused(404, "message.not_found", "POST", f"/messages/{2**53 - 1}/thread/read", json={"seq": 1})


def test_the_users_other_devices_are_told_and_nobody_else(talk):
    ana, luis, channel, root = talk
    mine, others = ana.ws(), luis.ws()
    for socket in (mine, others):
        socket.expect("hello")
    path = f"/messages/{root['id']}/thread/follow"
    for method, following in (("PUT", True), ("PUT", None), ("DELETE", False)):
        state = ana.ok(method, path)
        if following is not None:
            assert mine.expect("thread_state") == {"type": "thread_state", "thread": state} and state["following"] is following
    answer = reply(luis, root)
    state = ana.ok("POST", f"/messages/{root['id']}/thread/read", json={"seq": answer["seq"]})
    assert mine.expect("thread_state")["thread"] == state
    luis.send(channel, "fin")
    kinds = []
    while not kinds or kinds[-1]["type"] != "chat_message" or kinds[-1]["message"]["content"] != "fin":
        kinds.append(others.recv())
    assert "thread_state" not in [f["type"] for f in kinds]


def test_followed_threads_come_latest_first_in_pages(talk):
    ana, luis, channel, _ = talk
    roots = [ana.send(channel, str(n)) for n in range(5)]
    for root in [*roots, roots[1]]:
        reply(luis, root, "x")
    order = [roots[n]["id"] for n in (1, 4, 3, 2, 0)]
    got, cursor = [], None
    while cursor is not False:
        page = ana.ok("GET", "/threads", params={"limit": 2, **({"cursor": cursor} if cursor else {})})
        got += [t["root"]["id"] for t in page["items"]]
        cursor = page["next_cursor"] or False
    assert got == order
    ana.refused(400, "request.invalid", "GET", "/threads", params={"cursor": "x"})


def test_threads_of_channels_that_one_has_left_are_out_of_sight(talk):
    ana, luis, channel, root = talk
    reply(luis, root)
    luis.ok("POST", f"/channels/{channel['id']}/leave", json={})
    assert followed(luis) == [] and luis.ok("GET", "/bootstrap")["threads"]["unread_count"] == 0
    luis.refused(403, "channel.not_member", "POST", f"/messages/{root['id']}/thread/read", json={"seq": 1})
    assert thread(luis, root)["items"], "a public channel can be read by all"
    luis.join(channel)
    assert len(followed(luis)) == 1
    ana.ok("DELETE", f"/channels/{channel['id']}")
    assert followed(luis) == []


def test_private_threads_are_nobody_elses(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel(type="private")
    root = ana.send(channel, "secreto")
    answer = reply(ana, root, "más")
    for message in (root, answer):
        luis.refused(404, "message.not_found", "GET", f"/messages/{message['id']}/thread")
        luis.refused(404, "message.not_found", "PUT", f"/messages/{message['id']}/thread/follow")
    luis.refused(404, "channel.not_found", "POST", f"/channels/{channel['id']}/messages", json={"content": "x", "thread_id": root["id"]})


def test_the_muted_and_the_archive_take_no_replies(org, talk):
    ana, luis, channel, root = talk
    first = reply(luis, root)
    body = {"content": "x", "thread_id": root["id"]}
    action = org.admin.ok("POST", "/admin/moderation/actions", json={"user_id": luis.id, "action_type": "mute", "reason": "x"}, status=201)
    luis.refused(403, "channel.muted", "POST", f"/channels/{channel['id']}/messages", json=body)
    luis.ok("DELETE", f"/messages/{root['id']}/thread/follow")
    org.admin.ok("DELETE", f"/admin/moderation/actions/{action['id']}")
    ana.ok("PUT", f"/channels/{channel['id']}", json={"is_archived": True})
    ana.refused(409, "channel.archived", "POST", f"/channels/{channel['id']}/messages", json=body)
    assert thread(ana, root)["items"] == [first] and ana.ok("PUT", f"/messages/{root['id']}/thread/follow")["following"]


def test_a_reply_in_a_thread_is_not_unread_in_the_channel(talk):
    ana, luis, channel, root = talk
    def unread():
        return next(c["unread_count"] for c in ana.ok("GET", "/bootstrap")["channels"] if c["id"] == channel["id"])
    before = unread()
    reply(luis, root)
    assert unread() == before
    reply(luis, root, also_send_to_channel=True)
    assert unread() == before + 1


def test_over_a_socket_replies_go_the_same_way(talk):
    ana, luis, channel, root = talk
    mine, others = luis.ws(), ana.ws()
    for socket in (mine, others):
        socket.expect("hello")
    mine.send({"type": "chat_message", "channel_id": channel["id"], "content": "yo", "thread_id": root["id"], "client_id": str(uuid.uuid4())})
    ack, frame = mine.expect("ack"), others.expect("chat_message")
    assert frame["message"]["id"] == ack["message_id"] and frame["message"]["thread_id"] == root["id"] and frame["thread"]["reply_count"] == 1
    mine.send({"type": "chat_message", "channel_id": channel["id"], "content": "yo", "thread_id": 2**53 - 1, "client_id": str(uuid.uuid4())})
    assert mine.expect("error")["code"] == "message.thread_not_found"
    mine.close()
    again = until(lambda: thread(luis, root)["items"], "the reply")
    assert again == [frame["message"]]


def told_of(who, message):
    return [(n["kind"], n["text"]) for n in who.ok("GET", "/notifications")["items"] if n["message_id"] == message["id"]]


def test_who_follows_is_notified_of_a_reply_and_nobody_else(org):
    ana, luis, eva, max_ = (org.member(language=language) for language in ("es", "en", "en", "en"))
    channel = ana.channel("equipo")
    for person in (luis, eva, max_):
        person.join(channel)
    root = ana.send(channel, "¿quién viene?")
    socket = ana.ws("/ws/notifications/" + str(ana.id))
    first = reply(luis, root, f"yo y @{eva.user['username']}")
    text = f"💬 {luis.user['username']} respondió en un hilo de #equipo"
    assert until(lambda: told_of(ana, first), "the reply to be told") == [("thread_reply", text)], "the author of the root"
    frame = socket.expect("notification")
    while frame["notification"]["message_id"] != first["id"]:
        frame = socket.expect("notification")
    assert frame["notification"]["kind"] == "thread_reply"
    second = reply(ana, root, f"bien, @{luis.user['username']}")
    assert until(lambda: told_of(eva, second), "the reply to be told") == [("thread_reply", f"💬 {ana.user['username']} replied in a thread in #equipo")]
    shown = reply(luis, root, "para todos", also_send_to_channel=True)
    last = luis.send(channel, "fin")
    for person in (ana, eva, max_):
        until(lambda p=person: told_of(p, last), "the last message to be told")
    assert [k for k, _ in told_of(luis, second)] == ["mention"], "not twice"
    assert [k for k, _ in told_of(eva, first)] == ["mention"] and told_of(max_, first) == told_of(max_, second) == []
    for person in (ana, eva, max_):
        assert [k for k, _ in told_of(person, shown)] == ["message"], "what the channel is told is told once"
    assert told_of(luis, first) == told_of(ana, second) == told_of(luis, shown) == []


def test_who_has_left_or_does_not_follow_any_more_is_not_notified(talk):
    ana, luis, channel, root = talk
    first = reply(luis, root)
    until(lambda: told_of(ana, first), "the reply to be told")
    ana.ok("DELETE", f"/messages/{root['id']}/thread/follow")
    unfollowed = reply(luis, root)
    ana.ok("PUT", f"/messages/{root['id']}/thread/follow")
    followed_again = reply(luis, root)
    until(lambda: told_of(ana, followed_again), "the reply to be told")
    assert told_of(ana, unfollowed) == []
    luis.ok("POST", f"/channels/{channel['id']}/leave", json={})
    away = reply(ana, root)
    luis.join(channel)
    back = reply(ana, root)
    until(lambda: told_of(luis, back), "the reply to be told")
    assert told_of(luis, away) == []
