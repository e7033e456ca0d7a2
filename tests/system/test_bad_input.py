"""Whatever is sent, over REST, WebSocket or the bus: a clear error, no process ends, nothing is half-written. The requests are derived from the catalogue, so
that a new command is covered by being there."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import socket
import time
import urllib.parse

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from harness import bus, ops, until
from harness.catalogue import COMMANDS, rest_commands, split
from harness.rawws import BINARY, CLOSE, PING, PONG, RawSocket, frame
from harness.suite import Suite

DEEP = 5000


@pytest.fixture(scope="module")
def _session_suite(postgres, tmp_path_factory):
    """In the place of the one that all files share, as rows are counted here: no erasure, preview or scheduled message of another file may be on its way."""
    suite = Suite(tmp_path_factory.mktemp("quiet"), postgres=postgres).start()
    yield suite
    suite.stop()


@pytest.fixture(autouse=True)
def nothing_ends(suite):
    """Around each test: the same processes run before and after it."""
    pids = {name: p.pid for name, p in suite.processes.items()}
    yield
    assert {name: p.pid for name, p in suite.processes.items() if p.running()} == pids
    for process in suite.processes.values():
        assert process.healthy()


SERVICES = ("auth", "chat", "notify", "admin")


def caught_up(suite):
    """Whether every follower has applied the last event of its log ("search" follows chat's), so that nothing is written any more."""
    tables = suite.psql("select schemaname || '.' || tablename from pg_tables where tablename in ('event', 'consumer_position')").split()
    ends = " union all ".join(f"(select '{s}' as source, tx, id from {s}.event order by tx desc, id desc limit 1)" for s in SERVICES if f"{s}.event" in tables)
    places = " union all ".join(f"select replace(source, 'search', 'chat') as source, tx, id from {s}.consumer_position" for s in SERVICES if f"{s}.consumer_position" in tables)
    return suite.psql(f"select not exists (select from ({ends}) e join ({places}) p using (source) where (p.tx, p.id) < (e.tx, e.id))") == "t"


def rows(suite):
    """The number of rows of every table that a command writes to, once what was sent before has arrived everywhere."""
    until(lambda: caught_up(suite), "the followers", timeout=60)
    tables = suite.psql("select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('auth', 'chat', 'notify', 'admin')"
                        " and tablename !~ 'position|login|throttle|failure|presence|gateway|sample|migration|here'").split()
    return suite.psql(" union all ".join(f"select '{t}', count(*) from {t}" for t in tables))


def is_problem(answer, status=None):
    """None when it is a problem document as the contract has it, else what is wrong."""
    try:
        problem = answer.json()
    except ValueError:
        return f"{answer.status_code} {answer.text[:200]!r}"
    if not answer.headers["content-type"].startswith("application/problem+json") or problem.get("status") != answer.status_code:
        return f"no problem document: {answer.status_code} {problem}"
    if not problem.get("code") or not problem.get("request_id") or not problem.get("title"):
        return f"incomplete: {problem}"
    if answer.status_code not in ((status,) if isinstance(status, int) else status or range(400, 500)):
        return f"{answer.status_code} {problem}"
    return None


# ---- REST: bodies that cannot be read ----

MALFORMED = [b"", b" ", b"{", b"}", b"[]", b"null", b"7", b'"x"', b"{}{}", b"{} x", b'{"a":1,}', b'{"a":1,"a":2}', b"{'a':1}", b'{"a":NaN}', b'{"a":1e999}',
             b'{"a":' + b"9" * 400 + b"}", b'{"\xff":1}', b'{"a":"\xff"}', b'{"a":"\xc0\xaf"}', b'{"a":"\xed\xa0\x80"}', b'{"a":"\\ud800"}', b'{"a":"\x00"}',
             b'{"a":"\\u0000"}', b'{"a\\u0000b":1}', b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00", b"\x00", b"[" * DEEP, b'{"a":' * DEEP, b'{"a":' * 17 + b"1" + b"}" * 17,
             b"--boundary", b"a=1&b=2", b'{"a":"line\nfeed"}', os.urandom(500)]


def main_faces():
    """An alias goes the same way as the first face: /rooms is tried once, in test_isolation."""
    return [(c, f) for c, f in rest_commands() if f is c["rest"][0]]


def with_body():
    return [(c, f) for c, f in main_faces() if f["method"] in ("POST", "PUT") and not c.get("raw_request")]


class Answer:
    """As much of an answer as is_problem looks at."""

    def __init__(self, got):
        self.status_code, self.headers, self.content = got.status, {k.lower(): v for k, v in got.getheaders()}, got.read()

    @property
    def text(self):
        return self.content.decode(errors="replace")

    def json(self):
        return json.loads(self.content)


class Bare:
    """http.client, because thousands of requests are made here and httpx takes most of their time."""

    def __init__(self, person):
        self.person, self.connections = person, {}

    def call(self, method, path, content=None, json_body=None):
        base = self.person.suite.base_for(path, self.person.gateway).split("//")[1]
        connection = self.connections.setdefault(base, http.client.HTTPConnection(base, timeout=60))
        headers = {"Authorization": f"Bearer {self.person.token}"}
        if json_body is not None:
            content = json.dumps(json_body).encode()
        if content is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, path, content, headers)
        answer = Answer(connection.getresponse())
        if answer.headers.get("connection", "").lower() == "close":
            connection.close()
        return answer


