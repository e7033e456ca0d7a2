"""RFC 6455, section by section, in the manner of the Autobahn test suite. A case is data: the pieces that a client sends and what must come of them.
Each is told three times: a piece at a time; one byte at a time, where the gateway has read the byte before the next one leaves; and with the
handshake and all pieces in one segment. Every frame that the gateway sends meanwhile is checked for form."""

import base64
import hashlib
import itertools
import json
import os
import socket
import struct
import time

import pytest

from harness.rawws import BINARY, CLOSE, PING, PONG, TEXT, RawSocket, frame

CONTINUATION = 0
MESSAGE_MAX = 64 << 10
PROBE = b"still there?"
TEXT_PING = b'{"type":"ping"}'


# ---- how a case is written ----

def hey(client_id, total=None):
    """A command that the gateway answers at once with the same client_id; as many bytes as asked for."""
    text = json.dumps({"type": "ping", "client_id": client_id}, ensure_ascii=False).encode()
    return text.ljust(total or 0)


def text(payload, **kwargs):
    return frame(payload, TEXT, **kwargs)


def ping(payload=b"", **kwargs):
    return frame(payload, PING, **kwargs)


def pong(payload=b"", **kwargs):
    return frame(payload, PONG, **kwargs)


def more(payload, fin=False, **kwargs):
    return frame(payload, CONTINUATION, fin=fin, **kwargs)


def close(code=None, reason=b"", body=None, **kwargs):
    return frame(body if body is not None else b"" if code is None else struct.pack("!H", code) + reason, CLOSE, **kwargs)


def split(payload, *cuts, opcode=TEXT):
    """A message in fragments, cut at these places."""
    ends = [0, *cuts, len(payload)]
    parts = [payload[a:b] for a, b in itertools.pairwise(ends)]
    return [frame(part, opcode if n == 0 else CONTINUATION, fin=n == len(parts) - 1) for n, part in enumerate(parts)]


def case(name, *pieces, texts=(), pongs=(), closed=None, reason=None):
    """texts: client_ids of answers, or codes of errors, in order; pongs: payloads, in order; closed: the code that the gateway ends with (1005: without
    one), None: it goes on; reason: what its close frame must say."""
    return name, pieces, {"texts": list(texts), "pongs": list(pongs), "closed": closed, "reason": reason}


# ---- 5.2: lengths ----

def lengths():
    yield case("a text of 0", text(b""), texts=["request.malformed"])
    for n in (len(TEXT_PING), 124, 125, 126, 127, 128, 4095, 4096, 4097, 65535, MESSAGE_MAX):
        yield case(f"a text of {n}", text(hey("", n) if n > 15 else TEXT_PING), texts=[""])
    for n in (MESSAGE_MAX + 1, 1 << 20, 1 << 32, (1 << 63) - 1):
        yield case(f"a text of {n}", text(b"x" * 100, length=n), closed=1009)
        yield case(f"{n} bytes at the end of a message", text(hey("gone"), fin=False), more(b"x" * 100, length=n), closed=1009)
    yield case("a text of 2^63", text(b"x", length=1 << 63), closed=1002)
    yield case("a text of 2^64-1", text(b"x", length=(1 << 64) - 1), closed=1002)
    for n, width in ((0, 2), (15, 2), (125, 2), (0, 8), (125, 8), (126, 8), (65535, 8)):
        yield case(f"{n} in {width} bytes", text(TEXT_PING.ljust(n)[:n], width=width), closed=1002)
    for n in (0, 1, 125):
        yield case(f"a ping of {n} in 2 bytes", ping(b"x" * n, width=2), closed=1002)
    most = hey("most", MESSAGE_MAX)
    yield case("fragments of all that is allowed", *split(most, 1, 40000, MESSAGE_MAX - 1), texts=["most"])
    yield case("control frames do not count", *split(most, 40000)[:1], ping(b"x" * 125), *split(most, 40000)[1:], texts=["most"], pongs=[b"x" * 125])
    yield case("one byte too many in the last fragment", text(most[:-1], fin=False), more(b"  ", fin=True), closed=1009)


