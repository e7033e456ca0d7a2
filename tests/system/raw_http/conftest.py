"""`target`: where the raw requests go. PALIQUE_RAW_TARGET (host:port or unix:/path) names a server; else http_echo is started,
a front without a suite behind it."""

import gzip
import os
import subprocess

import pytest

from harness.suite import BUILD

# Twins are served as they are, so any bytes will do.
PAGES = {"index.html": b"<p>" + b"hello " * 200, "assets/app-1a2b.js": b"1;" * 400, "assets/app-1a2b.js.br": b"brotli", "assets/app-1a2b.js.gz": gzip.compress(b"1;" * 400),
         "lonely.gz": b"no twin of anything"}


class Echo:
    def __init__(self, listen, folder):
        for name, content in PAGES.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
        self.process = subprocess.Popen([BUILD / "bin/http_echo", listen, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.target = self.process.stdout.readline().decode().strip()
        self.token = self.process.stdout.readline().decode().strip()

    def end(self):
        self.process.stdin.close()
        rest = self.process.stderr.read().decode()
        assert self.process.wait(timeout=30) == 0, rest
        assert "Sanitizer" not in rest and "runtime error" not in rest, rest


@pytest.fixture(scope="session")
def echo(tmp_path_factory):
    server = Echo("127.0.0.1:0", tmp_path_factory.mktemp("pages"))
    assert server.target and server.token, server.process.stderr.read().decode()
    yield server
    server.end()


@pytest.fixture(scope="session")
def target(request):
    return os.environ.get("PALIQUE_RAW_TARGET") or request.getfixturevalue("echo").target