@pytest.fixture
def bare(org):
    return Bare(org.admin)


def quoted(path):
    return urllib.parse.quote(path, safe="/?&=%+;,'-.:")


def example_path(command, face):
    return quoted(split(command, face, {n: f for n, f in command["example"]["request"].items()})[0])


def test_a_body_that_is_not_json_is_refused_by_every_command(suite, bare):
    before, wrong = rows(suite), []
    for command, face in with_body():
        path = example_path(command, face)
        for body in MALFORMED:
            if body.strip() == b"" and not any(f.get("in", "body") == "body" and f.get("required", "default" not in f) for f in command["request"].values()):
                continue  # nothing is needed: an empty body is an empty request
            answer = bare.call(face["method"], path, content=body)
            problem = is_problem(answer, 400)
            if problem:
                wrong.append(f"{face['method']} {path} {body[:40]!r}: {problem}")
    assert not wrong, "\n".join(wrong[:20])
    assert rows(suite) == before


# ---- REST: each field with what it is not ----

def not_of(name, field):
    """Values that the field must refuse, as JSON values."""
    kind, top = field["type"], field.get("max")
    values = [[], {}, [[[]]], {"a": {"b": 1}}]
    if not field.get("nullable"):
        values.append(None)
    if kind != "boolean":
        values += [True, False]
    if kind not in ("string", "email", "uuid", "time"):
        values += ["", "1", "x"]
    if kind not in ("integer", "number"):
        values += [0, -1, 1.5, 2**63]
    if kind == "integer":
        values += [1.5, 1e300, -(2**63), 2**63 - 1, 2**63, 2**64, 2**200, -1]
        values += [0] if field.get("ref") == "id" or field.get("min", 0) > 0 else []
        values += [2**53] if field.get("ref") == "id" or "max" in field else []
    if kind in ("string", "email"):
        values += ["\u0000", "a\u0000b", "a\u0007b", "a\u007fb"]
        values += ["x" * (top + 1), "😀" * (top + 1)] if top and top < 20000 else []
        values += [""] if field.get("min", 0) > 0 else []
        values += [] if field.get("multiline") else ["a\nb", "a\tb"]
    if "enum" in field:
        values += [field["enum"][0].upper(), field["enum"][0] + " ", "", "no such"]
    if kind == "email":
        values += ["", "x", "@", "a@", "@b", "a b@c.example", "a@b@c.example", "a" * 250 + "@b.example"]
    if kind == "uuid":
        values += ["", "x", "5b0f9d7e-52a1-4d8b-9d3c-0b8a6d1c2f1", "5b0f9d7e52a14d8b9d3c0b8a6d1c2f10", "{5b0f9d7e-52a1-4d8b-9d3c-0b8a6d1c2f10}",
                   "5b0f9d7e-52a1-4d8b-9d3c-0b8a6d1c2fZZ"]
    return [v for v in values if not (kind == "array" and isinstance(v, list)) and not (kind in ("object", "map") and isinstance(v, dict))]


def test_every_field_refuses_what_it_is_not_and_is_named(suite, bare):
    before, wrong, tried = rows(suite), [], 0
    for command, face in with_body():
        path = example_path(command, face)
        good = {n: v for n, v in command["example"]["request"].items() if command["request"][n].get("in", "body") == "body"}
        for name, field in command["request"].items():
            if field.get("in", "body") != "body":
                continue
            for value in not_of(name, field):
                tried += 1
                answer = bare.call(face["method"], path, json_body={**good, name: value})
                problem = is_problem(answer, 400)
                readable = not (isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) >= 2**63) and "\x00" not in json.dumps(value).replace("\\u0000", "\x00")
                if not problem and readable and answer.json()["code"] == "request.invalid" and "/" + name not in str(answer.json().get("errors")):
                    problem = f"does not name the field: {answer.text}"
                if problem:
                    wrong.append(f"{face['method']} {path} {name}={value!r:.60}: {problem}")
    assert tried > 500 and not wrong, f"{len(wrong)} of {tried}:\n" + "\n".join(wrong[:25])
    assert rows(suite) == before