# ---- 5.2: reserved bits, reserved opcodes, masks ----

def reserved():
    for rsv in range(1, 8):
        yield case(f"rsv {rsv} on a text", text(TEXT_PING, rsv=rsv), closed=1002)
        yield case(f"rsv {rsv} after a good one", text(hey("good")), text(TEXT_PING, rsv=rsv), texts=["good"], closed=1002)
    for name, bad in (("an empty text", text(b"", rsv=4)), ("a ping", ping(b"x", rsv=4)), ("an empty ping", ping(rsv=2)), ("a pong", pong(b"x", rsv=1)),
                      ("a close", close(1000, rsv=4)), ("binary", frame(b"x", BINARY, rsv=4))):
        yield case(f"rsv on {name}", bad, closed=1002)
    yield case("rsv on a continuation", text(hey("no"), fin=False), more(b" ", fin=True, rsv=4), closed=1002)
    for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
        yield case(f"opcode {opcode}", frame(b"x", opcode), closed=1002)
        yield case(f"opcode {opcode}, empty, after a good one", text(hey("good")), frame(b"", opcode), texts=["good"], closed=1002)
        yield case(f"opcode {opcode} inside of a message", text(b"{", fin=False), frame(b"x", opcode), closed=1002)


def masks():
    for n in range(1, 10):
        payload = bytes(range(0xA0, 0xA0 + n))
        yield case(f"{n} bytes masked", ping(payload, mask=b"\x01\x20\xf3\x44"), ping(payload, mask=b"\0\0\0\xff"), pongs=[payload] * 2)
    yield case("mask zero", text(hey("plain"), mask=bytes(4)), ping(b"plain", mask=bytes(4)), texts=["plain"], pongs=[b"plain"])
    yield case("mask of ones", text(hey("ones"), mask=b"\xff" * 4), texts=["ones"])
    yield case("a mask of its own for each fragment", *split(hey("fragments"), 1, 2, 3, 6, 11), texts=["fragments"])
    for name, bad in (("a text", text(TEXT_PING, masked=False)), ("an empty text", text(b"", masked=False)), ("a ping", ping(b"x", masked=False)),
                      ("an empty pong", pong(masked=False)), ("a close", close(1000, masked=False)), ("an empty close", close(masked=False))):
        yield case(f"{name} that is not masked", bad, closed=1002)
    yield case("a second fragment that is not masked", text(hey("no"), fin=False), more(b" ", fin=True, masked=False), closed=1002)


# ---- 5.4: fragments ----

def fragments():
    m = hey("in parts")
    one, two = split(m, 9)
    yield case("two", one, two, texts=["in parts"])
    yield case("of one byte each", *split(m, *range(1, len(m))), texts=["in parts"])
    yield case("empty first", *split(m, 0), texts=["in parts"])
    yield case("empty last", *split(m, len(m)), texts=["in parts"])
    yield case("empty between", *split(m, 5, 5, 5, 9), texts=["in parts"])
    yield case("all empty", *split(b"", 0, 0), texts=["request.malformed"])
    yield case("a ping between", one, ping(b"between"), two, texts=["in parts"], pongs=[b"between"])
    yield case("pings and pongs between all", *itertools.chain(*((f, ping(b"%d" % n), pong(b"?")) for n, f in enumerate(split(m, 3, 6, 9)))),
               texts=["in parts"], pongs=[b"0", b"1", b"2", b"3"])
    yield case("two messages", one, two, one, two, texts=["in parts"] * 2)
    yield case("a whole one after them", one, two, text(hey("whole")), texts=["in parts", "whole"])
    yield case("the end alone", more(m, fin=True), closed=1002)
    yield case("the middle alone", more(m), closed=1002)
    yield case("an empty end alone", more(b"", fin=True), closed=1002)
    yield case("the end twice", one, two, more(b"", fin=True), texts=["in parts"], closed=1002)
    yield case("the end after a whole one", text(hey("whole")), more(m, fin=True), texts=["whole"], closed=1002)
    yield case("the end after a ping", ping(), more(m, fin=True), pongs=[b""], closed=1002)
    yield case("a text inside", one, text(TEXT_PING), closed=1002)
    yield case("the beginning of a text inside", one, one, closed=1002)
    yield case("binary inside", one, frame(b"x", BINARY), closed=1002)
    yield case("a text inside, after a ping", one, ping(b"p"), text(TEXT_PING), pongs=[b"p"], closed=1002)
    yield case("a close inside", one, close(1000, b"enough"), closed=1000, reason=b"enough")
    yield case("binary", frame(b"\x00\x01", BINARY), closed=1003)
    yield case("empty binary", frame(b"", BINARY), closed=1003)
    yield case("binary in fragments", *split(b"\x00\xff\xfe", 1, 2, opcode=BINARY), closed=1003)


