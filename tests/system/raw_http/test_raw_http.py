"""Malformed and smuggled requests on a raw socket (cases.py). Whatever is sent: a clear answer or a closed connection, never an
answer to something hidden in a body, and the server goes on."""

import pathlib
import socket

import pytest

from cases import CASES, CLOSED, LIBRARY, OPEN, SILENT, get
from wire import Reader, connect


def send(sock, data):
    try:
        sock.sendall(data)
    except ConnectionError:
        pass  # it may be refused before it has all been sent


def check_refused(reader, expected, may_be_silent):
    if expected == SILENT:
        reader.sock.settimeout(0.3)
        with pytest.raises(TimeoutError):
            reader.sock.recv(1)
        return
    answer = reader.answer()
    if answer is None:
        assert may_be_silent, "closed without an answer"
        return
    status, _, _ = answer
    assert 400 <= status < (600 if may_be_silent else 500), answer
    alone = reader.closed()
    if expected == LIBRARY:
        assert b"HTTP/1.1" not in reader.buffer and b"request_id" not in reader.buffer
    else:
        assert alone, "more than one answer"


def check_answered(reader, data, statuses):
    methods = [line.split(b" ")[0].decode("latin-1") for line in data.split(b"\r\n") if line.endswith(b" HTTP/1.1")]
    for expected, method in zip(statuses, methods + ["GET"] * len(statuses)):
        answer = reader.answer(method)
        assert answer is not None, "closed"
        assert answer[0] == expected or (expected is None and answer[0] < 500), answer
    assert reader.buffer == b"", "an answer too many"
    send(reader.sock, get())
    assert reader.answer()[0] == 200, "the connection does not go on"


@pytest.mark.parametrize("data,expected", [pytest.param(data, expected, id=name) for name, data, expected in CASES])
def test_raw(target, data, expected):
    with connect(target) as sock:
        send(sock, data)
        reader = Reader(sock)
        if isinstance(expected, str):
            check_refused(reader, expected, expected == CLOSED)
        else:
            check_answered(reader, data, expected)


@pytest.mark.parametrize("data,expected", [pytest.param(data, expected, id=name) for name, data, expected in CASES if len(data) < 1000])
def test_raw_in_single_bytes(target, data, expected):
    with connect(target) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for i in range(len(data)):
            send(sock, data[i:i + 1])
        reader = Reader(sock)
        if isinstance(expected, str):
            check_refused(reader, expected, True)  # the answer can be lost when it comes while we still send
        else:
            check_answered(reader, data, expected)


@pytest.mark.parametrize("data", [data for _, data, expected in CASES if not isinstance(expected, str)])
def test_half_a_request_and_gone(target, data):
    for end in (1, len(data) // 3, len(data) // 2, len(data) - 1):
        with connect(target) as sock:
            send(sock, data[:end])
    with connect(target) as sock:
        send(sock, get())
        assert Reader(sock).answer()[0] == 200


def test_a_client_that_has_closed_its_sending_side_gets_an_answer_or_an_end(target):
    with connect(target) as sock:  # libmicrohttpd does the one or the other, as it happens to read
        send(sock, get(OPEN))
        sock.shutdown(socket.SHUT_WR)
        answer = Reader(sock).answer()
        assert answer is None or answer[0] == 200


def test_a_chunk_size_that_never_ends_does_not_keep_the_server_busy(echo):
    def ticks():
        return sum(int(n) for n in pathlib.Path(f"/proc/{echo.process.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13])

    data = next(data for name, data, _ in CASES if name == "chunk size line endless")
    with connect(echo.target) as sock:
        send(sock, data)
        assert Reader(sock).closed()
    before = ticks()
    for _ in range(20):
        with connect(echo.target) as sock:
            send(sock, get())
            assert Reader(sock).answer()[0] == 200
    assert ticks() - before < 50
