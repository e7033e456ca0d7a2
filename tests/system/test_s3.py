"""Files in a bucket: an object store that others wrote (s3rver) is killed and comes back. It does not check signatures of version 4: a door in front of
it does, which is checked by the example that AWS has published."""

import hashlib
import hmac
import http.server
import os
import pathlib
import shutil
import threading
import time
import urllib.parse

import httpx
import pytest

from harness import until
from harness.npm import installed
from harness.process import Process
from harness.suite import BUILD, Suite, free_port
from test_sweep import DAY, age, sweep

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / "tests/s3"
BUCKET = "palique"
MIB = 1 << 20
BYTES = {"Content-Type": "application/octet-stream"}


@pytest.fixture(scope="module")
def program():
    """s3rver, installed once for each lock file."""
    return installed(SOURCE, "s3-server") / "node_modules/.bin/s3rver"


def signature(secret, method, target, headers):
    """What Authorization has to say (SigV4); headers: names in lower case."""
    said = dict(part.strip().split("=", 1) for part in headers["authorization"].split(" ", 1)[1].split(","))
    scope, names = said["Credential"].split("/")[1:], said["SignedHeaders"].split(";")
    path, _, query = target.partition("?")
    query = "&".join(sorted(f"{urllib.parse.quote(k, safe='-_.~')}={urllib.parse.quote(v, safe='-_.~')}"
                            for k, v in urllib.parse.parse_qsl(query, keep_blank_values=True)))
    canonical = "\n".join([method, path, query, *(f"{n}:{headers[n].strip()}" for n in names), "", said["SignedHeaders"], headers["x-amz-content-sha256"]])
    text = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], "/".join(scope), hashlib.sha256(canonical.encode()).hexdigest()])
    key = b"AWS4" + secret.encode()
    for part in [*scope, text]:
        key = hmac.digest(key, part.encode(), "sha256")
    return key.hex(), said["Signature"]


