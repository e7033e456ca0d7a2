"""kill -9 of each process in turn during a steady conversation: clients are told clearly or reconnect, resume, and in the end the history is what was
acknowledged and everyone has seen each event once, in order (ARCHITECTURE: the delivery contract)."""

import time

import pytest
from harness import until
from harness.checker import check_channel
from harness.talker import Talker

PATIENCE = 60


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    from harness import Suite
    made = Suite(tmp_path_factory.mktemp("kills"), gateways=2).start()
    yield made
    made.stop()


class Conversation:
    """Four people in two channels over two gateways; stop() waits until all is calm and gives the complaints."""

    def __init__(self, suite):
        self.suite = suite
        org = suite.org()
        people = [org.admin, *(org.member() for _ in range(3))]
        self.admin = org.admin
        self.channels = [org.admin.channel()["id"] for _ in range(2)]
        for channel in self.channels:
            for person in people[1:]:
                person.join(channel)
        urls = [suite.ws_url(0), suite.ws_url(1)]
        self.talkers = {f"p{n}": Talker(person, self.channels, urls[n % 2:] + urls[:n % 2]) for n, person in enumerate(people)}

    def acknowledged(self):
        return sum(len(t.acked) for t in self.talkers.values())

    def goes_on(self, more=40):
        """Waits until so many more messages are acknowledged, some of each talker."""
        before = {name: len(t.acked) for name, t in self.talkers.items()}
        until(lambda: all(len(t.acked) >= before[name] + more // len(self.talkers) for name, t in self.talkers.items()),
              f"the conversation to go on; {[(t.errors, t.connections, len(t.waiting), t.faults[:2]) for t in self.talkers.values()]}", timeout=PATIENCE)

    def whole_history(self, channel):
        items, before = [], None
        while True:
            page = self.admin.history(channel, limit=200, **({"before": before} if before else {}))
            items += page["items"]
            if not page["has_before"]:
                return items
            before = min(m["id"] for m in page["items"])

    def stop(self):
        for talker in self.talkers.values():
            talker.hush()
        until(lambda: all(t.quiet() for t in self.talkers.values()), "everything sent to be acknowledged", timeout=PATIENCE)
        heads = {c: self.admin.ok("GET", f"/channels/{c}")["head_seq"] for c in self.channels}
        until(lambda: all(t.head(c) >= heads[c] for t in self.talkers.values() for c in self.channels),
              f"everyone to see the end {heads}; {[t.position for t in self.talkers.values()]}", timeout=PATIENCE)
        for talker in self.talkers.values():
            talker.end()
        found = [f"{name}: {fault}" for name, t in self.talkers.items() for fault in t.faults + t.gaps]
        acked = {k: v for t in self.talkers.values() for k, v in t.acked.items()}
        sent = {k: v for t in self.talkers.values() for k, v in t.sent.items()}
        assert set(sent.values()) == set(acked)
        for channel in self.channels:
            history = self.whole_history(channel)
            found += check_channel(history, {m["client_id"]: acked[m["client_id"]] for m in history if m["client_id"] in acked}, sent,
                                   {name: t.seen[channel] for name, t in self.talkers.items()},
                                   {name: t.start[channel] for name, t in self.talkers.items()}, heads[channel])
        stored = {m["client_id"] for c in self.channels for m in self.whole_history(c)}
        found += [f"acknowledged and lost: {client_id}" for client_id in acked if client_id not in stored]
        return found


@pytest.fixture
def talk(suite):
    conversation = Conversation(suite)
    conversation.goes_on()
    yield conversation
    for talker in conversation.talkers.values():
        talker.wanted = False
    suite.close_kept()
    suite.check_logs()


@pytest.mark.parametrize("victim", ["chat", "gateway0", "gateway1", "auth", "notify", "admin"])
def test_a_killed_service_costs_nothing_that_was_acknowledged(suite, talk, victim):
    for _ in range(2):
        suite.kill(victim)
        if victim in ("auth", "notify", "admin"):
            talk.goes_on()  # nobody who talks notices
        suite.restart(victim)
        talk.goes_on()
    assert talk.stop() == []


def test_a_killed_database_costs_nothing_that_was_acknowledged(suite, talk):
    suite.postgres.kill()
    before = talk.acknowledged()
    until(lambda: all(t.errors for t in talk.talkers.values()), "everyone to be told", timeout=PATIENCE)
    until(lambda: _started(suite), "PostgreSQL to start again", timeout=PATIENCE, interval=0.3)
    talk.goes_on()
    assert talk.acknowledged() > before
    until(lambda: all(suite.proc(p).healthy() for p in suite.processes), "all to be ready again", timeout=PATIENCE)
    assert talk.stop() == []


def _started(suite):
    """After kill -9 the first starts can fail while orphans still hold the shared memory."""
    try:
        suite.postgres.start()
        return True
    except AssertionError:
        return False


def test_everything_killed_at_once_costs_nothing_that_was_acknowledged(suite, talk):
    for name in suite.processes:
        suite.kill(name)
    for name in suite.processes:
        suite.proc(name).start()
    suite.wait_ready()
    talk.goes_on()
    assert talk.stop() == []


def test_notifications_of_a_conversation_with_kills_come_once(suite, talk):
    """The durable consumers lose nothing either: each message is told once to each member but its author."""
    suite.kill("notify")
    talk.goes_on(20)
    suite.restart("notify")
    suite.kill("admin")
    talk.goes_on(20)
    suite.restart("admin")
    assert talk.stop() == []
    total = sum(len(talk.whole_history(c)) for c in talk.channels)
    until(lambda: talk.admin.ok("GET", "/admin/stats")["messages"]["total"] == total, "the figures to be right", timeout=PATIENCE)
    others = {m["id"] for c in talk.channels for m in talk.whole_history(c) if m["user_id"] != talk.admin.id}

    def told():
        items, cursor = [], None
        while True:
            page = talk.admin.ok("GET", "/notifications", params={"limit": 200, **({"cursor": cursor} if cursor else {})})
            items += [n["message_id"] for n in page["items"] if n["kind"] == "message"]
            cursor = page["next_cursor"]
            if not cursor:
                return items

    until(lambda: set(told()) == others, "each message to be told", timeout=PATIENCE)
    final = told()
    assert len(final) == len(set(final))
