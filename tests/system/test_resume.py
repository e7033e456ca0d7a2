"""Nothing is lost, nothing comes twice, everything in order: over reconnections, lost streams and killed processes."""

import signal
import threading
import uuid

import httpx
from harness import Closed, until


def positions(channel, seq):
    return {"type": "resume", "positions": {str(channel["id"]): seq}}


def test_what_was_missed_comes_in_order_then_resumed(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    sent = [ana.send(channel, str(n))["seq"] for n in range(20)]
    b = luis.ws()
    b.expect("hello")
    b.send(positions(channel, sent[4]))
    got = []
    while True:
        frame = b.recv()
        if frame["type"] == "resumed":
            break
        if frame.get("channel_id") == channel["id"]:
            got.append(frame["seq"])
    assert got == sent[5:]
    assert ana.send(channel, "en vivo")["seq"] == b.expect("chat_message")["seq"]


def test_who_says_that_he_resumes_gets_what_he_missed_first_however_slow_he_is(org):
    ana, luis, eva = org.member(), org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    eva.join(channel)
    first = ana.send(channel, "antes")["seq"]
    slow, quick = luis.ws("/ws?resume=true"), eva.ws()
    slow.expect("hello")
    quick.expect("hello")
    live = [ana.send(channel, str(n))["seq"] for n in range(3)]
    quick.expect("chat_message", seq=live[-1])  # 200 ms have passed: those who say nothing are told
    late = ana.send(channel, "tarde")["seq"]
    quick.expect("chat_message", seq=late)
    slow.send(positions(channel, first - 1))
    got = [slow.expect("chat_message")["seq"] for _ in range(5)]
    assert got == [first, *live, late]
    slow.expect("resumed")
    assert [f["seq"] for f in slow.frames if f["type"] == "chat_message"] == got


def test_resume_is_true_or_false(org, suite):
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}
    answer = httpx.get(suite.url() + "/ws?resume=maybe", headers={**upgrade, "Authorization": f"Bearer {org.admin.token}"})
    assert answer.status_code == 400 and answer.json()["code"] == "request.invalid"


def test_edits_and_deletions_are_missed_and_made_up_for_too(org):
    ana = org.member()
    channel = ana.channel()
    message = ana.send(channel, "uno")
    ana.ok("PUT", f"/messages/{message['id']}", json={"content": "dos"})
    ana.ok("DELETE", f"/messages/{message['id']}")
    a = ana.ws()
    a.expect("hello")
    a.send(positions(channel, message["seq"]))
    assert a.expect("message_edited")["seq"] == message["seq"] + 1
    assert a.expect("message_deleted")["seq"] == message["seq"] + 2
    a.expect("resumed")


def test_resuming_with_nothing_missed_is_resumed_at_once(org):
    ana = org.member()
    channel = ana.channel()
    a = ana.ws()
    a.expect("hello")
    a.send(positions(channel, 2))
    assert a.expect("resumed")
    a.send({"type": "resume", "positions": {}})
    assert a.expect("resumed")