def test_the_door_signs_as_was_published():
    # docs.aws.amazon.com, "Signature Calculations for the Authorization Header", GET Object
    wanted = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    headers = {"host": "examplebucket.s3.amazonaws.com", "range": "bytes=0-9", "x-amz-content-sha256": hashlib.sha256().hexdigest(),
               "x-amz-date": "20130524T000000Z",
               "authorization": "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                                f"SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature={wanted}"}
    assert signature("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "GET", "/test.txt", headers) == (wanted, wanted)


class Door(http.server.BaseHTTPRequestHandler):
    """Lets in what is signed, with the content that was signed, and counts."""

    protocol_version = "HTTP/1.1"

    def pass_on(self):
        headers = {k.lower(): v for k, v in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        ours, theirs = signature("a secret", self.command, self.path, headers)
        good = hmac.compare_digest(ours, theirs) and hashlib.sha256(body).hexdigest() == headers["x-amz-content-sha256"]
        self.server.seen.append((self.command, self.path.partition("?")[2].partition("=")[0], good))
        if not good:
            self.say(403, {}, b"")
            return
        if self.server.uploads is not None and self.path.endswith("&uploads="):
            self.say(200, {}, self.server.uploads.encode())
            return
        if self.command == "DELETE" and "?uploadId=" in self.path:
            self.server.ended.append(self.path)
            self.say(204, {}, b"")
            return
        try:
            answer = self.server.inside.request(self.command, self.path, content=body, headers={k: headers[k] for k in ("range",) if k in headers})
        except httpx.TransportError:
            self.close_connection = True
            return
        self.say(answer.status_code, answer.headers, answer.content)

    def say(self, status, headers, body):
        self.send_response(status)
        for name in ("etag", "content-range"):
            if name in headers:
                self.send_header(name, headers[name])
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        pass

    do_GET = do_PUT = do_POST = do_DELETE = pass_on  # noqa: N815


class Store:
    def __init__(self, program, folder):
        self.program, self.folder, self.port = program, folder, free_port()
        self.process = None
        self.door = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.door.seen, self.door.ended, self.door.uploads, self.door.inside = [], [], None, httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=60)
        threading.Thread(target=self.door.serve_forever, daemon=True).start()

    def start(self):
        self.process = Process("s3", [self.program, "-a", "127.0.0.1", "-p", self.port, "-d", self.folder / "s3", "--configure-bucket", BUCKET],
                               {**os.environ, "NODE_OPTIONS": "--openssl-legacy-provider"}, self.folder / "s3.log")  # its lists need an old cipher
        self.process.healthy = self.answers
        self.process.start().wait_ready(60)

    def answers(self):
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/").status_code < 500
        except httpx.TransportError:
            return False

    def objects(self):
        return sorted(p.name for p in (self.folder / "s3" / BUCKET).rglob("*_object") if p.is_file())


@pytest.fixture(scope="module")
def store(program, tmp_path_factory):
    s = Store(program, tmp_path_factory.mktemp("s3"))
    s.start()
    yield s
    s.door.shutdown()
    s.process.kill()


@pytest.fixture(scope="module")
def suite(store, postgres, tmp_path_factory):
    env = {"PALIQUE_S3_ENDPOINT": f"http://127.0.0.1:{store.door.server_port}", "PALIQUE_S3_BUCKET": BUCKET, "PALIQUE_S3_ACCESS_KEY": "ana",
           "PALIQUE_S3_SECRET_KEY": "a secret"}
    s = Suite(tmp_path_factory.mktemp("suite"), postgres, env_for={"chat": env})
    s.start()
    yield s
    s.stop()


@pytest.fixture
def ana(suite):
    return suite.org().admin


def put(person, data, name="a.bin", status=201):
    answer = person.call("POST", "/files", params={"filename": name}, content=data, headers=BYTES)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_what_is_uploaded_is_in_the_bucket_alone(ana, suite, store):
    data = os.urandom(3 * MIB + 17)
    f = put(ana, data)
    assert any(name.startswith(hashlib.sha256(data).hexdigest()) for name in store.objects())
    assert not list((suite.folder / "files/blobs").rglob("*.*")) and not list((suite.folder / "files/parts").iterdir())
    assert ana.get(f["file_url"]).content == data
    for said, part in (("bytes=0-0", data[:1]), ("bytes=0-1", data[:2]), ("bytes=5-5", data[5:6]), ("bytes=700000-2000000", data[700000:2000001]), ("bytes=-5", data[-5:])):
        answer = ana.get(f["file_url"], headers={"Range": said})
        assert answer.status_code == 206 and answer.content == part, said
    head = ana.call("HEAD", f["file_url"])
    assert head.status_code == 200 and head.headers["content-length"] == str(len(data)) and head.content == b""
    assert ana.get(f["file_url"], headers={"If-None-Match": head.headers["etag"]}).status_code == 304
    assert ana.get(put(ana, b"")["file_url"]).content == b""


def test_a_large_file_goes_in_parts(ana, suite, store):
    block = os.urandom(MIB)
    data = b"".join(n.to_bytes(4, "big") + block[4:] for n in range(65)) + b"end"
    store.door.seen.clear()
    before = suite.own_memory("chat")
    f = put(ana, data)
    assert store.door.seen == [("POST", "uploads", True), ("PUT", "partNumber", True), ("PUT", "partNumber", True), ("POST", "uploadId", True)]
    assert hashlib.sha256(ana.get(f["file_url"]).content).digest() == hashlib.sha256(data).digest()
    assert ana.get(f["file_url"], headers={"Range": f"bytes={64 * MIB - 3}-{64 * MIB + 3}"}).content == data[64 * MIB - 3:64 * MIB + 4]
    grown = suite.own_memory("chat") - before
    assert grown < 16 << 10 or BUILD.name in ("asan", "tsan"), "a piece of it is in memory, not all"


def test_a_file_that_is_not_wanted_twice_is_dropped(ana, store):
    data = os.urandom(1000)
    put(ana, data, "a")
    second = put(ana, data, "b")
    digest = hashlib.sha256(data).hexdigest()
    until(lambda: len([n for n in store.objects() if n.startswith(digest)]) == 1, "the second to be gone")
    assert ana.get(second["file_url"]).content == data


def test_objects_of_nobody_are_collected(ana, suite, store):
    f = put(ana, os.urandom(1000))
    folder = store.folder / "s3" / BUCKET
    names = sorted(f"objects/{hashlib.sha256(b'%d' % n).hexdigest()}.{10**12 + n}" for n in range(502))  # more than is looked at in one go
    for name in (names[0], "another"):
        assert store.door.inside.put(f"/{BUCKET}/{name}", content=b"x").status_code == 200
    for name, path in ((name, path) for name in names[1:] for path in folder.glob(f"{names[0]}._*")):
        shutil.copy(path, folder / path.name.replace(names[0].removeprefix("objects/"), name))
    lost = [names[0], names[-1]]
    for name in [*lost, "another", *(f"objects/{n.split('._')[0]}" for n in store.objects() if n.split("._")[0].endswith(f".{f['id']}"))]:
        for path in folder.glob(f"{name}._*"):
            age(path)
    sweep(suite, "objects")
    assert {n.split("._")[0] for n in store.objects()} >= {n.removeprefix("objects/") for n in names[1:-1]}, "they are young"
    assert [store.door.inside.get(f"/{BUCKET}/{n}").status_code for n in [*lost, "another", "installation"]] == [404, 404, 200, 200]
    assert len(ana.get(f["file_url"]).content) == 1000


def test_uploads_in_parts_that_nobody_goes_on_with_are_ended(suite, store):
    """s3rver can neither list nor end them: the door says what a store that can does, in the form that AWS has published."""
    sweep(suite, "uploads")  # 501: there are none
    old, young = (f"objects/{hashlib.sha256(n).hexdigest()}.5" for n in (b"old", b"young"))
    moments = [time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() - s)) for s in (DAY + 60, DAY - 600, DAY + 60)]
    store.door.uploads = "<ListMultipartUploadsResult>" + "".join(
        f"<Upload><Key>{k}</Key><UploadId>{u}</UploadId><Initiated>{t}</Initiated></Upload>"
        for k, u, t in zip((old, young, "somebody/elses"), ("a/b+c=", "b", "c"), moments, strict=True)) + "</ListMultipartUploadsResult>"
    store.door.seen.clear()
    store.door.ended.clear()
    sweep(suite, "uploads")
    store.door.uploads = None
    assert all(good for _, _, good in store.door.seen)
    assert store.door.ended == [f"/{BUCKET}/{old}?uploadId=a%2Fb%2Bc%3D"]


