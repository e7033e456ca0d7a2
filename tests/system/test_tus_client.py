"""The reference client of tus against the suite: a large file through the edge while chat is killed under it. PALIQUE_TEST_UPLOAD_MB makes it larger
(2048: the long form, which also prints what memory the processes took)."""

import contextlib
import hashlib
import json
import os
import pathlib
import random
import socket
import subprocess
import threading
import urllib.parse

import pytest

from harness import until
from harness.npm import installed

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / "tests/tus"
MEGABYTES = int(os.environ.get("PALIQUE_TEST_UPLOAD_MB", "64"))
KILLS = 4


@pytest.fixture(scope="module")
def tus_client():
    """The folder with tus-js-client, installed once for each lock file."""
    return installed(SOURCE, "tus-client", "upload.mjs")


def make_file(path):
    digest, block = hashlib.sha256(), random.Random(7).randbytes(1 << 20)
    with open(path, "wb") as f:
        for n in range(MEGABYTES):
            piece = n.to_bytes(8, "big") + block[8:]
            f.write(piece)
            digest.update(piece)
    return digest.hexdigest()


class Door:
    """Stands between the client and chat and counts what it carries inward. What crosses a point waits until `at_point` has happened there: chat is
    killed and started again behind the door, whose other sides are cut; who comes meanwhile waits until it is open. (To an answer that is an error
    this client begins anew.) Points within the size of the file are always crossed."""

    def __init__(self, port, points=(), at_point=None):
        self.inside, self.points, self.at_point = port, sorted(points), at_point
        self.inward, self.failed, self.carried = 0, None, set()
        self.lock, self.opened = threading.Lock(), threading.Event()
        self.opened.set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                outer = self.listener.accept()[0]
            except OSError:
                return
            self.opened.wait()
            try:
                inner = socket.create_connection(("127.0.0.1", self.inside))
            except OSError:
                outer.close()
                continue
            self.carried |= {outer, inner}
            threading.Thread(target=self.carry, args=(outer, inner, self.count), daemon=True).start()
            threading.Thread(target=self.carry, args=(inner, outer, len), daemon=True).start()

    @staticmethod
    def carry(a, b, count):
        try:
            while data := a.recv(65536):
                count(data)
                b.sendall(data)
            b.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def count(self, data):
        with self.lock:
            self.inward += len(data)
            while self.points and self.inward >= self.points[0]:
                self.points.pop(0)
                self.cut()
                try:
                    self.at_point()
                except Exception as e:  # noqa: BLE001 - the test tells it
                    self.failed = e
                self.opened.set()

    def cut(self):
        self.opened.clear()
        while self.carried:
            one = self.carried.pop()
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def close(self):
        self.listener.close()
        self.cut()


def kill_chat(suite, person):
    suite.kill("chat")
    suite.restart("chat")
    until(lambda: person.get("/files/1/info").status_code != 503, "the keys to be known", timeout=60)


def watch(client, suite, most, door):
    """What the client says; the last line's JSON."""
    said = None
    for line in client.stdout:
        word, _, rest = line.partition(" ")
        if word == "sent":
            with door.lock:  # nobody is being killed
                for name in most:
                    most[name] = max(most[name], suite.own_memory(name))
        elif word == "done":
            said = json.loads(rest)
    assert client.wait(60) == 0 and said, f"the client gave up; {door.failed}"
    return said


@pytest.mark.parametrize("edge, kills", [(False, KILLS), (True, 0)], ids=["killed", "through the edge"])
def test_a_large_file_arrives_whole(make_suite, tus_client, tmp_path, edge, kills):
    suite = make_suite(edge=edge)
    person = suite.org().member()
    source = tmp_path / "large.bin"
    wanted = make_file(source)
    before = {name: suite.own_memory(name) for name in ("gateway0", "chat")}
    most, points = dict(before), random.Random().sample(range(1, MEGABYTES << 20), kills)
    door = Door(suite.ports["edge" if edge else "chat"], points, lambda: kill_chat(suite, person))
    command = ["node", "upload.mjs", f"http://127.0.0.1:{door.port}/files/", person.token, str(source), "Infinity"]
    with subprocess.Popen(command, cwd=tus_client, stdout=subprocess.PIPE, text=True) as client:
        said = watch(client, suite, most, door)
    door.close()
    assert not door.failed and not door.points and said["retries"] >= kills, (said, points, door.failed)
    got = hashlib.sha256()
    with person.http.stream("GET", suite.base_for("/files") + urllib.parse.urlsplit(said["url"]).path, headers={"Authorization": f"Bearer {person.token}"}) as answer:
        assert answer.status_code == 200 and int(answer.headers["content-length"]) == MEGABYTES << 20
        for piece in answer.iter_bytes():
            got.update(piece)
    assert got.hexdigest() == wanted
    kept = list((suite.folder / "files/blobs").glob("*/*/*"))
    assert [k.name.split(".")[0] for k in kept] == [wanted]
    assert not list((suite.folder / "files/parts").iterdir()), "it was continued, not begun anew"
    assert not list(suite.folder.glob("nginx-*/*")), "the edge keeps nothing of it"
    print(f"\n{MEGABYTES} MiB, {said['retries']} interruptions; own memory before and at most, KiB: "
          + ", ".join(f"{name} {before[name]}, {most[name]}" for name in before))
    if suite.build.name not in ("asan", "tsan"):  # they keep what was freed
        assert most["gateway0"] < before["gateway0"] + 2048 and most["chat"] < before["chat"] + 65536
