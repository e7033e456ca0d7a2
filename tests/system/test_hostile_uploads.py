"""Files that were made to harm, through the files endpoint as anybody could send them: cut off, mislabelled, bombs, two in one, names that are paths.
PALIQUE_TEST_HOSTILE_UPLOADS sets how many (60; the long form has 10,000)."""

import base64
import collections
import gzip
import hashlib
import io
import os
import pathlib
import random
import re
import stat
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from harness import until
from harness.suite import BUILD, Suite
from test_media import FORMATS, chunk, encoded, hostile, noise, png

COUNT = int(os.environ.get("PALIQUE_TEST_HOSTILE_UPLOADS", "60"))
SECRET = b"where I live"
SCRIPT = b"<script>alert(1)</script>"
SHOWN = re.compile(r"(image/(png|jpeg|gif|webp|avif)|(video|audio)/[a-z0-9.+-]+|text/plain; charset=utf-8|application/pdf)")
ARCHIVE_TAIL = b"PK\x05\x06" + bytes(18)
LOCATION = re.compile(r"(installation|blobs/([0-9a-f]{2})/([0-9a-f]{2})/\2\3[0-9a-f]{60}\.\d+)")
TYPES = ["image/png", "image/jpeg", "text/html", "image/svg+xml", "application/javascript", "text/html; charset=utf-7", "*/*", "a/b; x=\"", ""]
NAMES = ["../" * 8 + "tmp/{0}", "/tmp/{0}", "..\\..\\{0}.exe", "file:///tmp/{0}", "{0}\r\nSet-Cookie: a=b", "{0}\0.png", "%2e%2e%2f{0}", "..", ".", "", "-rf", "$(touch /tmp/{0})",
         "`touch /tmp/{0}`", "fdp.\u202egnp.{0}", "a\"; filename={0}.html", "<script>{0}</script>", "COM1", "blobs/00/00/{0}", "parts/1", "installation", "{0}" * 200,
         "\u0001\u009f\ufffe{0}", "ñ\u0301" * 300, "thumbnail", "info", "url", "{0}.tar.gz", "{0}.svg", "{0}.html"]
pytestmark = pytest.mark.skipif(BUILD.name == "tsan", reason="threads of a library only")


@pytest.fixture(scope="module")
def suite(postgres, tmp_path_factory):
    """A folder and a chat of its own, so that what changes in them is of these files."""
    s = Suite(tmp_path_factory.mktemp("suite"), postgres, env_for={"auth": {"PALIQUE_ACCESS_TTL": "1h"}})  # the long form takes longer than a token
    s.start()
    yield s
    s.stop()


def archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("../../zeros", bytes(20 << 20))
    return out.getvalue()


def bombs():
    """Small files that say or become something large."""
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(8 * 25))) + chunk(b"IEND", b"")
    many = zlib.compress(bytes(64 << 20), 9)
    still = [Image.new("RGB", (40, 40), (n % 256, 0, 0)) for n in range(400)]
    return [
        png(60000, 60000, rows=100), png(8000, 7900, rows=10), png(1, 2**31 - 1, rows=1),
        head + chunk(b"zTXt", b"Comment\0\0" + many) + pixels, head + chunk(b"iCCP", b"icc\0\0" + many) + pixels,
        head + b"".join(chunk(b"tEXt", b"k\0%d" % n) for n in range(20000)) + pixels,
        b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0xF7, 0, 0) + bytes(768) + b"," + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x08\x01\x00\x00;",
        encoded(still[0], "GIF", save_all=True, append_images=still[1:]),
        b"RIFF" + struct.pack("<I", 30) + b"WEBPVP8X" + struct.pack("<I", 10) + b"\x10\0\0\0" + b"\xff\xff\xff" * 2 + b"VP8 " + struct.pack("<I", 0),
        b"\xff\xd8" + b"\xff\xfe\xff\xff" * 10000, archive(), gzip.compress(bytes(20 << 20)),
    ]


def good():
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    small = noise(90, 60)
    frames = [Image.new("RGB", (60, 40), (n * 40, 0, 0)) for n in range(5)]
    return ([encoded(small, kind, **({} if kind == "GIF" else {"exif": exif})) for kind in FORMATS]
            + [encoded(frames[0], kind, save_all=True, append_images=frames[1:]) for kind in ("GIF", "WEBP")])


def two_in_one(chance, pictures):
    page = b"<!doctype html><html>" + SCRIPT + b"</html>"
    return chance.choice([
        b"GIF89a/*" + page + b"*/=1;", b"\x89PNG\r\n\x1a\n" + page, b"\xff\xd8\xff\xe0" + page, b"%PDF-1.4\n" + page, b"\xef\xbb\xbf<?xml version='1.0'?><svg onload='alert(1)'/>",
        page, b"RIFF\0\0\0\0WEBP" + page, b"\0\0\0\x18ftypmp42" + page, b"#!/bin/sh\ntouch /tmp/x\n", b"MZ" + page, chance.choice(pictures) + ARCHIVE_TAIL, page + chance.choice(pictures),
    ]) + chance.randbytes(chance.randrange(8))


