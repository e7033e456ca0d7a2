"""scripts/audit.sh with npm's own client, against a registry that knows what it is told to: clean, one hole, and one that does not answer."""

import gzip
import http.server
import json
import os
import subprocess
import threading

import pytest
from harness.answers import answer_json
from harness.pages import ROOT, files

HOLE = {"id": 1, "url": "https://example.org/GHSA-test", "title": "a hole", "severity": "high", "vulnerable_versions": "*", "cwe": [],
        "cvss": {"score": 0, "vectorString": None}}


class Registry(http.server.ThreadingHTTPServer):
    """Answers the question of `npm audit`, which names all packages of a lock file at once."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked, self.holes, self.silent = set(), {}, False


class Answer(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        names = set(json.loads(body))
        self.server.asked |= names
        if self.server.silent or not self.path.endswith("/advisories/bulk"):
            self.send_error(405)
            return
        answer_json(self, {name: [hole] for name, hole in self.server.holes.items() if name in names})

    def do_GET(self):
        """Of a package: that there is no newer version."""
        name = self.path.strip("/")
        answer_json(self, {"name": name, "dist-tags": {}, "versions": {}})

    def log_message(self, *_):
        pass


@pytest.fixture
def registry():
    server = Registry()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def audit(registry, tmp_path, *folders):
    env = {**os.environ, "npm_config_registry": f"http://127.0.0.1:{registry.server_port}/", "npm_config_cache": str(tmp_path), "npm_config_fetch_retries": "0"}
    return subprocess.run([ROOT / "scripts/audit.sh", *folders], env=env, capture_output=True, text=True, timeout=300, check=False)


def locked(lock):
    return {path.rpartition("node_modules/")[2] for path, what in json.loads((ROOT / lock).read_text())["packages"].items() if path and not what.get("link")}


def test_every_package_of_every_lock_file_is_asked_about(registry, tmp_path):
    done = audit(registry, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    locks = files("*package-lock.json")
    assert len(locks) > 3
    for lock in locks:
        assert f"== {lock.parent}\n" in done.stdout
        assert locked(lock) <= registry.asked, lock


def test_a_known_hole_fails_and_is_named(registry, tmp_path):
    registry.holes = {"tus-js-client": HOLE}
    done = audit(registry, tmp_path, "tests/tus", "tests/contract/docs")
    assert done.returncode != 0 and "tus-js-client" in done.stdout
    assert done.stderr.splitlines()[-1] == "not clean, or not to be told: tests/tus"


def test_silence_is_no_all_clear(registry, tmp_path):
    registry.silent = True
    done = audit(registry, tmp_path, "tests/tus")
    assert registry.asked and done.returncode != 0
    assert done.stderr.splitlines()[-1] == "not clean, or not to be told: tests/tus"
