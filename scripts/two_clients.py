#!/usr/bin/env python3
"""Two people talk over WebSocket at an address: two_clients.py http://127.0.0.1:8080, or https://… [FILE with the authority to trust]

Registers both in one organisation, opens /ws/chat/{id} for each, sends a message and checks that its author gets the
acknowledgement and both get the message, with one seq. Needs Python alone, so that it runs where nothing is installed."""

import base64
import json
import os
import secrets
import socket
import ssl
import struct
import sys
import urllib.parse
import urllib.request

TIMEOUT = 20
TLS = ssl.create_default_context()


def call(base, method, path, body=None, token=None):
    request = urllib.request.Request(base + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                     headers={"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})})
    with urllib.request.urlopen(request, timeout=TIMEOUT, context=TLS if base.startswith("https:") else None) as answer:
        return json.loads(answer.read() or b"null")


class WebSocket:
    """RFC 6455 as far as a conversation needs it: one text frame a message."""

    def __init__(self, base, path):
        where = urllib.parse.urlsplit(base)
        self.socket = socket.create_connection((where.hostname, where.port or (443 if where.scheme == "https" else 80)), TIMEOUT)
        if where.scheme == "https":
            self.socket = TLS.wrap_socket(self.socket, server_hostname=where.hostname)
        self.bytes = self.socket.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: {where.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        status = self.bytes.readline().decode()
        assert " 101 " in status, status
        while self.bytes.readline() not in (b"\r\n", b""):
            pass

    def send(self, frame):
        payload, mask = json.dumps(frame).encode(), os.urandom(4)
        assert len(payload) < 126 << 8
        head = struct.pack("!BB", 0x81, 0x80 | len(payload)) if len(payload) < 126 else struct.pack("!BBH", 0x81, 0x80 | 126, len(payload))
        self.socket.sendall(head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload)))

    def recv(self):
        while True:
            first, length = self.bytes.read(2)
            if length == 126:
                length = struct.unpack("!H", self.bytes.read(2))[0]
            elif length == 127:
                length = struct.unpack("!Q", self.bytes.read(8))[0]
            payload = self.bytes.read(length)
            if first & 0x0F == 1:
                return json.loads(payload)
            assert first & 0x0F != 8, f"closed: {payload!r}"

    def expect(self, type):
        while True:
            frame = self.recv()
            assert frame["type"] != "error", frame
            if frame["type"] == type:
                return frame


def person(base, name, **fields):
    tag = secrets.token_hex(4)
    answer = call(base, "POST", "/auth/register", {"email": f"{name}-{tag}@{fields.pop('domain')}", "username": f"{name}-{tag}",
                                                   "password": "a-long-enough-secret-9", **fields})
    return answer["access_token"]


def main(base):
    domain = f"{secrets.token_hex(5)}.example"
    ana = person(base, "ana", domain=domain, organization="Two clients")
    luis = person(base, "luis", domain=domain)
    channel = call(base, "POST", "/channels/", {"name": "talk"}, ana)["id"]
    call(base, "POST", f"/channels/{channel}/join", {}, luis)
    sockets = [WebSocket(base, f"/ws/chat/{channel}?token={token}") for token in (ana, luis)]
    for ws in sockets:
        first = ws.recv()
        assert first["type"] == "user_joined", first
    for author, other, text in ((0, 1, "¿estás ahí?"), (1, 0, "aquí estoy")):
        sockets[author].send({"type": "chat_message", "content": text, "client_id": "5b0f9d7e-52a1-4d8b-9d3c-0b8a6d1c2f1" + str(author)})
        ack = sockets[author].expect("ack")
        for ws in (sockets[author], sockets[other]):
            message = ws.expect("chat_message")
            assert message["seq"] == ack["seq"] and message["message"]["content"] == text, (ack, message)
    print(f"two clients talked in channel {channel}: acknowledged and delivered to both, seq {ack['seq'] - 1} and {ack['seq']}")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        TLS.load_verify_locations(sys.argv[2])
    main(sys.argv[1].rstrip("/"))