def test_while_the_store_is_away_it_is_said_and_nothing_is_lost(ana, suite, store):
    kept = put(ana, b"before")
    begun = ana.call("POST", "/files", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "5"})
    patch = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
    store.process.kill()
    answer = ana.get(kept["file_url"])
    assert answer.status_code == 503 and answer.json()["code"] == "service.unavailable" and int(answer.headers["retry-after"]) > 0
    put(ana, b"refused", status=503)
    where = begun.headers["location"]
    assert ana.call("PATCH", where, content=b"hello", headers={**patch, "Upload-Offset": "0"}).status_code == 503
    assert ana.send(ana.channel(), "messages go on")["content"] == "messages go on"
    store.start()
    offset = int(ana.call("HEAD", where, headers=patch).headers["upload-offset"])
    assert offset < 5, "a client that sees all of it there would think it is done"
    answer = ana.call("PATCH", where, content=b"hello"[offset:], headers={**patch, "Upload-Offset": str(offset)})
    assert answer.status_code == 204, answer.text
    assert ana.get(where).content == b"hello"
    assert ana.get(kept["file_url"]).content == b"before"
    assert not list((suite.folder / "files/parts").glob(where.rsplit("/", 1)[1]))


def test_killed_in_the_middle_of_a_download(ana, store):
    f = put(ana, os.urandom(40 * MIB))
    got = 0
    address = ana.suite.base_for(f["file_url"], 0) + f["file_url"]
    with pytest.raises(httpx.TransportError), ana.http.stream("GET", address, headers={"Authorization": f"Bearer {ana.token}"}) as answer:
        assert answer.status_code == 200
        for piece in answer.iter_raw():
            if got == 0:
                store.process.kill()
            got += len(piece)
    assert 0 < got < 40 * MIB
    store.start()
    assert len(ana.get(f["file_url"]).content) == 40 * MIB
