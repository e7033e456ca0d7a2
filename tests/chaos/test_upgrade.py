"""A rolling upgrade and the way back, while people talk: old and new builds side by side, the schema a migration ahead of the old ones. The new
build is this one with the migrations of next/ on top, through the same code."""

import json
import signal

import pytest
from harness import Suite, until
from harness.conversation import PATIENCE, Conversation
from harness.suite import BUILD, SCALE, service_of

pytestmark = [pytest.mark.slow, pytest.mark.skipif(SCALE > 1, reason="minutes under a sanitizer")]
WITH_SCHEMA = ("auth", "chat", "notify", "admin")
NEWER = "the schema is newer than this program"


@pytest.fixture
def suite(tmp_path, postgres):
    made = Suite(tmp_path / "upgrade", postgres=postgres, gateways=2, chats=2).start()
    yield made
    made.stop()


@pytest.fixture
def talk(suite):
    conversation = Conversation(suite)
    conversation.goes_on()
    yield conversation
    for talker in conversation.talkers.values():
        talker.wanted = False


def roll(suite, name, build="", how=signal.SIGTERM):
    """Stops a process and starts it again, as another build: "-next", or "" for the one of before. It ends in order when it is asked to."""
    process = suite.proc(name)
    process.signal(how)
    code = process.process.wait(40)
    assert code == 0 or how == signal.SIGKILL, f"{name} ended with {code}:\n{process.tail()}"
    process.command[0] = str(BUILD / f"bin/palique-{service_of(name)}{build}")
    suite.restart(name)


def applied(suite, service):
    return int(suite.psql(f"select max(number) from {service}.migration"))


def says(suite, name, text):
    return any(json.loads(line)["event"] == text for line in suite.proc(name).log.read_text().splitlines() if line.startswith("{"))


def test_an_upgrade_and_its_rollback_cost_nothing_that_was_acknowledged(suite, talk, capsys):
    known = {service: applied(suite, service) for service in WITH_SCHEMA}

    for name in ("auth", "chat0", "notify", "admin"):
        roll(suite, name, "-next")
        talk.goes_on()
    assert {service: applied(suite, service) for service in WITH_SCHEMA} == dict.fromkeys(WITH_SCHEMA, 9001)
    assert max(known.values()) < 9001

    # The other chat is the old build still, on the newer schema: it works, and it starts.
    roll(suite, "chat1", how=signal.SIGKILL)
    assert says(suite, "chat1", NEWER) and not says(suite, "chat0", NEWER)
    talk.goes_on()
    roll(suite, "chat1", "-next")
    talk.goes_on()
    for name in ("gateway0", "gateway1"):
        roll(suite, name)
        talk.goes_on()

    # And back, without a way back for the schema.
    for name in ("chat0", "auth", "notify", "admin", "chat1"):
        roll(suite, name)
        assert says(suite, name, NEWER)
        talk.goes_on()

    until(lambda: all(suite.proc(p).healthy() for p in suite.processes), "all to be ready", timeout=PATIENCE)
    assert talk.stop() == []
    assert int(suite.psql("select count(*) from chat.message where next_note = 'from the next release'")) > 100  # both builds wrote there
    errors = sum((t.errors for t in talk.talkers.values()), start=type(next(iter(talk.talkers.values())).errors)())
    with capsys.disabled():
        print(f"\nupgrade and back: {talk.acknowledged()} messages acknowledged, told to try again: {dict(errors)}")