def test_unknown_and_missing_fields_are_refused_by_name(suite, bare):
    before, wrong = rows(suite), []
    for command, face in with_body():
        path = example_path(command, face)
        good = {n: v for n, v in command["example"]["request"].items() if command["request"][n].get("in", "body") == "body"}
        required = [n for n, f in command["request"].items() if f.get("in", "body") == "body" and f.get("required", "default" not in f)]
        for name, body in [("colour", {**good, "colour": 1}), ("__proto__", {**good, "__proto__": {}}),
                           *((n, {k: v for k, v in good.items() if k != n}) for n in required)]:
            answer = bare.call(face["method"], path, json_body=body)
            problem = is_problem(answer, 400)
            if problem or "/" + name not in [e["pointer"] for e in answer.json().get("errors", [])]:
                wrong.append(f"{face['method']} {path} {name}: {problem or answer.text}")
        for name, field in command["request"].items():
            if field.get("in") == "path" and name not in (n for n, f in command["request"].items() if f.get("in", "body") == "body"):
                answer = bare.call(face["method"], path, json_body={**good, name: 987654321})
                if is_problem(answer, 400):
                    wrong.append(f"{face['method']} {path} with {name} in the body: {answer.status_code} {answer.text}")
    assert not wrong, "\n".join(wrong[:20])
    assert rows(suite) == before


BAD_TEXT = ["9223372036854775807", "9223372036854775808", "18446744073709551616", "9007199254740992", "-1", "0", "1.0", "1e3", "0x1", "+1", " 1", "1 ", "%31%00", "%00",
            "%ff", "%c0%af", "abc", "NaN", "1,2", "1;2", "١", "%F0%9F", "'", "1'--", "99999999999999999999999999"]


def test_no_command_takes_an_id_in_its_path_that_is_none(bare):
    wrong = []
    for command, face in main_faces():
        for name, field in command["request"].items():
            if field.get("in") != "path":
                continue
            for text in BAD_TEXT:
                path = example_path(command, {**face, "path": face["path"].replace("{%s}" % name, text)})
                body = {n: v for n, v in command["example"]["request"].items() if command["request"][n].get("in", "body") == "body"}
                kwargs = {"json_body": body} if face["method"] in ("POST", "PUT") and not command.get("raw_request") else {}
                name_of_its_own = field["type"] == "string"  # some of these are; then there is no picture
                problem = is_problem(bare.call(face["method"], path, **kwargs), (400, 404, 415) if name_of_its_own else (400, 404))
                if problem:
                    wrong.append(f"{face['method']} {path}: {problem}")
    assert not wrong, "\n".join(wrong[:20])


def test_no_command_takes_query_parameters_that_are_none(bare):
    wrong, tried = [], 0
    for command, face in main_faces():
        if face["method"] != "GET":
            continue
        path = example_path(command, face)
        queries = ["colour=1", "%ff=1", "a%00b=1", "limit=1&limit=2" if "limit" in command["request"] else "colour=1"]
        for name, field in command["request"].items():
            if field.get("in") != "query":
                continue
            if field["type"] in ("integer", "boolean"):
                queries += [f"{name}={t}" for t in BAD_TEXT if not (t == "0" and (field["type"] == "boolean" or field.get("min") == 0))] + [f"{name}=", name]
            else:
                queries += [f"{name}=%00", f"{name}=%ff", f"{name}=a%0ab", f"{name}=" + "x" * (field.get("max", 100) + 1)]
            if "enum" in field:
                queries += [f"{name}=no"]
            if "max" in field and field["type"] == "integer":
                queries += [f"{name}={field['max'] + 1}"]
        for query in queries:
            tried += 1
            problem = is_problem(bare.call(face["method"], quoted(f"{path}?{query}")), 400)
            if problem:
                wrong.append(f"{path}?{query[:60]}: {problem}")
    assert tried > 100 and not wrong, "\n".join(wrong[:20])


# ---- REST: sizes and kinds ----

