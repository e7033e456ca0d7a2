"""kill -9 of each process in turn during a steady conversation: clients are told clearly or reconnect, resume, and in the end the history is what was
acknowledged and everyone has seen each event once, in order (ARCHITECTURE: the delivery contract)."""

import pytest
from harness import until
from harness.conversation import PATIENCE, Conversation


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    from harness import Suite
    made = Suite(tmp_path_factory.mktemp("kills"), gateways=2).start()
    yield made
    made.stop()


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
