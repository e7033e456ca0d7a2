"""The gateway's metrics: each is there with its help, and moves when what it counts happens."""

import re
import signal
import uuid

import httpx

from harness import until

SERIES = re.compile(r'^(palique_gateway_[a-z_]+)(\{[^}]*\})? (\S+)$')
NAMES = {
    "sockets", "people", "refused_total", "frames_in_total", "invalid_total", "requests_total", "events_total", "bus_notes_total", "deliveries_total",
    "gaps_total", "holes_total", "holes_closed_total", "resumes_total", "ring_bytes", "fanout_seconds", "catchups_total", "frames_out_total",
    "bytes_out_total", "queued_bytes", "slow_closed_total",
}


def read(suite, process="gateway0"):
    """'name{labels}' without the prefix → value, and 'name' → the sum over its labels."""
    values = {}
    for line in suite.metrics_text(process).splitlines():
        found = SERIES.match(line)
        if found:
            name, labels, value = found[1].removeprefix("palique_gateway_"), found[2] or "", float(found[3])
            values[name + labels] = value
            if labels:
                values[name] = values.get(name, 0) + value
    return values


class Watch:
    """What has changed since it was made."""

    def __init__(self, suite, process="gateway0"):
        self.suite, self.process = suite, process
        self.before = read(suite, process)

    def moved(self, name):
        return read(self.suite, self.process).get(name, 0) - self.before.get(name, 0)

    def reaches(self, name, by):
        """Exactly; a turn's counts are told after its frames are written."""
        until(lambda: self.moved(name) >= by, f"{name} to move by {by}")
        assert self.moved(name) == by

    def until(self, **least):
        """least: name → by how much at least; labels are asked for with moved()."""
        for name, by in least.items():
            until(lambda: self.moved(name) >= by, f"{name} to move by {by}")


def head_of(frame, channel):
    return next(c for c in frame["channels"] if c["channel_id"] == channel["id"])["head_seq"]


def test_each_metric_is_there_with_a_help_text(suite):
    lines = suite.metrics_text("gateway0").splitlines()
    helps = {line.split()[2]: line.split(" ", 3)[3] for line in lines if line.startswith("# HELP palique_gateway_")}
    assert {name.removeprefix("palique_gateway_") for name in helps} >= NAMES
    for name, help_text in helps.items():
        assert help_text[0].isupper() and help_text.endswith("."), (name, help_text)


def test_sockets_people_and_refusals(org, suite):
    ana = org.member()
    watch = Watch(suite)
    first, second = ana.ws(), ana.ws()
    first.expect("hello"), second.expect("hello")
    watch.until(people=1)
    assert watch.moved('sockets{path="/ws"}') == 2 and watch.moved("people") == 1
    first.close(), second.close()
    until(lambda: watch.moved("sockets") <= 0 and watch.moved("people") <= 0, "both to be gone")
    room = suite.ws_url().replace("ws", "http", 1) + f"/ws/chat/{10**9}"
    httpx.get(room, headers={"Authorization": f"Bearer {ana.token}", "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
                             "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})
    watch.until(refused_total=1)


def test_messages_deliveries_and_the_time_they_take(org, suite):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    a, b = ana.ws(), luis.ws()
    a.expect("hello"), b.expect("hello")
    watch = Watch(suite)
    for n in range(5):
        a.say(channel, str(n))
    assert [b.expect("chat_message")["message"]["content"] for _ in range(5)] == list("01234")
    a.send({"type": "no such thing"})
    a.expect("error")
    watch.until(deliveries_total=10, fanout_seconds_count=5, frames_out_total=16, bytes_out_total=1000)
    assert watch.moved('frames_in_total{type="chat_message"}') == 5 and watch.moved('frames_in_total{type="unknown"}') == 1
    assert watch.moved("invalid_total") == 1 and watch.moved("requests_total") == 5
    assert watch.moved('events_total{type="chat_message"}') == 5
    assert watch.moved("fanout_seconds_sum") > 0 and watch.moved("fanout_seconds_count") == 5
    assert read(suite)["ring_bytes"] > 0
    ana.send(channel, "not over a socket")
    b.expect("chat_message")
    assert watch.moved("fanout_seconds_count") == 5, "only what comes over a socket is timed"


def test_resumes_by_their_result(org, suite):
    ana = org.member()
    channel = ana.channel()
    a = ana.ws()
    head = head_of(a.expect("hello"), channel)
    watch = Watch(suite)
    a.send({"type": "resume", "positions": {str(channel["id"]): head}})
    a.expect("resumed")
    watch.reaches('resumes_total{result="current"}', 1)
    ana.send(channel, "one")
    a.expect("chat_message")
    a.send({"type": "resume", "positions": {str(channel["id"]): head}})
    a.expect("resumed")
    watch.reaches('resumes_total{result="replayed"}', 1)
    luis = org.member()
    luis.join(channel)
    b = luis.ws()
    b.expect("hello")
    b.send({"type": "resume", "positions": {str(channel["id"]): 0}})  # before the membership there is nothing for him
    b.expect("gap")
    b.expect("resumed")
    watch.reaches('resumes_total{result="gap"}', 1)
    assert watch.moved("gaps_total") >= 1


def test_losses_of_the_bus_and_their_repair(make_suite):
    suite = make_suite(gateways=2)
    org = suite.org()
    ana, luis = org.admin, org.member()
    channel = ana.channel()
    luis.join(channel)
    b = luis.ws(gateway=1)
    b.expect("hello")
    watch = Watch(suite, "gateway1")
    suite.kill("chat")
    until(lambda: watch.moved('bus_notes_total{service="chat",note="down"}') >= 1, "the loss of chat to be noted")
    suite.proc("gateway1").signal(signal.SIGSTOP)
    suite.restart("chat")
    until(lambda: ana.get("/channels/").status_code == 200, "chat to be back for the first gateway")
    ana.send(channel, "missed by the second")
    suite.proc("gateway1").signal(signal.SIGCONT)
    b.expect("chat_message")
    watch.until(holes_total=1, catchups_total=1)
    assert watch.moved('bus_notes_total{service="chat",note="up"}') >= 1
    assert watch.moved('holes_closed_total{by="log"}') == watch.moved("holes_total") >= 1


def test_queues_and_those_that_are_too_slow(make_suite):
    suite = make_suite()
    org = suite.org()
    ana, luis = org.admin, org.member()
    channel = ana.channel()
    luis.join(channel)
    slow = luis.ws()
    slow.expect("hello")
    slow.ws.transport.pause_reading()
    a = ana.ws()
    a.expect("hello")
    watch = Watch(suite)
    content = "x" * 15000
    queued = 0
    for _ in range(18):
        for _ in range(50):
            a.send({"type": "chat_message", "channel_id": channel["id"], "content": content, "client_id": str(uuid.uuid4())})
        for _ in range(50):
            a.expect("ack")
        queued = max(queued, watch.moved("queued_bytes"))  # looked at on the way: what is queued goes with the one who is slow
    assert queued >= 1 << 20
    until(lambda: watch.moved("slow_closed_total") == 1, "the slow one to be closed")
    until(lambda: read(suite)["queued_bytes"] < 1 << 20, "its queue to be gone")
    slow.cut()