def in_pieces(person, method, path, kind, body):
    """The status of a chunked request, which may be answered and ended before it is sent whole."""
    host, port = person.suite.base_for(path).split("//")[1].split(":")
    with socket.create_connection((host, int(port)), 20) as s:
        s.sendall(f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {person.token}\r\nContent-Type: {kind}\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n".encode())
        try:
            for start in range(0, len(body), 1 << 16):
                piece = body[start:start + (1 << 16)]
                s.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
            s.sendall(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        return int(s.recv(1 << 16).split(b" ")[1])


def test_ten_megabytes_are_refused_everywhere(suite, org):
    before = rows(suite)
    big = b'{"content":"' + b"x" * (10 << 20) + b'"}'
    for method, path in (("POST", "/channels/1/messages"), ("POST", "/auth/register"), ("POST", "/notifications/read"), ("POST", "/admin/moderation/actions"),
                         ("PUT", f"/users/{org.admin.id}/avatar")):
        kind = "image/png" if path.endswith("avatar") else "application/json"
        answer = org.admin.call(method, path, content=big, headers={"Content-Type": kind})
        assert not is_problem(answer, 413), is_problem(answer, 413)
        assert in_pieces(org.admin, method, path, kind, big) == 413
        assert org.admin.get("/auth/me").status_code == 200
    assert not is_problem(org.admin.get("/users/?query=" + "x" * 10000), (413, 414))
    assert org.admin.get("/auth/me", headers={"X-Long": "x" * 100000}).status_code >= 400
    assert rows(suite) == before


def test_bodies_of_another_kind_are_refused(org):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "application/json; charset=utf-16", ""):
        answer = org.admin.call("POST", "/channels/", content=b'{"name":"x"}', headers={"Content-Type": kind})
        assert not is_problem(answer, (400, 415)), f"{kind}: {is_problem(answer, 415)}"
    assert not is_problem(org.admin.call("PATCH", "/channels/", json={}), 405)
    assert not is_problem(org.admin.call("POST", "/no/such/path", json={}), 404)
    assert not is_problem(org.admin.call("DELETE", "/channels/"), 405)


# ---- tokens ----

def signing_key(suite, token):
    """auth's own private key, opened with the secret that the tests gave it: for tokens that are signed well and wrong otherwise."""
    kid = jwt.get_unverified_header(token)["kid"]
    sealed = bytes.fromhex(suite.psql(f"select encode(private_key, 'hex') from auth.signing_key where kid = '{kid}'"))
    secret = suite.env_of("auth")["PALIQUE_AUTH_KEY_SECRET"].encode()
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=b"palique", info=b"palique auth signing keys v1").derive(secret)
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], kid.encode())


def unpadded(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else json.dumps(data).encode()).decode().rstrip("=")


def mac(head, body, secret):
    return f"{head}.{body}." + unpadded(hmac.new(secret, f"{head}.{body}".encode(), hashlib.sha256).digest())


def forged_tokens(suite, person):
    """name → token. All of them must be refused."""
    good = person.token
    head, body, signature = good.split(".")
    header, claims = jwt.get_unverified_header(good), jwt.decode(good, options={"verify_signature": False})
    ours = serialization.load_pem_private_key(signing_key(suite, good), None)
    theirs = ec.generate_private_key(ec.SECP256R1())
    jwk = next(k for k in person.get("/.well-known/jwks.json").json()["keys"] if k["kid"] == header["kid"])
    public = ours.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    now = int(time.time())

    def signed(key=ours, header_change=None, **change):
        wanted = {k: v for k, v in {**claims, **change}.items() if v is not ...}
        return jwt.encode(wanted, key, algorithm="ES256", headers={**{k: v for k, v in header.items() if k not in ("alg", "typ")}, **(header_change or {})})

    assert person.get("/auth/me", headers={"Authorization": f"Bearer {signed()}"}).status_code == 200  # the forge itself works
    tokens = {f"alg {alg}": f"{unpadded({**header, 'alg': alg})}.{body}.{end}" for alg in ("none", "None", "NONE", "nOnE", "") for end in ("", signature)}
    for name, secret in (("PEM", public), ("PEM without end", public.strip()), ("JWK", json.dumps(jwk).encode()), ("empty", b""), ("kid", header["kid"].encode())):
        tokens[f"HS256 with the public key as {name}"] = mac(unpadded({**header, "alg": "HS256"}), body, secret)
        tokens[f"HS256 called ES256 with {name}"] = mac(head, body, secret)
    tokens.update({
        "another key": signed(theirs), "another key in jwk": signed(theirs, {"jwk": jwk}), "jku": signed(theirs, {"jku": "http://127.0.0.1:1/keys"}),
        "x5u": signed(ours, {"x5u": "http://127.0.0.1:1/"}), "crit": signed(ours, {"crit": ["b64"], "b64": False}),
        "kid as path": signed(ours, {"kid": "../../etc/passwd"}), "kid as SQL": signed(ours, {"kid": "' or 1=1 --"}), "kid with NUL": signed(ours, {"kid": header["kid"] + "\0"}),
        "long kid": signed(ours, {"kid": "k" * 1000}), "typ": signed(ours, {"typ": "refresh+jwt"}),
        "expired": signed(exp=now - 3600, iat=now - 7200, nbf=now - 7200), "expired with text": signed(exp=str(now + 600)), "no exp": signed(exp=...),
        "exp as float": signed(exp=float("1e300")), "negative exp": signed(exp=-1), "not valid yet": signed(nbf=now + 3600), "other issuer": signed(iss="evil"), "no issuer": signed(iss=...),
        "other audience": signed(aud="evil"), "audience as list": signed(aud=["palique", "evil"]), "another purpose": signed(token_use="refresh"), "no purpose": signed(token_use=...),
        "unknown role": signed(role="owner"), "service role": signed(role="service"), "role as number": signed(role=3), "no role": signed(role=...),
        "subject 0": signed(sub="0"), "subject as text": signed(sub="admin"), "subject -1": signed(sub="-1"), "subject 2^63": signed(sub=str(2**63)), "organisation as text": signed(org="1"),
        "no organisation": signed(org=...), "no session": signed(sid=...), "session of nobody as text": signed(sid="1"),
        "claims changed": f"{head}.{unpadded({**claims, 'role': 'admin'})}.{signature}", "no signature": f"{head}.{body}.", "two parts": f"{head}.{body}", "four parts": good + ".x",
        "signature cut": good[:-6], "DER signature": f"{head}.{body}.{unpadded(ours.sign(f'{head}.{body}'.encode(), ec.ECDSA(hashes.SHA256())))}",
        "zero signature": f"{head}.{body}.{unpadded(bytes(64))}", "padded": good + "=", "line feed": head + "%0A." + body + "." + signature, "dots": "..", "long": "a" * 5000,
        "not JSON": f"{unpadded(b'{')}.{body}.{signature}", "deep": f"{unpadded(b'[' * 800)}.{body}.{signature}", "duplicate": f"{unpadded(b'{' + json.dumps(header)[1:-1].encode() + b',' + json.dumps(header)[1:].encode())}.{body}.{signature}",
    })
    return tokens


