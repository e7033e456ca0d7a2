"""./run as people use it: with a folder and a port of the test's own, so that it disturbs nothing else on the machine."""

import os
import pathlib
import pwd
import re
import signal
import subprocess
import urllib.request

import pytest
from harness import until
from harness.installation import BUILDING, PROCESSES, RUN, SERVICES, Installation
from harness.suite import ROOT, free_port

pytestmark = pytest.mark.slow


@pytest.fixture
def make():
    made = []

    def one(**kwargs):
        made.append(Installation(**kwargs))
        return made[-1]

    yield one
    for installation in made:
        installation.end()


@pytest.fixture(scope="module")
def running():
    """One installation that runs; a test that stops it starts it again."""
    installation = Installation().start()
    yield installation
    installation.end()


def one_line(done):
    """The message of a refused start: a single line that begins with the program's name."""
    lines = [line for line in done.stderr.splitlines() if not line.startswith(("configuring", "building", "creating"))]
    assert done.returncode != 0 and len(lines) == 1 and lines[0].startswith("palique: "), (done.returncode, done.stderr)
    return lines[0]


def test_detached_it_returns_when_everything_is_ready(running):
    assert {name: row[0] for name, row in running.status().items()} == {name: "ready" for name in PROCESSES}
    for path in ("/", "/docs/", "/docs/openapi.json", "/.well-known/jwks.json"):
        with urllib.request.urlopen(running.url(path), timeout=60) as answer:
            assert answer.status == 200
    assert "acknowledged and delivered to both" in running.talk()


def test_a_running_installation_is_not_started_again(running):
    assert "already running" in one_line(running.run("--port", free_port(), "--detach"))
    assert running.status()["gateway"][0] == "ready"


def test_a_port_in_use_is_told_in_one_line(running, make):
    other = make()
    assert f"port {running.port} is in use" in one_line(other.run("--port", running.port, "--detach"))
    assert other.status() is None and other.pids() == []


def test_two_installations_live_side_by_side(running, make):
    other = make()
    other.data = other.folder / "l'año_$1:x"  # a path need not be plain
    other.start()
    body = {"email": "ana@empresa.com", "username": "ana", "password": "a-long-enough-secret-9", "organization": "Empresa"}
    assert running.call("POST", "/auth/register", body)["user"]["id"] and other.call("POST", "/auth/register", body)["user"]["id"] == 1
    assert other.run("stop").returncode == 0
    assert running.status()["auth"][0] == "ready"


