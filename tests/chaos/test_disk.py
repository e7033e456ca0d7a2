"""No room left for the tables, none for the write-ahead log, a database that may only be read: who sends is told to try again, nothing
acknowledged is lost, and all goes on by itself once there is room."""

import pathlib
import tempfile

import pytest
from harness import Suite, until
from harness.conversation import PATIENCE, Conversation
from harness.suite import BUILD
from small_disk import SmallPostgres

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def postgres():
    cluster = SmallPostgres(pathlib.Path(tempfile.mkdtemp(prefix="pqdisk-", dir="/tmp")), BUILD / "bin/palique-launcher")
    if not (cluster.tables.mounted and cluster.wal.mounted):
        cluster.tables.remove()
        cluster.wal.remove()
        pytest.skip(f"no disk can be made here to be filled: {cluster.tables.why}")
    yield cluster.create().start()
    cluster.remove()


@pytest.fixture(scope="module")
def suite(postgres, tmp_path_factory):
    made = Suite(tmp_path_factory.mktemp("disk"), postgres=postgres, gateways=2).start()
    yield made
    made.stop()


@pytest.fixture
def talk(suite):
    until(suite.postgres.answers, "PostgreSQL to be back", timeout=PATIENCE)
    until(lambda: all(suite.proc(p).healthy() for p in suite.processes), "all to be ready", timeout=PATIENCE)
    conversation = Conversation(suite)
    conversation.apart = conversation.admin.channel()  # for sends that are not talk
    conversation.goes_on()
    yield conversation
    for disk in (suite.postgres.tables, suite.postgres.wal):
        disk.room()
    for talker in conversation.talkers.values():
        talker.wanted = False
    suite.close_kept()
    suite.check_logs()


def told_to_try_again(talk):
    """Every talker has been refused with service.unavailable, and a REST client too, with the time after which to come again."""
    before = {name: talker.errors["service.unavailable"] for name, talker in talk.talkers.items()}
    until(lambda: all(t.errors["service.unavailable"] > before[name] for name, t in talk.talkers.items()), "everyone to be told", timeout=PATIENCE)

    def refused():
        answer = talk.admin.post(f"/channels/{talk.apart['id']}/messages", {"content": "x" * 8000})  # more than a page has room for
        return answer if answer.status_code != 201 else None

    answer = until(refused, "a send to be refused", timeout=PATIENCE)
    problem = answer.json()
    assert answer.status_code == 503 and problem["code"] == "service.unavailable", answer.text
    assert int(answer.headers["Retry-After"]) >= 1 and problem["retry_after"] >= 1
    assert "database" not in answer.text and "space" not in answer.text  # not theirs to know


def all_is_well_again(suite, talk):
    """By itself: nothing was restarted but what fell over. The followers of the log have not stopped either."""
    talk.goes_on()
    until(lambda: all(suite.proc(p).healthy() for p in suite.processes), "all to be ready", timeout=PATIENCE)
    assert talk.stop() == []
    stored = suite.psql("select count(*) from chat.message m join chat.channel c on c.id = m.channel_id"
                        f" where c.org_id = {talk.admin.user['organization_id']}")
    until(lambda: talk.admin.ok("GET", "/admin/stats")["messages"]["total"] == int(stored), "the followers to have seen all", timeout=PATIENCE)


def test_without_room_for_tables_sends_are_refused_until_there_is(suite, talk):
    pids = {name: suite.proc(name).pid for name in suite.processes}
    for _ in range(2):
        suite.postgres.tables.fill()
        told_to_try_again(talk)
        assert "No space left on device" in suite.proc("chat").tail(1 << 20)
        suite.postgres.tables.room()
        talk.goes_on()
    all_is_well_again(suite, talk)
    assert {name: suite.proc(name).pid for name in suite.processes} == pids


def test_a_database_without_room_for_its_log_panics_and_comes_back(suite, talk):
    restarts, postmaster = suite.postgres.restarts(), suite.postgres.postmaster()
    suite.postgres.wal.fill()
    until(suite.postgres.use_up_wal, "PostgreSQL to have no room for its log", timeout=PATIENCE)
    told_to_try_again(talk)
    # It recovers within its own process, or ends because recovery needs room too: then the launcher tries until it works.
    suite.postgres.wal.room()
    until(suite.postgres.answers, "PostgreSQL to be back", timeout=PATIENCE)
    all_is_well_again(suite, talk)
    assert suite.postgres.restarts() > restarts or suite.postgres.postmaster() == postmaster


READ_ONLY = {
    "for the whole server": ("alter system set default_transaction_read_only = on; select pg_reload_conf()",
                             "alter system reset default_transaction_read_only; select pg_reload_conf()"),
    # Sessions of before can still write and are ended; those that then begin can only read, and nobody ends them.
    "for chat's new sessions": ("alter role palique_chat set default_transaction_read_only = on;"
                                " select pg_terminate_backend(pid) from pg_stat_activity where usename = 'palique_chat'",
                                "alter role palique_chat reset default_transaction_read_only"),
}


@pytest.mark.parametrize("how", READ_ONLY)
def test_a_database_that_may_only_be_read_is_written_again_when_it_may(suite, talk, how):
    on, off = READ_ONLY[how]
    for statement in on.split(";"):
        suite.postgres.psql(statement)
    try:
        told_to_try_again(talk)
        talk.admin.history(talk.apart)  # reading goes on
    finally:
        for statement in off.split(";"):
            suite.postgres.psql(statement)
    all_is_well_again(suite, talk)