@pytest.fixture
def forged(suite, org):
    return forged_tokens(suite, org.member())


WAYS = {"header": lambda t: {"headers": {"Authorization": f"Bearer {t}"}}, "query": lambda t: {"params": {"token": t}}, "cookie": lambda t: {"headers": {"Cookie": f"palique_token={t}"}}}
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}


# A token in the query is for sockets and streams only.
OPENINGS = [(path, way) for path in ("/ws", "/notifications", "/sse/dashboard", "/auth/me", "/admin/stats") for way in WAYS
            if way != "query" or path not in ("/auth/me", "/admin/stats")]


@pytest.mark.parametrize("path, way", OPENINGS)
def test_a_forged_token_opens_nothing_whichever_way_it_comes(suite, forged, path, way):
    wrong = []
    with httpx.Client(timeout=60) as http:
        for name, token in forged.items():
            kwargs = WAYS[way](token)
            headers = {**kwargs.pop("headers", {}), **(UPGRADE if path == "/ws" else {}), "Accept": "text/event-stream" if path in ("/notifications", "/sse/dashboard") else "*/*"}
            with http.stream("GET", suite.base_for(path) + path, headers=headers, **kwargs) as answer:
                if answer.status_code in (101, 200):
                    wrong.append(f"{name}: let in with {answer.status_code}")
                    continue
                answer.read()
                problem = is_problem(answer, (400, 401, 413, 414))
                wanted = "token.expired" if name == "expired" else None
                if problem or (wanted and answer.json()["code"] != wanted) or not answer.json()["code"].startswith(("token.", "request.")):
                    wrong.append(f"{name}: {problem or answer.text}")
    assert not wrong, "\n".join(wrong)


# ---- WebSocket: messages ----

def test_every_field_over_websocket_refuses_what_it_is_not(suite, org):
    before, wrong, tried = rows(suite), [], 0
    for command in (c for c in COMMANDS.values() if c.get("ws")):
        good = {"type": command["ws"], **command["example"]["request"]}
        bad = [(name, {**good, name: value}) for name, field in command["request"].items() for value in not_of(name, field)]
        bad = [b for b in bad if len(json.dumps(b[1])) < 60000]  # a longer one closes: see below
        bad += [("colour", {**good, "colour": 1})]
        bad += [(n, {k: v for k, v in good.items() if k != n}) for n, f in command["request"].items() if f.get("required", "default" not in f)]
        for start in range(0, len(bad), 15):  # twenty in a minute close the socket
            ws = org.admin.ws()
            ws.expect("hello")
            for name, message in bad[start:start + 15]:
                tried += 1
                ws.send(json.dumps(message))
                answer = ws.recv()
                while answer["type"] in ("presence", "presence_batch", "resumed") and not (command["ws"] == "resume" and answer["type"] == "resumed"):
                    answer = ws.recv()
                if answer["type"] != "error" or answer["code"] not in ("request.invalid", "request.malformed"):
                    wrong.append(f"{command['ws']} {name}={message.get(name)!r:.60}: {answer}")
            ws.close()
    assert tried > 100 and not wrong, f"{len(wrong)} of {tried}:\n" + "\n".join(wrong[:20])
    assert rows(suite) == before