@pytest.mark.parametrize("words", [["--port"], ["--port", "x"], ["--port", "0"], ["--port", "65536"], ["--port", "-1"], ["--colour"], ["dance"], ["--data"], ["--data", ""], ["--host", ""]])
def test_a_wrong_word_is_told_in_one_line(words, tmp_path):
    done = subprocess.run([str(RUN), *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path)
    one_line(done)


def test_an_address_that_is_none_is_told_before_anything_is_made(make):
    other = make()
    assert "no.such.host.invalid" in one_line(other.run("--host", "no.such.host.invalid", "--port", other.port, "--detach"))
    assert not (other.data / "postgres").exists() and other.pids() == []


@pytest.mark.parametrize("name", ["with space", "a\tb", "a\\b", "a;b", "a,b", "a{b", "a#b", "100%", "a?b", "a&b"])
def test_a_folder_that_addresses_cannot_name_is_told_in_one_line(make, name):
    other = make()
    other.data = other.folder / name
    assert "--data" in one_line(other.run("--port", other.port, "--detach"))
    assert not other.data.exists()


def test_the_log_of_nobody_is_not_waited_for(running, make):
    for name in ("nobody", "../secrets/key", "../log/chat"):
        assert f"no log of {name}" in one_line(running.run("logs", name, timeout=30))
    assert "no logs" in one_line(make().run("logs", timeout=30))


def test_what_needs_a_running_installation_says_so(make):
    idle = make()
    assert idle.status() is None
    assert idle.run("stop").returncode == 0 and "not running" in idle.run("stop").stderr
    for word in ("psql", "demo", "rotate-keys"):
        assert "not running" in one_line(idle.run(word))
    assert "nothing to remove" in idle.run("reset", "--yes").stderr


def test_a_second_start_finds_everything_as_it_was(running):
    body = {"email": "eva@otra.com", "username": "eva", "password": "a-long-enough-secret-9", "organization": "Otra"}
    token = running.call("POST", "/auth/register", body)["access_token"]
    channel = running.call("POST", "/channels/", {"name": "diario"}, token)["id"]
    running.call("POST", f"/channels/{channel}/messages", {"content": "queda escrito"}, token)
    assert "stopped" in running.run("stop").stderr
    until(lambda: running.pids() == [], "nothing to be left")
    assert running.status() is None
    running.start()
    # The old token holds as well: the keys are the same.
    assert [m["content"] for m in running.call("GET", f"/channels/{channel}/messages", token=token)["items"]] == ["queda escrito"]
    assert running.call("POST", "/auth/login", {"email": body["email"], "password": body["password"]})["user"]["username"] == "eva"


@pytest.mark.parametrize("name", ["chat", "gateway", "postgres", "edge"])
def test_a_killed_process_is_started_again(running, name):
    _, pid, restarts = running.status()[name]
    os.kill(pid, signal.SIGKILL)
    until(lambda: (row := running.status()[name])[0] == "ready" and row[1] != pid and row[2] == restarts + 1, f"{name} to be started again", timeout=60)
    until(lambda: all(row[0] == "ready" for row in running.status().values()), "all to be ready", timeout=60)
    until(lambda: _talks(running), "people to talk again", timeout=60, interval=0.5)


def _talks(installation):
    try:
        return installation.talk()
    except AssertionError:
        return None


def test_a_killed_edge_leaves_no_worker_behind(running):
    """nginx's workers outlive a master that is killed, and keep its port."""
    def nginx():
        return {pid for pid in running.pids() if os.path.basename(os.readlink(f"/proc/{pid}/exe")) == "nginx"}

    before = nginx()
    assert len(before) == 2
    os.kill(running.status()["edge"][1], signal.SIGKILL)
    until(lambda: (row := running.status()["edge"])[0] == "ready" and row[1] not in before, "the edge to be started again", timeout=60)
    assert not nginx() & before and len(nginx()) == 2
    running.talk()


def test_no_process_outlives_a_killed_launcher(running):
    assert len(running.pids()) >= 7
    os.kill(running.launcher(), signal.SIGKILL)
    until(lambda: running.pids() == [], "every process to end", timeout=60)
    assert running.status() is None
    running.start()
    running.talk()


def test_in_the_foreground_an_interrupt_ends_all_in_order(make):
    installation = make()
    process = installation.popen("--port", installation.port)
    said = ""
    while "Ctrl-C" not in said:
        line = process.stdout.readline()
        assert line, f"ended: {said}"
        said += line
    assert {row[0] for row in installation.status().values()} == {"ready"}
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: to the whole group
    rest, _ = process.communicate(timeout=90)
    assert process.returncode == 0 and "stopped" in rest
    until(lambda: installation.pids() == [], "nothing to be left")
    # The services were gone before PostgreSQL ended: it had to cut nobody off.
    database = (installation.data / "log/postgres.log").read_text()
    cut = set(re.findall(r"\[(\d+)\] FATAL: +terminating connection", database))
    left = set(re.findall(r"\[(\d+)\] LOG: +could not send data to client", database))  # its service had gone, it had only not noticed yet
    assert cut <= left and "database system is shut down" in database
    log = (installation.data / "log/chat.log").read_text()
    assert "Sanitizer" not in log and '"error"' not in log.lower()


def test_an_interrupt_during_the_start_ends_it(make):
    installation = make()
    process = installation.popen("--port", installation.port)
    until(lambda: (installation.data / "run/lock").exists(), "the launcher", timeout=BUILDING)
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=90)
    assert "stopped" in said
    until(lambda: installation.pids() == [], "nothing to be left")


def test_of_two_starts_at_once_one_is_told(make):
    installation = make()
    words = ("--port", installation.port, "--detach")
    both = [installation.popen(*words) for _ in range(2)]
    said = [process.communicate(timeout=BUILDING)[0] for process in both]
    assert sorted(process.returncode for process in both) == [0, 1], said
    (told,) = (text for process, text in zip(both, said, strict=True) if process.returncode)
    assert "another ./run is at work" in told or "already running" in told
    installation.talk()


def test_the_demo_fills_an_organisation_and_prints_sign_ins(running):
    done = running.run("demo", "--", "--messages", "50")
    assert done.returncode == 0, done.stderr
    said = done.stdout + done.stderr
    secret = (running.data / "secrets/demo").read_text()
    assert "ana" in said and secret in said
    answer = running.call("POST", "/auth/login", {"email": "ana@demo.palique.example", "password": secret})
    channels = running.call("GET", "/channels/", token=answer["access_token"])["items"]
    assert len(channels) >= 5 and sum(c["head_seq"] for c in channels) >= 50


def test_logs_follow_one_process_or_all(running):
    for words, wanted in ((["logs", "chat"], '"service"'), (["logs"], "==>")):
        process = running.popen(*words)
        line = process.stdout.readline()
        while line and wanted not in line and "{" not in line:
            line = process.stdout.readline()
        assert line
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=10)


def test_psql_and_the_keys(running):
    token = running.call("POST", "/auth/register", {"email": "leo@leo.com", "username": "leo", "password": "a-long-enough-secret-9", "organization": "Leo"})["access_token"]
    done = running.run("psql", "--", "-Atc", "select count(*) from auth.signing_key")
    assert done.returncode == 0, done.stderr
    keys = int(done.stdout)
    assert running.run("rotate-keys").returncode == 0
    assert int(running.run("psql", "--", "-Atc", "select count(*) from auth.signing_key").stdout) == keys + 1
    assert running.call("GET", "/auth/me", token=token)["username"] == "leo"