def test_positions_of_channels_of_others_are_not_served(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel(type="private")
    ana.send(channel, "secreto")
    b = luis.ws()
    b.expect("hello")
    b.send(positions(channel, 0))
    frames = []
    while not frames or frames[-1]["type"] != "resumed":
        frames.append(b.recv())
    assert all(f.get("channel_id") != channel["id"] for f in frames)


def test_a_room_resumes_by_since(org):
    ana = org.member()
    channel = ana.channel()
    sent = [ana.send(channel, str(n))["seq"] for n in range(5)]
    room = ana.ws(f"/ws/chat/{channel['id']}?since={sent[1]}")
    first = room.recv()
    assert first["self"] is True and first["position"] == sent[1] and first["head_seq"] == sent[-1]
    assert [room.expect("chat_message")["seq"] for _ in sent[2:]] == sent[2:]
    room.expect("resumed")


def test_too_much_is_told_as_a_gap(org):
    ana = org.member()
    channel = ana.channel()
    a = ana.ws()
    a.expect("hello")
    for n in range(2100):
        a.send({"type": "chat_message", "channel_id": channel["id"], "content": str(n), "client_id": str(uuid.uuid4())})
    last = [a.expect("ack") for _ in range(2100)][-1]["seq"]
    b = ana.ws()
    b.expect("hello")
    b.send(positions(channel, 2))
    gap = b.expect("gap")
    assert (gap["channel_id"], gap["from"], gap["to"]) == (channel["id"], 3, last)
    b.expect("resumed")
    assert ana.send(channel, "en vivo")["seq"] == b.expect("chat_message")["seq"] == last + 1


def test_what_happened_while_chat_was_away_from_the_gateway_is_made_up_for(make_suite):
    """The gateway is stopped for a moment: its stream may be cut, its queue may overflow; the seqs stay dense."""
    suite = make_suite(gateways=2)
    org = suite.org()
    ana, luis = org.admin, org.member()
    channel = ana.channel()
    luis.join(channel)
    a, b = ana.ws(gateway=0), luis.ws(gateway=1)
    a.expect("hello"), b.expect("hello")
    suite.proc("gateway1").signal(signal.SIGSTOP)
    last = [a.say(channel, str(n)) for n in range(50)][-1]["seq"]
    suite.proc("gateway1").signal(signal.SIGCONT)
    assert [b.expect("chat_message")["seq"] for _ in range(50)] == list(range(last - 49, last + 1))


def test_a_killed_chat_costs_no_event(make_suite):
    suite = make_suite()
    org = suite.org()
    ana, luis = org.admin, org.member()
    channel = ana.channel()
    luis.join(channel)
    a, b = ana.ws(), luis.ws()
    a.expect("hello"), b.expect("hello")
    acked = {}

    def talk(n):
        """Repeats with the same client_id until it is acknowledged, as a client does."""
        client_id = str(uuid.uuid4())
        while True:
            a.send({"type": "chat_message", "channel_id": channel["id"], "content": str(n), "client_id": client_id})
            while True:
                frame = a.recv(30)
                if frame.get("client_id") == client_id and frame["type"] in ("ack", "error"):
                    break
            if frame["type"] == "ack":
                acked[frame["seq"]] = frame["message_id"]
                return

    for n in range(60):
        if n % 20 == 10:
            suite.kill("chat")
            threading.Thread(target=suite.restart, args=("chat",)).start()
        talk(n)
    seqs = sorted(acked)
    got = {}
    while len(got) < 60:
        frame = b.expect("chat_message")
        assert frame["seq"] not in got
        got[frame["seq"]] = frame["message"]["id"]
    assert list(got) == seqs == list(range(seqs[0], seqs[0] + 60)) and got == acked
    assert [m["id"] for m in sorted(ana.history(channel, limit=200)["items"], key=lambda m: m["seq"])] == [acked[s] for s in seqs]


def test_a_membership_made_while_the_stream_was_cut_is_found(make_suite):
    suite = make_suite(gateways=2)
    org = suite.org()
    ana, luis = org.admin, org.member()
    channel = ana.channel()
    b = luis.ws(gateway=1)
    b.expect("hello")
    suite.kill("chat")
    suite.proc("gateway1").signal(signal.SIGSTOP)
    suite.restart("chat")
    until(lambda: ana.get("/channels/").status_code == 200, "chat is back for the first gateway")
    luis.gateway = 0
    luis.join(channel)
    suite.proc("gateway1").signal(signal.SIGCONT)
    assert b.expect("user_joined", channel_id=channel["id"])["user_id"] == luis.id
    assert ana.send(channel, "hola")["seq"] == b.expect("chat_message")["seq"]


def test_a_killed_gateway_is_resumed_from_another(make_suite):
    suite = make_suite(gateways=2)
    org = suite.org()
    ana, luis = org.admin, org.member()
    channel = ana.channel()
    luis.join(channel)
    a, b = ana.ws(gateway=0), luis.ws(gateway=1)
    a.expect("hello"), b.expect("hello")
    for n in range(10):
        a.say(channel, str(n))
    seen = [b.expect("chat_message")["seq"] for _ in range(10)]
    suite.kill("gateway1")
    until(lambda: b.closed, "the socket has ended")
    more = [a.say(channel, str(n))["seq"] for n in range(10)]
    again = luis.ws(gateway=0)
    again.expect("hello")
    again.send(positions(channel, seen[-1]))
    assert [again.expect("chat_message")["seq"] for _ in more] == more
    again.expect("resumed")


def test_events_of_the_moment_of_connecting_are_neither_lost_nor_doubled(org):
    """One talks without pause while another connects again and again, resuming each time."""
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    a = ana.ws()
    a.expect("hello")
    done = threading.Event()
    last = []

    def talk():
        for n in range(400):
            last.append(a.say(channel, str(n))["seq"])
        done.set()

    position, got = 3, []
    threading.Thread(target=talk).start()
    while not (done.is_set() and got and got[-1] == last[-1]):
        b = luis.ws("/ws?resume=true")
        b.expect("hello")
        b.send(positions(channel, position))
        try:
            while len(got) % 37 != 36 or got[-1] == position:
                frame = b.recv(5)
                if frame.get("channel_id") == channel["id"] and "seq" in frame:
                    got.append(frame["seq"])
                if done.is_set() and got and got[-1] == last[-1]:
                    break
        except (AssertionError, Closed):
            pass
        position = got[-1] if got else position
        b.cut()
    assert got == list(range(4, last[-1] + 1))