# ---- 5.5: control frames ----

def control():
    for n in (0, 1, 2, 124, 125):
        payload = bytes(range(0x80, 0x80 + n))
        yield case(f"a ping of {n}", ping(payload), pongs=[payload])
        yield case(f"a pong of {n} that nobody asked for", pong(payload))
    for n in (126, 127, 65536):
        yield case(f"a ping of {n}", ping(b"x" * n), closed=1002)
        yield case(f"a pong of {n}", pong(b"x" * n), closed=1002)
    yield case("a close of 126", close(body=b"\x03\xe8" + b"x" * 124), closed=1002)
    yield case("ten pings", *(ping(b"%d" % n) for n in range(10)), pongs=[b"%d" % n for n in range(10)])
    yield case("a thousand pings in one piece", b"".join(ping(b"%0125d" % n) for n in range(1000)), pongs=[b"%0125d" % n for n in range(1000)])
    yield case("a ping, a pong, a text", ping(b"a"), pong(b"a"), text(hey("b")), ping(b"c"), texts=["b"], pongs=[b"a", b"c"])
    for name, begun in (("ping", ping(b"x", fin=False)), ("empty ping", ping(fin=False)), ("pong", pong(b"x", fin=False)), ("close", close(1000, fin=False))):
        yield case(f"a {name} in fragments", begun, more(b"y", fin=True), closed=1002)
    yield case("a ping in fragments inside of a message", text(b"{", fin=False), ping(b"x", fin=False), closed=1002)
    yield case("a ping before what is wrong is answered", ping(b"first"), text(TEXT_PING, rsv=1), pongs=[b"first"], closed=1002)
    yield case("a ping before what breaks the framing is answered", ping(b"first"), ping(b"x" * 126), pongs=[b"first"], closed=1002)
    yield case("nothing after what is wrong is answered", text(TEXT_PING, rsv=1), ping(b"no"), text(TEXT_PING), closed=1002)


# ---- 8.1: UTF-8 ----

