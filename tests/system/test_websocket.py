"""The sockets: who may open them, what they carry, and what ends them."""

import json
import uuid

import httpx
import pytest
import websockets

from harness import until
from harness.trust import trust

KEY = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}


def handshake(suite, path, **headers):
    """The answer to a handshake that is refused."""
    return httpx.get(suite.url() + path, headers={**KEY, **headers}, verify=trust())


def metric(suite, process, name):
    """The sum over a metric's labels, from the operations port."""
    lines = suite.metrics_text(process).splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.split("{")[0].split(" ")[0] == name)


# ---- opening ----

def test_the_first_frame_of_ws_is_hello_with_the_channels(org):
    ana = org.member()
    channel = ana.channel()
    sent = ana.send(channel, "hola")
    hello = ana.ws().recv()
    assert hello["type"] == "hello" and hello["user"]["id"] == ana.id and hello["user"]["username"] == ana.user["username"]
    assert hello["session_id"] > 0 and hello["heartbeat_interval"] > 0 and hello["server_time"].endswith("Z")
    mine = next(c for c in hello["channels"] if c["channel_id"] == channel["id"])
    assert mine["head_seq"] == sent["seq"] and mine["name"] == channel["name"] and mine["role"] == "owner"


def test_the_first_frame_of_a_room_is_ones_own_user_joined(org):
    ana = org.member()
    channel = ana.channel()
    first = ana.ws(f"/ws/chat/{channel['id']}").recv()
    assert first["type"] == "user_joined" and first["self"] is True
    assert first["channel_id"] == channel["id"] and first["user"]["id"] == first["user_id"] == ana.id
    assert first["head_seq"] == first["position"] == 2  # channel_created, user_joined


@pytest.mark.parametrize("way", ["header", "query", "cookie"])
def test_the_token_is_taken_from_header_query_or_cookie(org, way):
    ana = org.member()
    kwargs = {"header": {}, "query": {"token": False}, "cookie": {"token": False, "headers": {"Cookie": f"palique_token={ana.token}"}}}[way]
    assert ana.ws("/ws?token=" + ana.token if way == "query" else "/ws", **kwargs).recv()["type"] == "hello"


def test_without_a_good_token_the_handshake_is_refused(suite):
    for token, code in ((None, "token.missing"), ("x.y.z", "token.invalid")):
        answer = handshake(suite, "/ws", **({"Authorization": f"Bearer {token}"} if token else {}))
        assert answer.status_code == 401 and answer.json()["code"] == code


def test_a_page_of_another_origin_is_refused(suite, org):
    ana = org.member()
    answer = handshake(suite, "/ws", Authorization=f"Bearer {ana.token}", Origin="https://evil.example")
    assert answer.status_code == 403 and answer.json()["code"] == "origin.denied"


def test_a_room_is_for_members_only(suite, org):
    ana, luis = org.member(), org.member()
    secret, public = ana.channel(type="private"), ana.channel()
    for channel, code, status in ((secret["id"], "channel.not_found", 404), (public["id"], "channel.not_member", 403), (10**12, "channel.not_found", 404)):
        answer = handshake(suite, f"/ws/chat/{channel}", Authorization=f"Bearer {luis.token}")
        assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_another_organisation_cannot_open_the_room(suite, org):
    channel = org.member().channel()
    stranger = suite.org().admin
    answer = handshake(suite, f"/ws/chat/{channel['id']}", Authorization=f"Bearer {stranger.token}")
    assert (answer.status_code, answer.json()["code"]) == (404, "channel.not_found")


def test_notifications_are_for_their_owner_only(suite, org):
    ana, luis = org.member(), org.member()
    assert ana.ws(f"/ws/notifications/{ana.id}").recv()["type"] == "hello"
    answer = handshake(suite, f"/ws/notifications/{ana.id}", Authorization=f"Bearer {luis.token}")
    assert (answer.status_code, answer.json()["code"]) == (403, "access.denied")