def make(chance, pictures, large):
    what = chance.randrange(10)
    if what < 6:
        return hostile(chance, pictures)
    if what < 9:
        return two_in_one(chance, pictures)
    return chance.choice(large) if chance.randrange(4) else hostile(chance, large)


def send(person, chance, data, name):
    """By one of the three ways in; the answer."""
    said = {"Content-Type": chance.choice(TYPES)} if chance.randrange(2) else {}
    way = chance.randrange(3)
    if way == 0:
        return person.call("POST", "/files", params={"filename": name}, content=data, headers=said)
    if way == 1:
        quoted = name.replace("\r\n", " ").replace("\0", "").replace('"', "%22")
        body = (b'--x\r\nContent-Disposition: form-data; name="file"; filename="' + quoted.encode() + b'"\r\nContent-Type: ' + chance.choice(TYPES).encode()
                + b"\r\n\r\n" + data + b"\r\n--x--\r\n")
        return person.call("POST", "/files", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}".strip() for key, value in (("filename", name), ("filetype", chance.choice(TYPES))))
    return person.call("POST", "/files", content=data, headers={"Tus-Resumable": "1.0.0", "Upload-Length": str(len(data)), "Upload-Metadata": metadata,
                                                                "Content-Type": "application/offset+octet-stream"})


def check_download(person, number, data):
    """What it is served as."""
    answer = person.get(f"/files/{number}")
    assert answer.status_code == 200 and answer.headers["x-content-type-options"] == "nosniff" and "set-cookie" not in answer.headers
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    disposition, kind = answer.headers["content-disposition"], answer.headers["content-type"]
    assert disposition.count('"') == 2 and not re.search(r"[\x00-\x1f\x7f/\\]", disposition), disposition
    if disposition.startswith("attachment"):
        assert hashlib.sha256(answer.content).digest() == data
        return "saved"
    assert SHOWN.fullmatch(kind), kind
    if kind.startswith("image/"):
        assert SECRET not in answer.content and SCRIPT not in answer.content
        picture = Image.open(io.BytesIO(answer.content))
        picture.load()
        assert f"image/{picture.format.lower()}" == kind and max(picture.size) <= 4096
        return "picture"
    assert hashlib.sha256(answer.content).digest() == data
    return kind


def outside(suite):
    """Everything in the suite's folder but the storage."""
    return {p.relative_to(suite.folder) for p in suite.folder.rglob("*") if p.relative_to(suite.folder).parts[0] != "files"}


def check_storage(folder):
    """Names and modes are ours, whatever was sent. (What nobody needs may go while we look.)"""
    for path in folder.rglob("*"):
        try:
            found = path.lstat()
        except FileNotFoundError:
            continue
        assert stat.S_IMODE(found.st_mode) == (0o700 if stat.S_ISDIR(found.st_mode) else 0o600), path
        assert stat.S_ISDIR(found.st_mode) or (stat.S_ISREG(found.st_mode) and LOCATION.fullmatch(str(path.relative_to(folder)))), path


def test_hostile_uploads_harm_nobody(suite):
    chance = random.Random(9)
    ana, mark = suite.org().admin, f"hostile{chance.getrandbits(40):x}"
    pictures, large = good(), bombs()
    before, memory, process = outside(suite), suite.own_memory("chat"), suite.proc("chat").pid
    kept, refused = {}, collections.Counter()
    for n in range(COUNT):
        data, name = make(chance, pictures, large), chance.choice(NAMES).replace("{0}", mark)
        answer = send(ana, chance, data, name)
        if answer.status_code == 201:
            kept[answer.headers["location"].rsplit("/", 1)[1]] = hashlib.sha256(data).digest()
        else:
            assert answer.status_code in (400, 415), f"{n}: {answer.status_code} {answer.text}"
            refused[answer.json()["code"]] += 1
    assert len(kept) > COUNT / 2
    until(lambda: suite.psql_as("chat", "select count(*) from file where processing = 'pending'").strip() == "0", "all to be looked at", timeout=180 + COUNT)
    seen = collections.Counter(check_download(ana, number, data) for number, data in kept.items())
    assert seen["saved"] and seen["picture"], seen
    assert suite.proc("chat").running() and suite.proc("chat").pid == process, "nothing has ended"
    assert outside(suite) == before and not list(pathlib.Path("/tmp").glob(f"*{mark}*"))
    until(lambda: not list((suite.folder / "files/parts").iterdir()), "what was refused to be gone", timeout=60)
    check_storage(suite.folder / "files")
    grown = suite.own_memory("chat") - memory
    print(f"\n{COUNT} files: {dict(seen)}, refused {dict(refused)}; own memory of chat grown by {grown} KiB")
    if BUILD.name != "asan":  # it keeps what was freed
        assert grown < 65536