def test_reset_asks_and_removes(make):
    installation = make().start()
    refused = installation.run("reset")  # nobody answers
    assert refused.returncode != 0 and (installation.data / "postgres").exists()
    assert installation.run("reset", "--yes").returncode == 0
    assert installation.pids() == [] and not (installation.data / "postgres").exists() and not (installation.data / "secrets").exists()
    installation.start()
    assert installation.call("POST", "/auth/register", {"email": "a@a.com", "username": "aa", "password": "a-long-enough-secret-9", "organization": "A"})["user"]["id"] == 1


@pytest.mark.parametrize("left", ["secrets/key", "files/blobs/ab", "postgres.new/base"])
def test_what_an_interrupted_restore_or_first_start_left_can_be_removed(make, left):
    installation = make()
    (installation.data / left).parent.mkdir(parents=True)
    (installation.data / left).touch()
    assert "there is an installation" in installation.run("restore", RUN).stderr
    done = installation.run("reset", "--yes")
    assert done.returncode == 0 and "removed" in done.stderr, done.stderr
    assert not [path for path in installation.data.rglob("*") if path.is_file()]


def test_secrets_are_for_their_owner_only(running):
    for path in (running.data / "secrets", running.data / "run/bus", running.data / "log"):
        assert path.stat().st_mode & 0o077 == 0, path
    for path in (running.data / "secrets").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path
    for name in SERVICES:
        pid = running.status()[name][1]
        words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes() + pathlib.Path(f"/proc/{pid}/environ").read_bytes()
        for secret in (running.data / "secrets").iterdir():
            assert secret.read_bytes().strip() not in words, (name, secret)


def test_nothing_but_postgres_and_its_own_users_run(running):
    """As root nothing that people reach runs as root."""
    if os.geteuid() != 0:
        pytest.skip("not root")
    owners = {name: pwd.getpwuid(pathlib.Path(f"/proc/{row[1]}").stat().st_uid).pw_name for name, row in running.status().items()}
    assert owners == {"postgres": "postgres", **{name: "palique" for name in SERVICES}, "edge": "root"}  # nginx's master; its workers are palique's


def ordinary_user():
    if os.geteuid() != 0:
        return None
    if not all(os.stat(folder).st_mode & 0o001 for folder in (ROOT, *ROOT.parents)):
        pytest.skip("the checkout is in a folder that only root may enter")
    return "nobody"


def test_an_ordinary_user_runs_it_too(make, running):  # `running` has built it
    installation = make(user=ordinary_user()).start()
    owners = {pathlib.Path(f"/proc/{pid}").stat().st_uid for pid in installation.pids()}
    assert owners == {installation.user.pw_uid if installation.user else os.geteuid()}
    installation.talk()
    assert installation.run("stop").returncode == 0
    until(lambda: installation.pids() == [], "nothing to be left")


def test_a_missing_package_without_the_right_to_install_is_told_in_one_line(make, tmp_path):
    installation = make(user=ordinary_user())
    tools = installation.folder / "tools"
    tools.mkdir(mode=0o755)
    (tools / "dpkg-query").write_text('#!/bin/sh\ncase "$*" in *libnng-dev*) exit 1 ;; esac\nexec /usr/bin/dpkg-query "$@"\n')
    (tools / "sudo").write_text("#!/bin/sh\nexit 1\n")
    for tool in tools.iterdir():
        tool.chmod(0o755)
    done = installation.run("--port", installation.port, "--detach", env={"PATH": f"{tools}:{os.environ['PATH']}"})
    if os.geteuid() != 0 or installation.user:
        line = one_line(done)
        assert "libnng-dev" in line and "apt-get install" in line


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_a_full_disk_is_told_in_one_line(make, running):
    installation = make()
    installation.data.mkdir()
    script = f"mount -t tmpfs -o size=40m,mode=755 tmpfs {installation.data} && exec {RUN} --port {installation.port} --detach --data {installation.data}"
    done = subprocess.run(["unshare", "--mount", "bash", "-c", script], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=BUILDING, check=False)
    assert "MiB left" in one_line(done)


def test_a_service_that_cannot_start_fails_the_start_in_one_line(make, running):
    installation = make().start()
    assert installation.run("stop").returncode == 0
    (installation.data / "secrets/key").write_text("another secret than the keys were sealed with")
    done = installation.run("--port", installation.port, "--detach")
    assert done.returncode != 0 and "auth" in done.stderr and "log" in done.stderr, done.stderr
    until(lambda: installation.pids() == [], "nothing to be left", timeout=60)
    assert installation.status() is None