GOOD = ("a", "~", "\xa0", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\ufffd", "\ufffe", "\uffff", "\U00010000", "\U0008ffff", "\U0010fffe", "\U0010ffff", "κόσμε", "¡hola! 👋🏽")
BAD = {
    "a continuation": b"\x80", "the last continuation": b"\xbf", "two continuations": b"\x80\xbf", "fe": b"\xfe", "ff": b"\xff", "c0": b"\xc0 ", "c1": b"\xc1 ",
    "overlong slash of 2": b"\xc0\xaf", "overlong slash of 3": b"\xe0\x80\xaf", "overlong slash of 4": b"\xf0\x80\x80\xaf", "overlong slash of 5": b"\xf8\x80\x80\x80\xaf",
    "overlong of 2, largest": b"\xc1\xbf", "overlong of 3, largest": b"\xe0\x9f\xbf", "overlong of 4, largest": b"\xf0\x8f\xbf\xbf", "overlong NUL": b"\xc0\x80",
    "surrogate, first": b"\xed\xa0\x80", "surrogate, last": b"\xed\xbf\xbf", "a pair of surrogates": b"\xed\xa0\x80\xed\xb0\x80", "over 10ffff": b"\xf4\x90\x80\x80",
    "f5": b"\xf5\x80\x80\x80", "five bytes": b"\xf8\x88\x80\x80\x80", "six bytes": b"\xfc\x84\x80\x80\x80\x80", "2 of 3 bytes": b"\xe2\x82 ", "3 of 4 bytes": b"\xf0\x9f\x91 ",
    "1 of 2 bytes": b"\xc3 ", "a start inside": b"\xe2\xe2\x82\xac", "Latin-1": "über".encode("latin-1"),
}
CUT = {"1 of 2": b"\xc3", "1 of 3": b"\xe2", "2 of 3": b"\xe2\x82", "1 of 4": b"\xf0", "2 of 4": b"\xf0\x9f", "3 of 4": b"\xf0\x9f\x91"}


def utf8():
    for good in GOOD:
        m, at = hey(good), len(b'{"type": "ping", "client_id": "')
        yield case(f"{ascii(good)}", text(m), texts=[good])
        cuts = range(at, at + len(good.encode()) + 1)
        yield case(f"{ascii(good)} over fragments", *split(m, *cuts), *itertools.chain(*((f, ping()) for f in split(m, *cuts)[:-1])), split(m, *cuts)[-1],
                   texts=[good] * 2, pongs=[b""] * len(cuts))
    yield case("control characters are UTF-8", text(b"\x00\x01\x1f"), text(hey("\x7f")), text(hey("\x80")),
               texts=["request.malformed", "request.invalid", "request.invalid"])
    for name, bad in BAD.items():
        yield case(f"{name}", text(b'"' + bad + b'"'), closed=1007)
        yield case(f"{name} over fragments", *split(b'"' + bad + b'"', *range(1, len(bad) + 2)), closed=1007)
        yield case(f"{name}, told before the message ends", text(b'"' + bad, fin=False), closed=1007)
        yield case(f"{name}, told before the frame ends", text(b'"' + bad, length=60000), closed=1007)
    for name, cut in CUT.items():
        yield case(f"ends after {name}", text(b'"' + cut), closed=1007)
        yield case(f"ends after {name} in fragments", text(b'"' + cut, fin=False), more(b"", fin=True), closed=1007)
        yield case(f"ends after {name} and goes on with ASCII", text(b'"' + cut, fin=False), more(b'"'), closed=1007)
    for name, start in (("over 10ffff", b"\xf4\x90"), ("a surrogate", b"\xed\xa0"), ("overlong", b"\xe0\x80"), ("overlong of 4", b"\xf0\x80")):
        yield case(f"{name} shows in its second byte", text(b'"' + start[:1], fin=False), more(start[1:]), closed=1007)
    yield case("a ping's payload need not be UTF-8", ping(b"\xff\xfe\x80"), pongs=[b"\xff\xfe\x80"])


# ---- 7: closing ----

CODES_GOOD = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999)
CODES_BAD = (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)


