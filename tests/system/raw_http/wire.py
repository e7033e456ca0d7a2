"""A socket, and an HTTP/1 reader that believes nothing: status, headers and body of one answer after the other."""

import socket


def connect(target, timeout=10):
    if target.startswith("unix:"):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(timeout)
        s.connect(target[5:])
        return s
    host, _, port = target.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=timeout)


class Reader:
    def __init__(self, sock):
        self.sock, self.buffer, self.ended = sock, b"", False

    def _more(self):
        """False: the other side has closed."""
        try:
            data = self.sock.recv(65536)
        except ConnectionError:
            data = b""
        self.ended = self.ended or not data
        self.buffer += data
        return bool(data)

    def _until(self, mark):
        while mark not in self.buffer:
            if not self._more():
                return None
        head, self.buffer = self.buffer.split(mark, 1)
        return head

    def _exactly(self, n):
        while len(self.buffer) < n:
            if not self._more():
                raise AssertionError(f"an answer was cut off: {self.buffer!r}")
        data, self.buffer = self.buffer[:n], self.buffer[n:]
        return data

    def _chunks(self):
        body = b""
        while True:
            size = int(self._until(b"\r\n").split(b";")[0], 16)
            piece = self._exactly(size + 2)
            if size == 0:
                return body
            body += piece[:-2]

    def answer(self, method="GET"):
        """(status, headers, body), or None when the connection was closed instead."""
        head = self._until(b"\r\n\r\n")
        if head is None:
            assert self.buffer == b"", f"not an answer: {self.buffer!r}"
            return None
        first, *lines = head.split(b"\r\n")
        version, status, _ = first.split(b" ", 2)
        assert version in (b"HTTP/1.1", b"HTTP/1.0"), first
        headers = {}
        for line in lines:
            name, _, value = line.partition(b":")
            headers.setdefault(name.decode().lower(), value.strip().decode())
        status = int(status)
        if status == 100:
            return self.answer(method)
        body = b""
        if method != "HEAD" and status not in (101, 204, 304):
            body = self._chunks() if headers.get("transfer-encoding") == "chunked" else self._exactly(int(headers.get("content-length", 0)))
        return status, headers, body

    def closed(self):
        """Waits for the end; True when nothing more came before it."""
        while not self.ended:
            self._more()
        return self.buffer == b""