@pytest.mark.parametrize("text", [b'{"type":"ping","client_id":"\xff"}', b"\xff", b"\xed\xa0\x80", b'{"type":"ping","client_id":"\xc0\x80"}'])
def test_invalid_utf8_closes_with_1007(raw, text):
    raw.send(frame(text))
    assert raw.close_code() == 1007


# ---- WebSocket: frames ----

@pytest.fixture
def raw(suite, org):
    person = org.member()
    opened = suite.keep(RawSocket("127.0.0.1", suite.ports["gateway0"], "/ws", person.token))
    opened.expect("hello")
    return opened


PING_TEXT = b'{"type":"ping"}'
BROKEN = {
    "not masked": (frame(PING_TEXT, masked=False), 1002),
    "reserved bit 1": (frame(PING_TEXT, rsv=4), 1002), "reserved bit 2": (frame(PING_TEXT, rsv=2), 1002), "reserved bit 3": (frame(PING_TEXT, rsv=1), 1002),
    "reserved opcode 3": (frame(PING_TEXT, opcode=3), 1002), "reserved opcode 11": (frame(PING_TEXT, opcode=11), 1002),
    "long control frame": (frame(b"x" * 126, opcode=PING), 1002), "fragmented control frame": (frame(b"x", opcode=PING, fin=False), 1002),
    "continuation of nothing": (frame(PING_TEXT, opcode=0), 1002),
    "a second start": (frame(b'{"type"', fin=False) + frame(PING_TEXT), 1002),
    "close with one byte": (frame(b"\x03", opcode=CLOSE), (1002, 1005)), "close with 999": (frame(b"\x03\xe7", opcode=CLOSE), 1002),
    "close with 1005": (frame(b"\x03\xed", opcode=CLOSE), 1002), "close with a reason that is no UTF-8": (frame(b"\x03\xe8\xff", opcode=CLOSE), (1002, 1007)),
    "binary": (frame(b"\x00\x01", opcode=BINARY), 1003),
    "2^63 bytes announced": (frame(b"x" * 10, length=1 << 63), (1002, 1009)), "2^63-1 bytes announced": (frame(b"x" * 10, length=(1 << 63) - 1), 1009),
    "4 GiB announced": (frame(b"x" * 10, length=1 << 32), 1009), "65 KiB announced": (frame(b"x" * 10, length=(64 << 10) + 1), 1009),
    "a fragmented message that is too long": (frame(b"x" * 40000, fin=False) + frame(b"x" * 40000, opcode=0), 1009),
    "UTF-8 broken over fragments": (frame(b'{"type":"\xf0\x9f', fin=False) + frame(b'"}', opcode=0), 1007),
    "noise": (b"\xff" * 300, 1002),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_frame_closes_with_its_code(raw, name):
    data, codes = BROKEN[name]
    raw.send(data)
    assert raw.close_code() in (codes if isinstance(codes, tuple) else (codes,))


def test_a_frame_that_is_cut_off_costs_nobody_anything(suite, org):
    channel = org.admin.channel()
    other = org.admin.ws()
    other.expect("hello")
    message = json.dumps({"type": "chat_message", "channel_id": channel["id"], "content": "never whole"}).encode()
    whole = frame(message)
    for cut in (1, 2, 5, len(whole) // 2, len(whole) - 1):
        cut_off = RawSocket("127.0.0.1", suite.ports["gateway0"], "/ws", org.admin.token)
        cut_off.expect("hello")
        cut_off.send(whole[:cut])
        cut_off.close()
    half = suite.keep(RawSocket("127.0.0.1", suite.ports["gateway0"], "/ws", org.admin.token))
    half.expect("hello")
    half.send(frame(message[:20], fin=False))
    half.close()
    ack = other.say(channel, "whole")
    assert ack["seq"] == 3
    assert [m["content"] for m in org.admin.history(channel)["items"]] == ["whole"]


def test_fragments_and_single_bytes_are_put_together(raw):
    raw.send(frame(b'{"type":', fin=False) + frame(b"between", opcode=PING) + frame(b'"pi', opcode=0, fin=False) + frame(b"", opcode=0, fin=False) + frame(b'ng"}', opcode=0))
    raw.expect("pong")
    for byte in frame(PING_TEXT):
        raw.send(bytes([byte]))
    raw.expect("pong")
    raw.send(frame(PING_TEXT) * 30)
    for _ in range(30):
        raw.expect("pong")
    raw.send(frame(b"\x03\xe8bye", opcode=CLOSE))
    assert raw.close_code() == 1000


def test_a_flood_of_pings_is_answered_and_slows_nobody(suite, org, raw):
    channel = org.admin.channel()
    other = org.admin.ws()
    other.expect("hello")
    payloads = [b"%0125d" % n for n in range(2000)]
    for start in range(0, len(payloads), 100):
        raw.send(b"".join(frame(p, opcode=PING) for p in payloads[start:start + 100]))
        got = []
        while len(got) < 100:
            opcode, payload = raw.recv()
            if opcode == PONG:
                got.append(payload)
        assert got == payloads[start:start + 100]
    assert other.say(channel, "meanwhile")["seq"] == 3
    # One who does not even read the answers.
    deaf = suite.keep(RawSocket("127.0.0.1", suite.ports["gateway0"], "/ws", org.admin.token, timeout=2))
    try:
        for _ in range(300):
            deaf.send(frame(payloads[0], opcode=PING) * 200)
    except TimeoutError:
        pass  # it is not read from any more
    assert other.say(channel, "afterwards")["seq"] == 4
    raw.send(frame(PING_TEXT))
    raw.expect("pong")


def test_too_many_invalid_commands_close_with_1008_and_write_nothing(org, raw):
    channel = org.admin.channel()
    bad = [b"nonsense", b'{"type":"no such"}', b"[]", json.dumps({"type": "chat_message", "channel_id": channel["id"], "content": 7}).encode()]
    raw.send(b"".join(frame(bad[n % 4]) for n in range(100)))
    assert raw.close_code() == 1008
    assert org.admin.history(channel)["items"] == []


# ---- the bus and the operations ports ----

def strangers(service):
    """name → what one sends who is not let in: the connection ends without a HELLO."""
    return {
        "noise": b"\xff" + os.urandom(4096), "zeros": bytes(4096), "HTTP": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "an nng greeting": b"\0SP\0\0\x30\0\0",
        "4 GiB announced": b"\xff\xff\xff\xff", "a long first message": bus.message(bytes(8000)), "a frame without the length of its message": bus.hello(service),
        "a body of 4 GiB": bus.message(bus.encode(bus.HELLO, length=2**32 - 1)), "a frame that is cut short": bus.message(bus.hello(service)[:-1]),
        "another magic": bus.message(bus.encode(bus.HELLO, body=b"{}", magic=b"Xx")), "another version": bus.message(bus.encode(bus.HELLO, body=b"{}", version=9)),
        "hello that is not JSON": bus.message(bus.encode(bus.HELLO, body=b"{{{{")), "hello that is deep": bus.message(bus.encode(bus.HELLO, body=b"[" * 900)),
        "hello that is long": bus.message(bus.encode(bus.HELLO, body=b"x" * 2000)), "hello to nobody": bus.message(bus.encode(bus.HELLO)),
        "hello to another service": bus.message(bus.hello("gateway")), "a request before hello": bus.message(bus.encode(bus.REQUEST, 201, b"{}", 1)),
    }


def peers(service):
    """name → what ends the connection of one who was let in."""
    good = bus.encode(bus.HEARTBEAT)
    return {
        "noise": b"\xff" + os.urandom(4096), "4 GiB announced": b"\xff\xff\xff\xff", "5 MiB announced": (5 << 20).to_bytes(4, "big"), "an empty message": bus.message(b""),
        "a body of 2 GiB": bus.message(bus.encode(bus.REQUEST, 201, length=2**31)), "a body of 4 GiB": bus.message(bus.encode(bus.REQUEST, 201, length=2**32 - 1)),
        "a body that is cut short": bus.message(bus.encode(bus.REQUEST, 201, b"{}", 1)[:-1]), "noise after a frame": bus.message(good + os.urandom(200).replace(b"P", b"x")),
        "a frame in two messages": bus.message(good + good[:60]) + bus.message(good[60:] + good), "an unknown kind": bus.message(bus.encode(9, body=b"{}")),
        "unknown flags": bus.message(bus.encode(bus.REQUEST, 201, b"{}", 1, flags=0x80)), "a second hello": bus.message(bus.hello(service)),
        "replies to nobody": bus.message(bus.encode(bus.REPLY, 201, b"{}", 77) * 100), "events from a client": bus.message(bus.encode(bus.EVENT, 1201, b"{}", 1) * 100),
        "a caller that no database can hold": bus.message(bus.encode(bus.REQUEST, 201, b"{}", 1, user=2**63)),
    }


def dial(path):
    """A connection, or None while the queue of those who wait to be accepted is full."""
    try:
        return bus.connect(path)
    except BlockingIOError:
        return None


def hangs_up(receive):
    """The connection ends, and until then only heartbeats come."""
    try:
        while True:
            got = receive()
            if not got:
                return True
            if got["kind"] != bus.HEARTBEAT:
                return False
    except ConnectionError:
        return True


def send(s, data):
    try:
        s.sendall(data)
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused in the middle of it


def answers(peer, requests):
    """number → (status, code) of requests that go in one message."""
    peer.socket.sendall(bus.message(b"".join(requests)))
    found = {}
    while len(found) < len(requests):
        frame = peer.frame()
        if frame["kind"] == bus.REPLY:
            found[frame["request_id"]] = (frame["status"], json.loads(frame["body"]).get("code") if frame["body"] else None)
    return found


@pytest.mark.parametrize("owner", SERVICES)
def test_who_does_not_speak_as_a_service_is_not_let_in(suite, org, owner):
    before, wrong = rows(suite), []
    for name, data in strangers(owner).items():
        s = bus.connect(suite.bus / f"{owner}.sock")
        send(s, data)
        try:
            got = s.recv(65536)
        except ConnectionResetError:
            got = b""
        if got:
            wrong.append(f"{name}: {got[:200]}")
        s.close()
    assert not wrong, "\n".join(wrong)
    assert rows(suite) == before


@pytest.mark.parametrize("owner", SERVICES)
def test_a_peer_that_talks_junk_is_hung_up_on(suite, org, owner):
    before, wrong = rows(suite), []
    for name, data in peers(owner).items():
        peer = suite.keep(bus.Peer(suite.bus / f"{owner}.sock"))  # is let in
        send(peer.socket, data)
        if not hangs_up(peer.frame):
            wrong.append(name)
    assert not wrong, wrong
    assert rows(suite) == before


@pytest.mark.parametrize("owner", SERVICES)
def test_requests_on_the_bus_that_cannot_be_read_are_answered_each(suite, org, owner):
    before = rows(suite)
    own, others = ([c["id"] for c in COMMANDS.values() if (c["owner"] == owner) == mine] for mine in (True, False))
    peer = suite.keep(bus.Peer(suite.bus / f"{owner}.sock"))
    for ids, bodies, wanted in ((others + [0, 1, 999, 65535], [b"{}"], (404, "request.not_found")),
                                (own, [b"{", b"\xff", b"[" * 900, b'{"a":"\\u0000"}', b"\x00", os.urandom(50)], (400, "request.malformed")),
                                (own, [b'{"channel_id":-1,"items":7,"ids":{},"x":null}'], (400, "request.invalid"))):
        for body in bodies:
            found = answers(peer, [bus.encode(bus.REQUEST, id, body, n) for n, id in enumerate(ids)])
            assert set(found.values()) == {wanted}, (body, {ids[n]: got for n, got in found.items() if got != wanted})
    assert rows(suite) == before


def test_silent_and_halting_connections_to_the_bus_keep_nobody_waiting(suite, org):
    channel = org.admin.channel()
    before = rows(suite)
    ws = org.admin.ws()
    ws.expect("hello")
    hello = {owner: bus.message(bus.hello(owner)) for owner in SERVICES}
    open_ones = []
    for owner in SERVICES:
        path = suite.bus / f"{owner}.sock"
        for piece in (b"", hello[owner][:2], hello[owner][:4], hello[owner][:60], hello[owner][:-1], hello[owner] + b"\0", hello[owner] + b"\0\0\1\0" + bytes(10)):
            s = until(lambda: dial(path), f"{owner} to accept")
            s.sendall(piece)
            open_ones.append(s)
        open_ones += [until(lambda: dial(path), f"{owner} to accept") for _ in range(300)]  # more than it keeps
    assert rows(suite) == before
    assert ws.say(channel, "still here")["seq"] == 3
    assert org.admin.ok("GET", "/auth/me")["id"] == org.admin.id
    assert org.admin.ok("GET", "/notifications")["items"] is not None and org.admin.ok("GET", "/admin/stats")
    for owner in SERVICES:
        suite.keep(bus.Peer(suite.bus / f"{owner}.sock"))  # there is room for who says HELLO
    peer = suite.keep(bus.Peer(suite.bus / "chat.sock"))
    assert peer.call(COMMANDS["session.open"], {"channel_id": channel["id"]}, org.admin)[0] == 200
    for s in open_ones:
        s.close()


def test_a_request_of_the_wrong_shape_on_the_bus_is_answered_with_400(suite, org):
    for owner in SERVICES:
        peer = suite.keep(bus.Peer(suite.bus / f"{owner}.sock"))
        for command in COMMANDS.values():
            if command["owner"] != owner:
                continue
            for body in ({"colour": 1}, []):
                status, problem = peer.call(command, body, org.admin)
                assert status == 400 and problem["code"].startswith("request."), (command["name"], body, status, problem)


def test_junk_at_the_operations_ports_is_harmless(suite):
    for name in suite.processes:
        for data in (os.urandom(2000), b"GET /metrics HTTP/1.1\r\n", b"POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", b"GET " + b"/" * 100000):
            s = bus.connect(suite.port_of(name))
            try:
                s.sendall(data)
                s.settimeout(0.02)
                s.recv(4096)
            except OSError:
                pass
            s.close()
        until(lambda: ops.ask(suite.port_of(name), "/livez")[0] == 200, f"{name} to be alive")
