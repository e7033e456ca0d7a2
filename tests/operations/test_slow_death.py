"""A primary that does not die at once: what it never gave to its standby is seen for a moment, and must not count where the standby has taken over."""

import concurrent.futures
import os
import pathlib
import signal
import uuid

import pytest

from harness import Suite, until

TRANSACTIONS = 2000  # of the old primary alone: as many will have the same numbers at the new one


@pytest.fixture
def suite(pair, tmp_path):
    made = Suite(tmp_path / "suite", postgres=pair.start()).start()
    yield made
    made.stop()


def ends_to_write(pid):
    """The pipes that a process writes to, opened once more."""
    fds = pathlib.Path(f"/proc/{pid}/fd")
    for fd in fds.iterdir():
        flags = (fds.parent / "fdinfo" / fd.name).read_text().split("flags:")[1].split()[0]
        if os.readlink(fd).startswith("pipe:") and int(flags, 8) & os.O_ACCMODE == os.O_WRONLY:
            yield os.open(fd, os.O_WRONLY | os.O_NONBLOCK)


class SlowDeath:
    """Of a primary whose first process is killed. Its backends notice by the end of a pipe, in any order; here that is held open, and they end in the order of the test."""

    def __init__(self, server):
        self.server = server

    def pids(self, where, table="pg_stat_activity"):
        return [int(pid) for pid in self.server.psql(f"select pid from {table} where {where}").split()]

    def cut_off(self):
        """Nothing reaches the standby any more, and who commits waits. Many transactions begin that it will never hear of."""
        [self.sender] = self.pids("true", "pg_stat_replication")
        os.kill(self.sender, signal.SIGSTOP)
        self.server.psql(f"do $$ begin for i in 1..{TRANSACTIONS} loop perform pg_current_xact_id(); commit; end loop; end $$")

    def waiting(self):
        return self.pids("wait_event = 'SyncRep' and usename = 'palique_chat'")

    def begin(self):
        """Those who wait for the standby notice first, and give it up; so do notify's connections. chat goes on to read here."""
        first = self.pids("wait_event = 'SyncRep' or usename = 'palique_notify'")
        self.pipes = list(ends_to_write(self.server.process.pid))
        self.server.kill()
        for pid in first:
            os.kill(pid, signal.SIGTERM)  # what they do then is what they do when they notice by themselves

    def end(self):
        for pipe in self.pipes:
            os.close(pipe)
        os.kill(self.sender, signal.SIGKILL)


def told(person):
    return sorted(n["message_id"] for n in person.ok("GET", "/notifications", params={"limit": 200})["items"] if n["kind"] == "mention")


def post(person, channel, text, client_id):
    return person.post(f"/channels/{channel['id']}/messages", json={"content": text, "client_id": client_id})


def said(person, channel, text, client_id=None):
    """In the end; the same message however often it takes."""
    client_id = client_id or str(uuid.uuid4())

    def accepted():
        answer = post(person, channel, text, client_id)
        assert answer.status_code in (201, 503, 504), answer.text
        return answer.json()["id"] if answer.status_code == 201 else None

    return until(accepted, "a message to be acknowledged")


def test_what_only_the_old_primary_knew_moves_no_follower(pair, suite):
    org = suite.org()
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    text, client_id = f"@{luis.user['username']}", str(uuid.uuid4())
    messages = [said(ana, channel, text)]
    until(lambda: told(luis) == messages, "the first mention")

    primary = SlowDeath(pair.primary)
    primary.cut_off()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        never = pool.submit(post, ana, channel, text, client_id)
        until(primary.waiting, "a message to wait for the standby")
        pair.promote()
        primary.begin()
        assert never.result().status_code in (503, 504)
    until(lambda: told(luis) != messages or "another timeline" in suite.proc("notify").tail(), "notify to be given what was never acknowledged")
    primary.end()

    messages += [said(ana, channel, text, client_id)] + [said(ana, channel, text) for _ in range(20)]
    until(lambda: len(told(luis)) >= len(messages), lambda: f"{len(messages)} mentions: {len(told(luis))}")
    assert told(luis) == sorted(messages)
