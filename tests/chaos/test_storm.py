"""Thousands of clients lose their sockets at once and come back: each gap is filled, nobody is told anything twice, and what it costs is reported.
The short form has fewer clients; PALIQUE_STORM_CLIENTS says how many (./test chaos: 5,000)."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest
from harness import until
from harness.suite import BUILD, SCALE
from harness.talker import Talker

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bench"))
from people import People  # noqa: E402
from usage import stat, tree_cpu  # noqa: E402

pytestmark = [pytest.mark.slow, pytest.mark.skipif(SCALE > 1, reason="measures what a sanitizer changes")]
CLIENTS = int(os.environ.get("PALIQUE_STORM_CLIENTS", "800"))
CHANNELS = 20
PATIENCE = 120
CLEAN = ("repeated", "skipped", "gaps", "errors", "strangers")


class Storm:
    """The program, its clients connected to the gateways with these numbers, in turn."""

    def __init__(self, suite, plan, gateways, connecting=200):
        ports = ",".join(str(suite.ports[f"gateway{n}"]) for n in gateways)
        self.process = subprocess.Popen([BUILD / "bin/palique-storm", "--plan", plan, "--port", ports, "--connecting", str(connecting)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def tell(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def report(self):
        self.tell("report")
        return json.loads(self.process.stdout.readline())

    def all_open(self):
        report = self.report()
        return report if report["open"] == report["clients"] else None

    def await_all(self):
        return until(self.all_open, "all clients to be there", timeout=PATIENCE, interval=0.2)

    def close(self):
        self.process.stdin.close()
        self.process.wait(20)


class Crowd:
    """A suite with two gateways, many people in a few channels, and one who talks in all of them."""

    def __init__(self, suite, folder):
        self.suite = suite
        people = People(suite)
        self.admin = people.org.admin
        crowd = people.make(CLIENTS)
        groups = [crowd[n::CHANNELS] for n in range(CHANNELS)]
        self.channels = people.channels(CHANNELS, [[*group, self.admin] for group in groups])
        self.plan = folder / "plan"
        self.plan.write_text("".join(f"{person.token} {self.channels[n]}\n" for n, group in enumerate(groups) for person in group))

    def heads(self):
        rows = self.suite.psql("select channel_id, seq from chat.channel_head")
        heads = dict(map(int, row.split("|")) for row in rows.splitlines())
        return {str(channel): heads[channel] for channel in self.channels}


@pytest.fixture(scope="module")
def crowd(tmp_path_factory, postgres):
    from harness import Suite
    folder = tmp_path_factory.mktemp("storm")
    suite = Suite(folder, postgres=postgres, gateways=2).start()
    yield Crowd(suite, folder)
    suite.stop()


def cpu(crowd, gateway):
    """CPU seconds so far; a gateway that was started anew begins at 0."""
    used = {name: stat(crowd.suite.proc(name).pid)[1] for name in ("auth", "chat", "notify", gateway)}
    return {**used, "postgres": tree_cpu(crowd.suite.postgres.process.pid)}


def cut_and_judge(crowd, capsys, name, storm, cut, gateway, fresh):
    """cut() takes the sockets away. gateway: where they come back to; fresh: it is a new process then."""
    talker = Talker(crowd.admin, crowd.channels, [crowd.suite.ws_url(1)], pause=0.02)
    storm.await_all()
    until(lambda: len(talker.acked) >= CHANNELS, "the talk to begin", timeout=PATIENCE)
    storm.tell("mark")
    before, said, began = cpu(crowd, gateway), len(talker.acked), time.monotonic()
    cut()
    until(lambda: storm.report()["lost"] >= CLIENTS, "all sockets to be lost", timeout=PATIENCE, interval=0.1)
    report = storm.await_all()
    seconds, after = time.monotonic() - began, cpu(crowd, gateway)
    said = len(talker.acked) - said
    talker.hush()
    until(talker.quiet, "everything said to be acknowledged", timeout=PATIENCE)
    heads = crowd.heads()
    until(lambda: storm.report()["positions"] == heads, f"everyone to see the end {heads}", timeout=PATIENCE, interval=0.2)
    report = storm.report()
    talker.end()
    assert talker.faults == [] and talker.gaps == []
    assert {what: report[what] for what in CLEAN} == dict.fromkeys(CLEAN, 0), report
    assert report["lost"] == CLIENTS, "some were lost twice"
    assert report["missed"] > 0 and said >= CHANNELS, "nothing was said meanwhile"
    if fresh:
        before[gateway] = 0.0
    used = {what: round(after[what] - before[what], 2) for what in after}
    told = {"storm": name, "clients": CLIENTS, "seconds": round(seconds, 2), "away_ms": report["away_ms"], "attempts": report["attempts"],
            "failed": report["failed"], "refused": report["refused"], "missed_events": report["missed"], "early_events": report["early"], "messages_meanwhile": said,
            "cpu_seconds": {**used, "clients": report["cpu_s"]}, "cpu_ms_per_client": round(sum(used.values()) * 1000 / CLIENTS, 2)}
    with capsys.disabled():
        print("\n" + json.dumps(told))
    (BUILD / f"storm-{name}.json").write_text(json.dumps(told, indent=1) + "\n")
    return report


def test_all_come_back_after_their_gateway_was_killed(crowd, capsys):
    storm = crowd.suite.keep(Storm(crowd.suite, crowd.plan, [0]))

    def kill():
        crowd.suite.kill("gateway0")
        crowd.suite.proc("gateway0").start()

    report = cut_and_judge(crowd, capsys, "killed", storm, kill, "gateway0", fresh=True)
    assert report["restarts"] == 0
    crowd.suite.proc("gateway0").wait_ready()
    crowd.suite.close_kept()


def test_all_go_to_the_other_gateway_when_theirs_is_stopped(crowd, capsys):
    # At first all are connected to gateway0; the first attempt after the loss is at gateway1.
    storm = crowd.suite.keep(Storm(crowd.suite, crowd.plan, [0, 1]))
    report = cut_and_judge(crowd, capsys, "drained", storm, lambda: crowd.suite.proc("gateway0").signal(signal.SIGTERM), "gateway1", fresh=False)
    assert report["restarts"] == CLIENTS and report["windows"] == CLIENTS, "who was sent away was not told when to come back"
    assert crowd.suite.proc("gateway0").process.wait(30) == 0
    crowd.suite.restart("gateway0")
    crowd.suite.close_kept()


def test_a_crowd_before_a_chat_that_is_silent_is_told_to_come_again(crowd):
    crowd.suite.proc("chat").signal(signal.SIGSTOP)
    try:
        storm = crowd.suite.keep(Storm(crowd.suite, crowd.plan, [0], connecting=CLIENTS))
        report = until(lambda: (r := storm.report())["refused"] > 64 and r, "some to be refused", timeout=PATIENCE, interval=0.2)
        assert report["timeouts"] == 0 and report["strangers"] == 0, report
        assert report["retry_min_s"] >= 1, "refused without a time to come again"
        assert report["retry_max_s"] > report["retry_min_s"], "all were told the same time"
    finally:
        crowd.suite.proc("chat").signal(signal.SIGCONT)
    report = storm.await_all()
    assert {what: report[what] for what in CLEAN} == dict.fromkeys(CLEAN, 0), report
    crowd.suite.close_kept()


def test_hello_tells_a_window_that_grows_with_the_crowd(crowd):
    def window():
        with_hello = crowd.admin.ws(gateway=0)
        told = with_hello.expect("hello")["reconnect"]
        with_hello.close()
        return told

    alone = window()
    assert 0 < alone["min_ms"] < alone["max_ms"] <= 2000
    storm = crowd.suite.keep(Storm(crowd.suite, crowd.plan, [0]))
    storm.await_all()
    crowded = window()
    assert crowded["max_ms"] >= alone["max_ms"] + CLIENTS
    crowd.suite.close_kept()
