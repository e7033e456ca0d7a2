"""./run backup while people talk, ./run restore into an empty folder: everything acknowledged before is there, and life goes on where it was."""

import os
import shutil
import subprocess
import threading
import urllib.request
import uuid

import pytest

from harness import until
from harness.installation import Installation
from harness.suite import ROOT

pytestmark = pytest.mark.slow
PASSWORD = "a-long-enough-secret-9"


class Talk(threading.Thread):
    """Somebody who writes to a channel without a pause: what was acknowledged, as client_id → seq."""

    def __init__(self, installation, token, channel):
        super().__init__(daemon=True)
        self.installation, self.token, self.path = installation, token, f"/channels/{channel}/messages"
        self.acknowledged, self.enough = {}, threading.Event()

    def run(self):
        while not self.enough.is_set():
            client_id = str(uuid.uuid4())
            message = self.installation.call("POST", self.path, {"content": "sin pausa", "client_id": client_id}, self.token)
            self.acknowledged[client_id] = message["seq"]

    def end(self):
        self.enough.set()
        self.join()


def register(installation, name):
    body = {"email": f"{name}@copia.example", "username": name, "password": PASSWORD, "organization": "Copia"}
    return installation.call("POST", "/auth/register", body)["access_token"]


def upload(installation, token, data):
    request = urllib.request.Request(installation.url("/files?filename=a.bin"), data=data, method="POST",
                                     headers={"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def history(installation, token, channel):
    found, before = [], ""
    while True:
        page = installation.call("GET", f"/channels/{channel}/messages?limit=200{before}", token=token)
        found += page["items"]
        if not page["has_before"]:
            return found
        before = f"&before={min(m['id'] for m in page['items'])}"


def first_line(done):
    assert done.returncode != 0, done
    return done.stderr.splitlines()[0]


LINKED = """
die() { echo "$*" && exit 1; }
STATE=$1 tries=$2
mkdir -p "$STATE/files/blobs" "$STATE/log" && echo kept >"$STATE/files/blobs/a"
. "$3/scripts/backup.sh"
cp() { [ $((tries--)) -le 0 ] || { echo "cp: cannot stat" >&2 && mkdir "$3" && return 1; }; command cp "$@"; }
backup_files "$STATE/copy"
cat "$STATE/copy/blobs/a"
"""


@pytest.mark.parametrize(("failures", "said"), [(0, "kept\n"), (4, "kept\n"), (5, "cannot link the files in {}/files, tried 5 times: cp: cannot stat\n")])
def test_a_file_that_goes_while_all_are_linked_does_not_end_a_backup(tmp_path, failures, said):
    """cp's own words when chat removes a file that it has seen in the folder."""
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", LINKED, "bash", tmp_path, str(failures), ROOT], capture_output=True, text=True, check=False)
    assert done.stdout == said.format(tmp_path), done


@pytest.fixture(scope="module")
def place():
    """The old installation with what was said in it, its backup, and the new one made of that."""
    old, new = Installation(), Installation()
    try:
        yield back_up(old.start(), new)
    finally:
        new.end()
        old.end()


def back_up(old, new):
    new.old, new.archive = old, old.folder / "palique.tar"
    new.ana, new.luis = register(old, "ana"), register(old, "luis")
    new.channel = old.call("POST", "/channels/", {"name": "diario"}, new.ana)["id"]
    old.call("POST", f"/channels/{new.channel}/join", {}, new.luis)
    new.content = os.urandom(300_000)
    upload(old, new.ana, new.content)
    talk = Talk(old, new.ana, new.channel)
    talk.start()
    until(lambda: len(talk.acknowledged) > 20, "a conversation", timeout=60)
    new.before = dict(talk.acknowledged)
    done = old.run("backup", new.archive)
    until(lambda: len(talk.acknowledged) > len(new.before) + 20, "it to go on", timeout=60)
    talk.end()
    assert done.returncode == 0, done.stderr
    assert new.archive.stat().st_mode & 0o077 == 0
    assert not list(old.data.glob("backup.*"))  # nothing is left beside it
    new.all = talk.acknowledged
    done = new.run("restore", new.archive)
    assert done.returncode == 0, done.stderr
    assert "restored into" in done.stderr and not list(new.data.glob("restore.*"))
    return new.start()


def test_all_that_was_acknowledged_before_is_there_and_the_log_is_dense(place):
    done = place.run("verify")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "wrong: 0" in done.stdout and "1 stored files with 300000 bytes" in done.stdout
    assert next((place.data / "files/blobs").glob("*/*/*")).read_bytes() == place.content
    found = {m["client_id"]: m["seq"] for m in history(place, place.luis, place.channel) if m["message_type"] == "text"}
    assert place.before.items() <= found.items() <= place.all.items()
    assert len(found) < len(place.all)  # it was taken while they talked
    seqs = sorted(found.values())
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))


def test_people_sign_in_and_tokens_hold(place):
    assert place.call("GET", "/auth/me", token=place.luis)["username"] == "luis"
    answer = place.call("POST", "/auth/login", {"email": "ana@copia.example", "password": PASSWORD})
    assert place.call("GET", "/auth/me", token=answer["access_token"])["username"] == "ana"


def test_life_goes_on_and_those_who_follow_the_log_hear_of_it(place):
    head = place.call("GET", f"/channels/{place.channel}", token=place.ana)["head_seq"]
    sent = place.call("POST", f"/channels/{place.channel}/messages", {"content": "@luis sigue", "client_id": str(uuid.uuid4())}, place.ana)
    assert sent["seq"] == head + 1
    until(lambda: [n for n in place.call("GET", "/notifications", token=place.luis)["items"] if n["kind"] == "mention"], "the mention", timeout=60)
    place.talk()


def test_nothing_is_overwritten(place):
    assert "already" in first_line(place.run("backup", place.archive))
    assert "there is an installation in" in first_line(place.run("restore", place.archive))
    assert "no folder" in first_line(place.run("backup", place.folder / "nowhere/a.tar"))


def test_what_is_damaged_is_not_restored(place):
    other = Installation()
    try:
        for name, archive in (("cut", place.archive.read_bytes()[:200_000]), ("another", b"no tar")):
            path = other.folder / name
            path.write_bytes(archive)
            assert "damaged" in first_line(other.run("restore", path))
        assert "cannot read" in first_line(other.run("restore", other.folder / "nothing"))
        assert not (other.data / "postgres").exists() and not list(other.data.glob("restore.*"))
    finally:
        shutil.rmtree(other.folder, ignore_errors=True)