def test_a_request_that_is_no_handshake_is_told_so(suite, org):
    ana = org.member()
    for headers in ({}, {**KEY, "Sec-WebSocket-Version": "8"}):
        answer = httpx.get(suite.url() + "/ws", headers={"Authorization": f"Bearer {ana.token}", **headers})
        assert answer.status_code == 426 and answer.headers["sec-websocket-version"] == "13"
    answer = handshake(suite, "/ws", **{"Authorization": f"Bearer {ana.token}", "Sec-WebSocket-Key": "short"})
    assert answer.status_code == 400
    assert ana.ws().recv()["type"] == "hello"


# ---- talking ----

def test_a_message_is_acknowledged_and_reaches_both_with_the_same_seq(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    a, b = ana.ws(), luis.ws()
    ack = a.say(channel, "¡hola! 👋")
    assert ack["request"] == "chat_message" and ack["message_id"] > 0 and ack["channel_id"] == channel["id"] and ack["created_at"]
    for socket in (a, b):
        frame = socket.expect("chat_message")
        assert frame["seq"] == ack["seq"] and frame["message"]["content"] == "¡hola! 👋" and frame["message"]["id"] == ack["message_id"]


def test_a_room_needs_no_channel_id(org):
    ana = org.member()
    channel = ana.channel()
    room = ana.ws(f"/ws/chat/{channel['id']}")
    room.send({"type": "chat_message", "content": "hola"})
    assert room.expect("ack")["channel_id"] == channel["id"]
    assert room.expect("chat_message")["message"]["content"] == "hola"
    room.send({"type": "chat_message", "content": "hola", "channel_id": channel["id"] + 1})
    assert room.expect("error")["code"] == "request.invalid"


def test_edits_and_deletions_are_told(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    a, b = ana.ws(), luis.ws(f"/ws/chat/{channel['id']}")
    message = a.say(channel, "uno")["message_id"]
    a.send({"type": "edit_message", "message_id": message, "content": "dos", "client_id": "e-1"})
    assert a.expect("ack", client_id="e-1")["message_id"] == message
    assert b.expect("message_edited")["message"]["content"] == "dos"
    a.send({"type": "delete_message", "message_id": message, "client_id": "d-1"})
    assert a.expect("ack", client_id="d-1")["request"] == "delete_message"
    assert b.expect("message_deleted")["message_id"] == message


def test_sending_twice_is_sending_once(org):
    ana = org.member()
    channel = ana.channel()
    a = ana.ws()
    client_id = str(uuid.uuid4())
    first, second = a.say(channel, "una vez", client_id=client_id), a.say(channel, "una vez", client_id=client_id)
    assert (first["message_id"], first["seq"]) == (second["message_id"], second["seq"])
    assert len(ana.history(channel)["items"]) == 1


def test_messages_of_one_socket_keep_their_order(org):
    ana = org.member()
    channel = ana.channel()
    a = ana.ws()
    for n in range(300):
        a.send({"type": "chat_message", "channel_id": channel["id"], "content": str(n), "client_id": str(uuid.uuid4())})
    got = [a.expect("chat_message") for _ in range(300)]
    assert [m["message"]["content"] for m in got] == [str(n) for n in range(300)]
    assert [m["seq"] for m in got] == list(range(got[0]["seq"], got[0]["seq"] + 300))


def test_typing_is_told_to_the_others_and_not_too_often(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    a, b = ana.ws(), luis.ws()
    b.expect("hello")
    for _ in range(5):
        a.send({"type": "typing", "channel_id": channel["id"]})
    assert b.expect("user_typing")["user_id"] == ana.id
    b.quiet("user_typing")
    a.quiet("user_typing")


def test_reading_is_told_to_ones_other_sockets(org):
    ana = org.member()
    channel = ana.channel()
    luis = org.member()
    luis.join(channel)
    seq = luis.send(channel, "hola")["seq"]
    phone, desk = ana.ws(), ana.ws()
    phone.send({"type": "mark_read", "channel_id": channel["id"], "seq": seq})
    assert phone.expect("ack")["seq"] == seq
    assert desk.expect("read_marker", channel_id=channel["id"])["seq"] == seq


def test_ping_tells_the_heads_that_have_moved(org):
    ana = org.member()
    channel = ana.channel()
    a = ana.ws()
    a.say(channel, "hola")
    until(lambda: any(f["type"] == "chat_message" for f in a.frames), "the message itself: its acknowledgement may come first")
    a.send({"type": "ping", "client_id": "p"})
    pong = a.expect("pong", client_id="p")
    assert pong["heads"] == {str(channel["id"]): 3}
    a.send({"type": "ping"})
    assert a.expect("pong")["heads"] == {}


# ---- notifications ----

def test_a_mention_is_notified_on_every_socket_of_the_user(org):
    ana, luis = org.member(), org.member(language="es")
    channel = ana.channel()
    luis.join(channel)
    sockets = [luis.ws(), luis.ws(f"/ws/notifications/{luis.id}")]
    for socket in sockets:
        socket.expect("hello")
    other = ana.ws(f"/ws/notifications/{ana.id}")
    message = ana.send(channel, f"@{luis.user['username']} ¿vienes?")
    for socket in sockets:
        got = socket.expect("notification")["notification"]
        while got["kind"] != "mention":
            got = socket.expect("notification")["notification"]
        assert got["message_id"] == message["id"] and got["channel_id"] == channel["id"]
        assert "te mencionó" in got["text"]
    other.send({"type": "ping"})
    while (frame := other.recv())["type"] != "pong":
        assert frame["type"] != "notification" or frame["notification"]["message_id"] != message["id"]


def test_a_message_is_notified_to_the_channel_in_the_language_of_each(org):
    ana, luis, eva = org.member(), org.member(language="es"), org.member(language="en")
    channel = ana.channel()
    luis.join(channel), eva.join(channel)
    notes = {person: person.ws(f"/ws/notifications/{person.id}") for person in (ana, luis, eva)}
    for socket in notes.values():
        socket.expect("hello")
    message = ana.send(channel, "hola")
    texts = []
    for person in (luis, eva):
        while True:
            frame = notes[person].expect("notification")
            if frame["notification"]["message_id"] == message["id"]:
                break
        assert "texts" not in frame and frame["notification"]["kind"] == "message"
        texts.append(frame["notification"]["text"])
    assert texts[0] != texts[1] and "Nuevo mensaje" in texts[0]
    notes[ana].send({"type": "ping"})
    while (frame := notes[ana].recv())["type"] != "pong":
        assert frame["notification"]["message_id"] != message["id"]


# ---- membership ----

def test_who_joins_gets_the_channel_on_the_socket_that_is_open(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    b = luis.ws()
    b.expect("hello")
    luis.join(channel)
    joined = b.expect("user_joined", channel_id=channel["id"])
    assert joined["user_id"] == luis.id
    sent = ana.send(channel, "bienvenido")
    assert b.expect("chat_message")["seq"] == sent["seq"] == joined["seq"] + 1


def test_who_leaves_hears_nothing_more(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    b, room = luis.ws(), luis.ws(f"/ws/chat/{channel['id']}")
    b.expect("hello")
    room.expect("user_joined")
    luis.ok("POST", f"/channels/{channel['id']}/leave", json={})
    assert b.expect("user_left")["user_id"] == luis.id
    ana.send(channel, "solo para los que quedan")
    b.quiet("chat_message")
    assert room.expect("user_left")["user_id"] == luis.id
    room.expect_close(4404)


def test_a_deleted_channel_ends_its_rooms(org):
    ana = org.member()
    channel = ana.channel()
    a, room = ana.ws(), ana.ws(f"/ws/chat/{channel['id']}")
    a.expect("hello")
    ana.ok("DELETE", f"/channels/{channel['id']}")
    assert a.expect("channel_deleted")["channel_id"] == channel["id"]
    room.expect_close(4404)


def test_unsubscribing_silences_a_channel_until_it_is_subscribed_again(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    b = luis.ws()
    b.send({"type": "unsubscribe", "channel_id": channel["id"]})
    assert b.expect("ack", request="unsubscribe")["channel_id"] == channel["id"]
    missed = ana.send(channel, "uno")
    b.quiet("chat_message")
    b.send({"type": "subscribe", "channel_id": channel["id"], "position": missed["seq"] - 1})
    b.expect("ack", request="subscribe")
    assert b.expect("chat_message")["seq"] == missed["seq"]
    assert ana.send(channel, "dos")["seq"] == b.expect("chat_message")["seq"]


def test_a_channel_of_others_cannot_be_subscribed(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel(type="private")
    b = luis.ws()
    b.send({"type": "subscribe", "channel_id": channel["id"]})
    assert b.expect("error", request="subscribe")["code"] == "channel.not_found"


# ---- what is refused ----

def test_errors_name_the_request_and_the_field(org):
    ana = org.member()
    a = ana.ws()
    a.send({"type": "chat_message", "channel_id": 10**12, "content": "hola", "client_id": str(uuid.uuid4())})
    error = a.expect("error")
    assert error["code"] == "channel.not_found" and error["request"] == "chat_message" and error["client_id"]
    a.send({"type": "chat_message", "channel_id": 1, "content": 7, "colour": "red"})
    error = a.expect("error")
    assert error["code"] == "request.invalid" and {f["pointer"] for f in error["errors"]} == {"/content", "/colour"}


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", '{"type":"no such"}', '{"type":7}', '{"type":"ping","type":"ping"}', "[" * 5000,
                                  '{"type":"chat_message","channel_id":9223372036854775808,"content":"x"}', '{"type":"ping","x":"\\u0000"}'])
def test_nonsense_is_answered_and_the_socket_stays(org, text):
    a = org.admin.ws()
    a.send(text)
    assert a.expect("error")["code"] in ("request.malformed", "request.invalid")
    a.quiet("error")


def test_too_much_nonsense_closes_the_socket(org):
    a = org.admin.ws()
    for _ in range(20):
        a.send("nonsense")
    a.expect_close(1008)


def test_binary_and_oversize_messages_close_with_their_code(org):
    for payload, code in ((b"\x00\x01", 1003), (json.dumps({"type": "ping", "client_id": "x" * 70000}), 1009)):
        a = org.admin.ws()
        a.expect("hello")
        a.send(payload)
        a.expect_close(code)


def test_a_notifications_socket_takes_no_messages(org):
    ana = org.member()
    channel = ana.channel()
    a = ana.ws(f"/ws/notifications/{ana.id}")
    a.send({"type": "chat_message", "channel_id": channel["id"], "content": "hola"})
    assert a.expect("error")["code"] == "access.denied"
    a.quiet("error")


def test_a_burst_over_the_limit_is_told_when_to_go_on(make_suite):
    suite = make_suite(env={"PALIQUE_RATE_SCALE": "1"}, env_for={"auth": {"PALIQUE_RATE_SCALE": "0"}})
    ana = suite.org().admin
    a = ana.ws()
    for _ in range(40):
        a.send({"type": "typing", "channel_id": 1})
    error = a.expect("error", code="rate.limited")
    assert error["retry_after"] >= 1


# ---- ends ----

def test_signing_out_closes_the_sockets_of_that_session_only(org):
    ana = org.member()
    other = org.suite.client().login(email=ana.email, password=ana.password)
    a, b = ana.ws(), other.ws()
    a.expect("hello"), b.expect("hello")
    ana.ok("POST", "/auth/logout", json={})
    a.expect_close(4401)
    b.quiet("error")
    answer = handshake(org.suite, "/ws", Authorization=f"Bearer {ana.token}")
    assert answer.status_code == 401


def test_a_ban_closes_every_socket_for_good(org):
    ana = org.member()
    a, notes = ana.ws(), ana.ws(f"/ws/notifications/{ana.id}")
    a.expect("hello"), notes.expect("hello")
    org.admin.ok("POST", "/admin/moderation/actions", json={"user_id": ana.id, "action_type": "ban", "reason": "spam", "duration": 3600})
    a.expect_close(4403)
    notes.expect_close(4403)
    assert handshake(org.suite, "/ws", Authorization=f"Bearer {ana.token}").status_code == 401


def test_an_expired_token_closes_the_socket(make_suite):
    suite = make_suite(env_for={"auth": {"PALIQUE_ACCESS_TTL": "3s"}})
    a = suite.org().admin.ws()
    a.expect("hello")
    a.expect_close(4401)


def test_a_restart_of_the_gateway_says_so_and_loses_nothing(make_suite):
    suite = make_suite(gateways=2)
    org = suite.org()
    ana = org.admin
    channel = ana.channel()
    a = ana.ws(gateway=0)
    a.say(channel, "antes")
    seq = a.expect("chat_message")["seq"]
    suite.proc("gateway0").stop()
    a.expect_close(1012)
    b = ana.ws(gateway=1)
    b.expect("hello")
    b.send({"type": "resume", "positions": {str(channel["id"]): seq}})
    b.expect("resumed")
    assert b.say(channel, "después")["seq"] == seq + 1


def test_a_peer_that_is_silent_is_dropped(make_suite):
    suite = make_suite(env_for={"gateway": {"PALIQUE_GATEWAY_HEARTBEAT": "1s"}})
    org = suite.org()
    a, b = org.admin.ws(), org.member().ws()
    a.expect("hello"), b.expect("hello")
    a.ws.transport.pause_reading()  # answers no ping any more
    b.expect("presence", user_id=org.admin.id, status="offline")
    b.quiet("error")
    a.cut()


def test_a_reader_that_is_too_slow_is_closed_and_resumes(make_suite):
    suite = make_suite()
    org = suite.org()
    ana, luis = org.admin, org.member()
    channel = ana.channel()
    luis.join(channel)
    hello = luis.ws()
    start = next(c for c in hello.recv()["channels"] if c["channel_id"] == channel["id"])["head_seq"]
    hello.close()
    slow = luis.ws()
    slow.recv()
    slow.ws.transport.pause_reading()
    a = ana.ws()
    text = "x" * 15000
    last = 0
    for n in range(900):
        a.send({"type": "chat_message", "channel_id": channel["id"], "content": text, "client_id": str(uuid.uuid4())})
        if n % 50 == 49:
            last = [a.expect("ack") for _ in range(50)][-1]["seq"]
    until(lambda: metric(suite, "gateway0", "palique_gateway_slow_closed_total") >= 1, "the slow one is closed")
    slow.cut()
    again = luis.ws()
    again.recv()
    again.send({"type": "resume", "positions": {str(channel["id"]): start}})
    assert [again.expect("chat_message")["seq"] for _ in range(start + 1, last + 1)] == list(range(start + 1, last + 1))
    again.expect("resumed")


def test_without_chat_the_answer_is_unavailable_and_the_gateway_stays(make_suite):
    suite = make_suite()
    org = suite.org()
    ana = org.admin
    channel = ana.channel()
    a = ana.ws()
    a.expect("hello")
    suite.kill("chat")
    a.send({"type": "chat_message", "channel_id": channel["id"], "content": "?", "client_id": str(uuid.uuid4())})
    assert a.expect("error")["code"] in ("service.unavailable", "service.timeout")
    answer = ana.get(f"/channels/{channel['id']}")
    assert answer.status_code in (503, 504) and answer.headers["retry-after"]
    with pytest.raises(websockets.InvalidStatusCode) as refused:
        ana.ws()
    assert refused.value.status_code in (503, 504)
    suite.restart("chat")
    until(lambda: ana.get(f"/channels/{channel['id']}").status_code == 200, "chat is back")
    assert a.say(channel, "de vuelta")["seq"] == 3