def closing():
    yield case("without a code", close(), closed=1005)
    yield case("with one byte", close(body=b"\x03"), closed=1002)
    for code in CODES_GOOD:
        yield case(f"with {code}", close(code), closed=code)
    for code in CODES_BAD:
        yield case(f"with {code}", close(code), closed=1002)
        yield case(f"with {code} and a reason", close(code, b"so"), closed=1002)
    for reason in (b"x", b"x" * 123, "¡adiós! 👋".encode(), "é".encode() * 61, b"\x00"):
        yield case(f"with a reason of {len(reason)}, {ascii(reason[:9])}", close(1000, reason), closed=1000, reason=reason)
    for name, bad in BAD.items():
        yield case(f"with a reason of {name}", close(1000, b"so: " + bad + b"."), closed=1007)
    for name, cut in CUT.items():
        yield case(f"with a reason that ends after {name}", close(1000, cut), closed=1007)
    yield case("a text after it", close(1000), text(TEXT_PING), closed=1000)
    yield case("a ping after it", close(1000), ping(b"no"), closed=1000)
    yield case("another close after it", close(1000, b"one"), close(1001, b"two"), closed=1000, reason=b"one")
    yield case("noise after it", close(3000), b"\xff" * 500, closed=3000)
    yield case("half a frame after it", close(), text(TEXT_PING)[:3], closed=1005)
    yield case("after a text and a ping", text(hey("last")), ping(b"last"), close(1001), texts=["last"], pongs=[b"last"], closed=1001)
    nonsense = [text(b"nonsense")] * 20
    yield case("by the gateway first", *nonsense, texts=["request.malformed"] * 20, closed=1008)
    yield case("by both sides", *nonsense, close(1000), texts=["request.malformed"] * 20, closed=1008)


SECTIONS = {"lengths": lengths, "reserved": reserved, "masks": masks, "fragments": fragments, "control": control, "utf8": utf8, "closing": closing}


# ---- the client ----

class Ended(Exception):
    pass


