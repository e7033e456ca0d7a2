"""A peer on the bus, with an encoder of its own: for what only services may ask, and for junk. The layout stands in proto/frame.h."""

import itertools
import json
import pathlib
import socket
import struct

HEADER = struct.Struct("!2sBBHHQ16s8sQQQQBBHI16s16sQQ")
HELLO, REQUEST, REPLY, EVENT, HEARTBEAT = range(1, 6)
ROLES = {"none": 0, "member": 1, "moderator": 2, "admin": 3, "service": 9}
assert HEADER.size == 128


def encode(kind, id=0, body=b"", request_id=0, user=0, org=0, session=0, role="service", flags=0, deadline_ms=0, magic=b"Pq", version=1, length=None,
           trace=bytes(16)):
    return HEADER.pack(magic, version, kind, id, 0, request_id, trace, bytes(8), deadline_ms, user, org, session, ROLES[role], flags, 0,
                       len(body) if length is None else length, bytes(16), bytes(16), 0, 0) + body


def message(frames):
    """What goes over the stream: a length, and that many bytes of whole frames."""
    return struct.pack("!I", len(frames)) + frames


def hello(service, name="tests"):
    return encode(HELLO, body=json.dumps({"service": service, "name": name, "version": 1, "stream": 0}).encode())


def connect(path, timeout=10):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(timeout)
    s.connect(str(path))
    return s


class Peer:
    """Says HELLO to the service whose socket `path` is (…/chat.sock), and makes requests, one after the other."""

    def __init__(self, path, name="tests"):
        """path: the socket of a service, called as the service is."""
        self.socket = connect(path)
        self.buffer = b""
        self.left = 0  # bytes of the message that is being read
        self.numbers = itertools.count(1)
        hello = {"service": pathlib.Path(path).stem, "name": name, "version": 1, "stream": 0}
        self.socket.sendall(message(encode(HELLO, body=json.dumps(hello).encode())))
        self.hello = self.frame()
        assert self.hello["kind"] == HELLO, self.hello

    def _exactly(self, n):
        while len(self.buffer) < n:
            data = self.socket.recv(1 << 16)
            if not data:
                raise ConnectionError("the peer has closed")
            self.buffer += data
        data, self.buffer = self.buffer[:n], self.buffer[n:]
        return data

    def frame(self):
        if self.left == 0:
            self.left, = struct.unpack("!I", self._exactly(4))
        (magic, version, kind, id, status, request_id, _, _, _, user, org, session, role, flags, _, length, _, _, channel, seq) = HEADER.unpack(self._exactly(128))
        assert magic == b"Pq" and version == 1
        self.left -= HEADER.size + length
        return {"kind": kind, "id": id, "status": status, "request_id": request_id, "body": self._exactly(length)}

    def call(self, command, fields, person=None, trace=None, seconds=10):
        """(status, JSON) of a request; as a person (a Client) or as a service without one. seconds: until its deadline."""
        number = next(self.numbers)
        who = {"user": person.id, "org": person.user["organization_id"], "session": 1} if person else {}
        self.socket.sendall(message(encode(REQUEST, command["id"], json.dumps(fields).encode(), number,
                                           deadline_ms=int(seconds * 1000), trace=trace or bytes(16), **who)))
        while True:
            frame = self.frame()
            if frame["kind"] == REPLY and frame["request_id"] == number:
                return frame["status"], json.loads(frame["body"]) if frame["body"] else None

    def close(self):
        self.socket.close()
