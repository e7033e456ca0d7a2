"""`target`: where the raw requests go. PALIQUE_RAW_TARGET (host:port or unix:/path) names a server; else http_echo is started,
a front without a suite behind it."""

import os
import pathlib
import subprocess

import pytest

from harness.suite import BUILD

WEB = pathlib.Path(__file__).resolve().parents[3] / "web/static"


class Echo:
    def __init__(self, listen):
        self.process = subprocess.Popen([BUILD / "bin/http_echo", listen, WEB], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.target = self.process.stdout.readline().decode().strip()
        self.token = self.process.stdout.readline().decode().strip()

    def end(self):
        self.process.stdin.close()
        rest = self.process.stderr.read().decode()
        assert self.process.wait(timeout=30) == 0, rest
        assert "Sanitizer" not in rest and "runtime error" not in rest, rest


@pytest.fixture(scope="session")
def echo():
    server = Echo("127.0.0.1:0")
    assert server.target and server.token, server.process.stderr.read().decode()
    yield server
    server.end()


@pytest.fixture(scope="session")
def target(request):
    return os.environ.get("PALIQUE_RAW_TARGET") or request.getfixturevalue("echo").target