class Peer:
    """Sends what it is told to, however it comes; reads as strictly as it can."""

    def __init__(self, suite, token):
        self.port, self.token = suite.ports["gateway0"], token
        self.socket = socket.create_connection(("127.0.0.1", self.port), 10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def request(self, path="/ws", method="GET", version="HTTP/1.1", key="dGhlIHNhbXBsZSBub25jZQ==", headers=(), **changed):
        lines = {"Host": f"127.0.0.1:{self.port}", "Authorization": f"Bearer {self.token}", "Upgrade": "websocket", "Connection": "Upgrade",
                 "Sec-WebSocket-Key": key, "Sec-WebSocket-Version": "13", **{name.replace("_", "-"): value for name, value in changed.items()}}
        if lines.get("Origin") == OWN_ORIGIN:
            lines["Origin"] = f"http://127.0.0.1:{self.port}"
        pairs = [(name, value) for name, value in lines.items() if value is not None] + list(headers)
        return (f"{method} {path} {version}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in pairs) + "\r\n").encode()

    def send(self, data):
        """That the other side has hung up meanwhile is for the reader to find."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def _more(self):
        data = self.socket.recv(1 << 16)
        if not data:
            raise Ended
        self.buffer += data

    def _exactly(self, n):
        while len(self.buffer) < n:
            self._more()
        data, self.buffer = self.buffer[:n], self.buffer[n:]
        return data

    def answer(self):
        """(status, headers) of the handshake's answer."""
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers.setdefault(name.lower(), []).append(value.strip())
        return int(first.split(" ")[1]), headers

    def open(self):
        self.send(self.request())
        assert self.answer()[0] == 101

    def recv(self):
        """(opcode, payload) of the next frame, which must be as §5.1 and §5.2 want a server's."""
        first, second = self._exactly(2)
        opcode, n = first & 15, second & 0x7F
        assert first & 0xF0 == 0x80, f"not whole, or with reserved bits: {first:#x}"
        assert second & 0x80 == 0, "masked"
        assert opcode in (TEXT, CLOSE, PING, PONG), opcode
        if n > 125:
            width = 2 if n == 126 else 8
            n = int.from_bytes(self._exactly(width), "big")
            assert opcode == TEXT and n > (125 if width == 2 else 65535), "a length that is not minimal, or of a control frame"
        payload = self._exactly(n)
        if opcode == TEXT:
            json.loads(payload.decode())
        if opcode == CLOSE and payload:
            assert n >= 2 and (1000 <= struct.unpack("!H", payload[:2])[0] <= 4999)
            payload[2:].decode()
        return opcode, payload

    def read_to_the_end(self, until_probe):
        """What a case is compared with; after a close frame the connection must end, without a word more."""
        got = {"texts": [], "pongs": [], "closed": None, "reason": b""}
        while True:
            try:
                opcode, payload = self.recv()
            except Ended:
                got["closed"] = got["closed"] or "no close frame"
                return got
            assert got["closed"] is None, "a frame after the close frame"
            if opcode == PONG and payload == PROBE and until_probe:
                return got
            if opcode == PONG:
                got["pongs"].append(payload)
            elif opcode == CLOSE:
                got["closed"], got["reason"] = struct.unpack("!H", payload[:2])[0] if payload else 1005, payload[2:]
            elif opcode == TEXT:
                message = json.loads(payload)
                if message["type"] in ("pong", "error"):
                    got["texts"].append(message.get("client_id", "") if message["type"] == "pong" else message["code"])

    def close(self):
        self.socket.close()


class Metronome:
    """A socket of the same gateway: once it has been answered, the gateway has read what others sent it before."""

    def __init__(self, suite, token):
        self.raw = RawSocket("127.0.0.1", suite.ports["gateway0"], "/ws", token)
        self.raw.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def tick(self):
        self.raw.send(frame(b"tick", PING))
        while self.raw.recv() != (PONG, b"tick"):
            pass

    def close(self):
        self.raw.close()


# Of what is long only the ends, where the decisions fall.
def single_bytes(data, edge=24):
    if len(data) <= 8 * edge:
        return [data[n:n + 1] for n in range(len(data))]
    return single_bytes(data[:edge]) + [data[edge:-edge]] + single_bytes(data[-edge:])


@pytest.fixture(scope="module")
def person(_session_suite):
    member = _session_suite.org().admin
    yield member
    member.close()


@pytest.fixture
def metronome(suite, person):
    return suite.keep(Metronome(suite, person.token))


def in_pieces(peer, pieces, metronome):
    peer.open()
    for piece in pieces:
        peer.send(piece)


def in_bytes(peer, pieces, metronome):
    peer.open()
    for piece in pieces:
        for data in single_bytes(piece):
            peer.send(data)
            metronome.tick()


def in_one(peer, pieces, metronome):
    peer.send(peer.request() + b"".join(pieces))
    assert peer.answer()[0] == 101


def problem_of(suite, person, tell, pieces, wanted, metronome):
    """What is wrong with the outcome of a case; None: nothing."""
    goes_on = wanted["closed"] is None
    peer = Peer(suite, person.token)
    try:
        tell(peer, [*pieces, ping(PROBE)] if goes_on else pieces, metronome)
        got = peer.read_to_the_end(goes_on)
        if goes_on and got["closed"] is None:
            peer.send(close(1000, b"done"))
            ended = peer.read_to_the_end(False)
            assert (ended["closed"], ended["reason"], ended["texts"], ended["pongs"]) == (1000, b"done", [], []), ended
    except (AssertionError, TimeoutError, UnicodeDecodeError, ConnectionError) as problem:
        return f"{type(problem).__name__}: {problem}"
    finally:
        peer.close()
    if wanted["reason"] is None:
        got["reason"] = None
    return None if got == wanted else f"got {got}, not {wanted}"


@pytest.mark.parametrize("tell", [in_pieces, in_bytes, in_one])
@pytest.mark.parametrize("section", SECTIONS)
def test_section(suite, person, metronome, section, tell):
    cases = list(SECTIONS[section]())
    assert len({name for name, _, _ in cases}) == len(cases) > 10
    wrong = [f"{name}: {problem}" for name, pieces, wanted in cases if (problem := problem_of(suite, person, tell, pieces, wanted, metronome))]
    assert not wrong, f"{len(wrong)} of {len(cases)}:\n" + "\n".join(w[:400] for w in wrong)


# ---- 4: the handshake ----

def accept_of(key):
    return base64.b64encode(hashlib.sha1(key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()).decode()


OWN_ORIGIN = "the gateway's own"
GOOD_HANDSHAKES = {
    "plain": {}, "case of the words": {"Upgrade": "WebSocket", "Connection": "upgrade"}, "lists of words": {"Upgrade": "h2c, websocket", "Connection": "keep-alive, Upgrade"},
    "words in several lines": {"Connection": "keep-alive", "headers": [("Connection", "Upgrade"), ("Upgrade", "h2c")]},
    "white space": {"Upgrade": "  websocket\t", "Connection": "\tUpgrade ", "Sec_WebSocket_Version": " 13 "}, "zeros as key": {"key": "AAAAAAAAAAAAAAAAAAAAAA=="},
    "own origin": {"Origin": OWN_ORIGIN}, "a query": {"path": "/ws?"}, "subprotocols": {"Sec_WebSocket_Protocol": "chat, superchat"},
    "an unknown extension": {"Sec_WebSocket_Extensions": "x-nonsense; a=1"}, "nonsense as extension": {"Sec_WebSocket_Extensions": ";;,=\"x"},
    "what browsers offer": {"Sec_WebSocket_Extensions": "permessage-deflate; client_max_window_bits"},
    "a permessage-deflate that nobody can do": {"Sec_WebSocket_Extensions": "permessage-deflate; server_max_window_bits=7"},
}
BAD_HANDSHAKES = {
    "no version": (426, {"Sec_WebSocket_Version": None}), "version 8": (426, {"Sec_WebSocket_Version": "8"}), "version 12": (426, {"Sec_WebSocket_Version": "12"}),
    "version 130": (426, {"Sec_WebSocket_Version": "130"}), "version 013": (426, {"Sec_WebSocket_Version": "013"}), "version a word": (426, {"Sec_WebSocket_Version": "x"}),
    "two versions": (426, {"Sec_WebSocket_Version": "13, 8"}), "version twice": (400, {"headers": [("Sec-WebSocket-Version", "13")]}),
    "no key": (400, {"key": None}), "empty key": (400, {"key": ""}), "key of 15 bytes": (400, {"key": base64.b64encode(b"x" * 15).decode()}),
    "key of 17 bytes": (400, {"key": base64.b64encode(b"x" * 17).decode()}), "key of 18 bytes": (400, {"key": base64.b64encode(b"x" * 18).decode()}),
    "key that is not base64": (400, {"key": "!!!!!!!!!!!!!!!!!!!!!!=="}), "key without padding": (400, {"key": "dGhlIHNhbXBsZSBub25jZQ"}),
    "two keys": (400, {"headers": [("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]}),
    "no Upgrade": (426, {"Upgrade": None}), "Upgrade to h2c": (426, {"Upgrade": "h2c"}), "Upgrade to websockets": (426, {"Upgrade": "websockets"}),
    "no Connection": (426, {"Connection": None}), "Connection close": (426, {"Connection": "close"}), "Connection upgraded": (426, {"Connection": "upgraded"}),
    "POST": (405, {"method": "POST"}), "HEAD": (400, {"method": "HEAD"}), "PUT": (405, {"method": "PUT"}), "HTTP/1.0": (400, {"version": "HTTP/1.0"}),
    "no Host": (400, {"Host": None}), "a body": (400, {"Content_Length": "5"}), "another origin": (403, {"Origin": "https://evil.example"}), "origin null": (403, {"Origin": "null"}),
    "no token": (401, {"Authorization": None}),
}


@pytest.mark.parametrize("name", GOOD_HANDSHAKES)
def test_a_good_handshake(suite, person, name):
    peer = suite.keep(Peer(suite, person.token))
    key = GOOD_HANDSHAKES[name].get("key") or base64.b64encode(os.urandom(16)).decode()
    peer.send(peer.request(**{"key": key, **GOOD_HANDSHAKES[name]}))
    status, headers = peer.answer()
    assert status == 101 and headers["upgrade"] == ["websocket"] and [v.lower() for v in headers["connection"]] == ["upgrade"]
    assert headers["sec-websocket-accept"] == [accept_of(key)]
    assert "sec-websocket-protocol" not in headers and "sec-websocket-extensions" not in headers  # nothing is agreed to that is not spoken
    assert "content-length" not in headers and "transfer-encoding" not in headers
    peer.send(text(hey("in")) + close(1000))
    assert peer.read_to_the_end(False) == {"texts": ["in"], "pongs": [], "closed": 1000, "reason": b""}


@pytest.mark.parametrize("name", BAD_HANDSHAKES)
def test_a_bad_handshake_is_refused(suite, person, name):
    status, changed = BAD_HANDSHAKES[name]
    peer = suite.keep(Peer(suite, person.token))
    peer.send(peer.request(**changed) + text(TEXT_PING))  # what comes with it is not looked at
    got, headers = peer.answer()
    assert got == status, headers
    assert "sec-websocket-accept" not in headers
    if status == 426:
        assert headers["sec-websocket-version"] == ["13"] and headers["upgrade"] == ["websocket"]
        assert "upgrade" in ", ".join(headers["connection"]).lower().split(", ")


def test_a_handshake_of_single_bytes(suite, person, metronome):
    peer = suite.keep(Peer(suite, person.token))
    for data in single_bytes(peer.request(), edge=1000) + single_bytes(text(hey("in")) + close(1001)):
        peer.send(data)
        metronome.tick()
    assert peer.answer()[0] == 101
    assert peer.read_to_the_end(False) == {"texts": ["in"], "pongs": [], "closed": 1001, "reason": b""}


# ---- 7.1: ends ----

def test_a_connection_that_ends_without_a_close_frame_is_ended(suite, person):
    for begun in (b"", ping(b"x")[:1], text(hey("never"))[:9], text(b"{", fin=False), text(hey("never"), fin=False)):
        peer = suite.keep(Peer(suite, person.token))
        peer.open()
        peer.send(begun)
        peer.socket.shutdown(socket.SHUT_WR)
        got = peer.read_to_the_end(False)
        assert got["closed"] == "no close frame" and got["texts"] == []
    

def test_a_close_frame_with_the_end_of_the_stream_behind_it_is_answered(suite, person):
    for tell in (in_pieces, in_one):
        peer = suite.keep(Peer(suite, person.token))
        tell(peer, [close(4000, b"bye")], None)
        peer.socket.shutdown(socket.SHUT_WR)
        got = peer.read_to_the_end(False)
        assert (got["closed"], got["reason"]) == (4000, b"bye")
    

def test_the_gateway_ends_the_stream_after_the_close_frames(suite, person):
    peer = suite.keep(Peer(suite, person.token))
    peer.open()
    peer.send(close(1000))
    assert peer.read_to_the_end(False)["closed"] == 1000  # and it has read the end while our side was open


# ---- 5.5.2: the gateway's own pings ----

def test_the_heartbeat_keeps_the_time_that_hello_tells(make_suite):
    suite = make_suite(env_for={"gateway": {"PALIQUE_GATEWAY_HEARTBEAT": "1s"}})
    admin = suite.org().admin
    answers, silent, chatty = (suite.keep(Peer(suite, admin.token)) for _ in range(3))
    for peer in (answers, silent, chatty):
        peer.open()
    hello = json.loads(answers.recv()[1])
    assert hello["heartbeat_interval"] == 1000
    began, beats = time.monotonic(), []
    while len(beats) < 3:
        opcode, payload = answers.recv()
        if opcode == PING:
            beats.append(time.monotonic())
            answers.send(pong(payload))
            chatty.send(text(hey("here")))  # any frame is a sign of life
    assert beats[-1] - began > 2, "faster than it says"
    with pytest.raises(Ended):
        while True:
            assert silent.recv()[0] != CLOSE
    for peer in (answers, chatty):
        peer.send(ping(PROBE))
        assert peer.read_to_the_end(True)["closed"] is None
