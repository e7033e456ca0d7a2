"""WebSocket frames by hand, for what no proper client sends."""

import json
import os
import socket
import struct

from .until import PATIENCE

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def frame(payload=b"", opcode=TEXT, fin=True, rsv=0, masked=True, length=None, mask=None, width=None):
    """length: what the header claims, whatever the payload is; mask: its four bytes; width: bytes of the extended length (0, 2, 8) where the shortest is
    not wanted."""
    n = len(payload) if length is None else length
    if width is None:
        width = 0 if n < 126 else 2 if n < 1 << 16 else 8
    mask_bit = 0x80 if masked else 0
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode, mask_bit | {0: n, 2: 126, 8: 127}[width]]) + (n.to_bytes(width, "big") if width else b"")
    if not masked:
        return head + payload
    mask = mask or os.urandom(4)
    return head + mask + masked_with(mask, payload)


def masked_with(mask, payload):
    n = len(payload)
    key = int.from_bytes((mask * (n // 4 + 1))[:n], "big")
    return (int.from_bytes(payload, "big") ^ key).to_bytes(n, "big")


class RawSocket:
    def __init__(self, host, port, path, token, timeout=PATIENCE):
        self.socket = socket.create_connection((host, port), timeout)
        self.buffer = b""
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.socket.recv(4096)
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        assert b" 101 " in head, head

    def send(self, data):
        """Bytes as they are; that the other side has hung up meanwhile is for recv to find."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def _exactly(self, n):
        while len(self.buffer) < n:
            data = self.socket.recv(1 << 16)
            if not data:
                raise ConnectionError("closed without a close frame")
            self.buffer += data
        data, self.buffer = self.buffer[:n], self.buffer[n:]
        return data

    def recv(self):
        """(opcode, payload) of the next frame."""
        first, n = self._exactly(2)
        if n == 126:
            n = struct.unpack("!H", self._exactly(2))[0]
        elif n == 127:
            n = struct.unpack("!Q", self._exactly(8))[0]
        return first & 15, self._exactly(n)

    def expect(self, type):
        while True:
            opcode, payload = self.recv()
            if opcode == TEXT and json.loads(payload)["type"] == type:
                return json.loads(payload)
            assert opcode != CLOSE, payload

    def close_code(self):
        """The code of the close frame that must come, or 1006 when the connection just ends."""
        try:
            while True:
                opcode, payload = self.recv()
                if opcode == CLOSE:
                    return struct.unpack("!H", payload[:2])[0] if payload else 1005
        except ConnectionError:
            return 1006

    def close(self):
        self.socket.close()
