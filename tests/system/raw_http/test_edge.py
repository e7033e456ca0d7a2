"""What nginx answers by itself, before any service sees it: problem documents, never HTML. The edge stands in front of http_echo."""

import json
import os
import subprocess

import pytest

from harness.process import Process
from harness.suite import ROOT, free_port
from wire import Reader, connect

HOST = b"Host: localhost\r\n"


def get(target=b"/.well-known/jwks.json", headers=b"", version=b"HTTP/1.1", method=b"GET", host=HOST):
    return method + b" " + target + b" " + version + b"\r\n" + host + headers + b"\r\n"


CASES = {
    "a length with a letter": (400, get(headers=b"Content-Length: 5a\r\n", method=b"POST") + b"hello"),
    "a negative length": (400, get(headers=b"Content-Length: -1\r\n", method=b"POST")),
    "two lengths": (400, get(headers=b"Content-Length: 1\r\nContent-Length: 2\r\n", method=b"POST") + b"xx"),
    "length and chunked": (400, get(headers=b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", method=b"POST") + b"0\r\n\r\n"),
    "an unknown coding": (400, get(headers=b"Transfer-Encoding: xchunked\r\n", method=b"POST") + b"0\r\n\r\n"),
    "a NUL in a header": (400, get(headers=b"X: a\0b\r\n")), "no Host": (400, get(host=b"")), "two Hosts": (400, get(headers=b"Host: b\r\n")),
    "HTTP/3.0": (400, get(version=b"HTTP/3.0")), "no HTTP": (400, get(version=b"HTTQ/1.1")), "noise": (400, b"\x16\x03\x01\x02\0\x01\0\x01\xfc\r\n\r\n"),
    "TRACE": (405, get(method=b"TRACE")), "CONNECT": (400, get(b"localhost:80", method=b"CONNECT")),
    "an address of 60 kB": (413, get(b"/" + b"a" * 60000)), "a header of 40 kB": (413, get(headers=b"X: " + b"a" * 40000 + b"\r\n")),
    "four hundred headers": (413, get(headers=b"".join(b"X-%d: %s\r\n" % (n, b"a" * 100) for n in range(400)))),
    "a body over 1 MiB": (413, get(headers=b"Content-Length: 2000000\r\n", method=b"POST")), "nobody there": (503, get(b"/notifications")),
}
CODES = {400: "request.malformed", 405: "request.method", 413: "request.too_large", 503: "service.unavailable"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("edge")


@pytest.fixture(scope="module")
def edge(echo, folder):
    port, nobody = free_port(), free_port()
    conf = folder / "nginx.conf"
    subprocess.run([ROOT / "deploy/nginx/render.sh", conf], check=True,
                   env={**os.environ, "EDGE_LISTEN": f"127.0.0.1:{port}", "EDGE_DIR": str(folder), "GATEWAY": echo.target,
                        "NOTIFY": f"127.0.0.1:{nobody}", "ADMIN": f"127.0.0.1:{nobody}", "CHAT": f"127.0.0.1:{nobody}"})
    process = Process("edge", ["nginx", "-c", conf, "-e", folder / "nginx-error.log", "-g", "daemon off;"], dict(os.environ), folder / "edge.log")
    process.healthy = lambda: answers(f"127.0.0.1:{port}")
    process.start().wait_ready()
    yield f"127.0.0.1:{port}"
    process.stop()


def answers(target):
    try:
        with connect(target) as sock:
            sock.sendall(get())
            return Reader(sock).answer()[0] == 200
    except OSError:
        return False


@pytest.mark.parametrize("name", CASES)
def test_the_edge_answers_with_a_problem_document(edge, name):
    status, data = CASES[name]
    with connect(edge) as sock:
        sock.sendall(data)
        got, headers, body = Reader(sock).answer()
    assert (got, headers["content-type"]) == (status, "application/problem+json"), body
    problem = json.loads(body)
    assert (problem["status"], problem["code"]) == (status, CODES[status])
    assert problem["type"] == f"/docs/#{CODES[status]}" and problem["title"] and problem["detail"]
    assert problem["request_id"] == headers["x-request-id"] and len(problem["request_id"]) == 32
    assert "allow" in headers if status == 405 else "allow" not in headers
    assert "retry-after" in headers if status == 503 else "retry-after" not in headers
    assert answers(edge)


def test_what_the_services_answer_is_left_as_it_is(edge):
    with connect(edge) as sock:
        sock.sendall(get(b"/users/%ff"))
        status, headers, body = Reader(sock).answer()
    assert status == 400 and headers["content-type"] == "application/problem+json"
    assert json.loads(body)["detail"] != "The edge cannot read this request."


@pytest.mark.parametrize("path", [b"/sse/activity/1", b"/notifications", b"/admin/stats"])
def test_a_token_in_a_query_reaches_no_log_when_the_service_is_away(edge, folder, path):
    with connect(edge) as sock:
        sock.sendall(get(path + b"?token=told-to-nobody"))
        assert Reader(sock).answer()[0] == 503
    assert not [file for file in folder.rglob("*") if file.is_file() and b"told-to-nobody" in file.read_bytes()]
