"""palique-probe, the health check of containers whose own program has none."""

import http.server
import subprocess
import threading

import pytest
from harness.suite import BUILD, free_port


class Answering(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # what nginx answers with

    def do_GET(self):
        self.send_response(self.server.status if self.path == "/readyz" else 404)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def probe(*words):
    return subprocess.run([BUILD / "bin/palique-probe", *words], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (404, 1)])
def test_it_tells_whether_the_server_is_ready(server, status, code):
    server.status = status
    assert probe(f"127.0.0.1:{server.server_port}").returncode == code


def test_nobody_there_is_not_ready():
    done = probe(f"127.0.0.1:{free_port()}")
    assert done.returncode == 1 and "nobody answers" in done.stderr


def test_without_an_address_it_says_how_it_is_used():
    done = probe()
    assert done.returncode == 2 and done.stderr.startswith("usage:")
