"""palique-media: real pictures become safe ones; what is no picture, or one made to harm, is refused and harms nobody. PALIQUE_TEST_HOSTILE sets how
many hostile files there are (300; the long form has 10,000)."""

import io
import json
import os
import random
import struct
import subprocess
import zlib

import pytest
from PIL import Image

from harness.suite import BUILD

HOSTILE = int(os.environ.get("PALIQUE_TEST_HOSTILE", "300"))
FORMATS = ["JPEG", "PNG", "GIF", "WEBP"]
# libvips is not built for the thread sanitizer, which takes its locks for none.
pytestmark = pytest.mark.skipif(BUILD.name == "tsan", reason="threads of a library only")


def media(data, tmp_path, timeout=60):
    """(what it said, picture, thumbnail)"""
    path = tmp_path / "picture"
    path.write_bytes(data)
    with path.open("rb") as source:
        done = subprocess.run([BUILD / "bin/palique-media"], stdin=source, capture_output=True, timeout=timeout, check=False)
    assert done.returncode in (0, -24, -9), f"{done.returncode} {done.stderr.decode()[-2000:]}"  # SIGXCPU: the limit
    assert b"Sanitizer" not in done.stderr and b"runtime error" not in done.stderr, done.stderr.decode()
    if done.returncode != 0:
        return {"refused": "limit"}, b"", b""
    line, _, rest = done.stdout.partition(b"\n")
    said = json.loads(line)
    size = said.get("bytes", 0)
    assert len(rest) == size + said.get("thumbnail", {}).get("bytes", 0)
    return said, rest[:size], rest[size:]


def encoded(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def noise(width=600, height=400):
    return Image.effect_noise((width, height), 80).convert("RGB")


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, rows=None):
    """A picture of one colour that says any size, in next to no bytes."""
    packer = zlib.compressobj(9)
    row = b"\0" * (1 + width * 3)
    body = b"".join(packer.compress(row) for _ in range(height if rows is None else rows)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_stays_what_it_is_and_gets_a_thumbnail(kind, tmp_path):
    said, picture, thumbnail = media(encoded(noise(), kind), tmp_path)
    assert (said["width"], said["height"], said["frames"]) == (600, 400, 1)
    assert said["type"] == f"image/{kind.lower()}" and said["colour"].startswith("#") and len(said["colour"]) == 7
    assert Image.open(io.BytesIO(picture)).format == kind
    small = Image.open(io.BytesIO(thumbnail))
    assert small.format == "WEBP" and small.size == (480, 320) == (said["thumbnail"]["width"], said["thumbnail"]["height"])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_metadata_is_gone_and_the_picture_upright(kind, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "where I live"
    said, picture, thumbnail = media(encoded(noise(), kind, exif=exif), tmp_path)
    assert (said["width"], said["height"]) == (400, 600)
    assert b"where I live" not in picture + thumbnail
    assert Image.open(io.BytesIO(picture)).getexif().get(0x0112, 1) == 1


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_animation_keeps_its_frames_and_its_thumbnail_is_the_first(kind, tmp_path):
    frames = [Image.new("RGB", (300, 200), (n * 20, 0, 0)) for n in range(8)]
    said, picture, thumbnail = media(encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=70), tmp_path)
    assert (said["width"], said["height"], said["frames"]) == (300, 200, 8)
    moving = Image.open(io.BytesIO(picture))
    assert moving.n_frames == 8 and moving.size == (300, 200)
    assert getattr(Image.open(io.BytesIO(thumbnail)), "n_frames", 1) == 1


def test_a_large_picture_is_made_smaller(tmp_path):
    said, picture, _ = media(encoded(Image.new("L", (5000, 4000), 7), "JPEG"), tmp_path)
    assert (said["width"], said["height"]) == (4096, 3277) == Image.open(io.BytesIO(picture)).size


@pytest.mark.parametrize("mode", ["CMYK", "L"])
def test_other_colours_become_those_of_screens(mode, tmp_path):
    _, picture, _ = media(encoded(noise().convert(mode), "JPEG"), tmp_path)
    assert Image.open(io.BytesIO(picture)).mode in ("RGB", "L")


@pytest.mark.parametrize("what, data, why", [
    ("nothing", b"", "type"),
    ("a drawing with a script", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "type"),
    ("a page", b"<!doctype html><img src=x onerror=alert(1)>", "type"),
    ("another format that the library knows", b"II*\0" + b"\0" * 64, "type"),
    ("a format with a language of its own", b"push graphic-context\nimage over 0,0 0,0 'https://example.com'", "type"),
    ("a head alone", b"\xff\xd8\xff" + b"a" * 100, "damaged"),
    ("half a picture", encoded(noise(), "JPEG")[:20000], "damaged"),
    ("a bomb by its size", png(60000, 60000, rows=100), "large"),
    ("one that is announced and not there", png(8000, 7900, rows=10), "damaged"),
])
def test_refused(what, data, why, tmp_path):
    assert media(data, tmp_path)[0] == {"refused": why}, what


def hostile(chance, good):
    """A file that some harm was done to."""
    data = bytearray(chance.choice(good))
    how = chance.randrange(6)
    if how == 0:  # cut off
        return bytes(data[:chance.randrange(len(data))])
    if how == 1:  # flipped bits
        for _ in range(chance.randint(1, 40)):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        return bytes(data)
    if how == 2:  # wild sizes in its head
        at = chance.randrange(min(64, len(data) - 4))
        data[at:at + 4] = chance.choice([b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\0\0\xff\xff"])
        return bytes(data)
    if how == 3:  # two files in one
        return bytes(data) + b"<script>alert(1)</script>PK\x03\x04" + chance.randbytes(200)
    if how == 4:  # the head of one kind on the body of another
        return chance.choice(good)[:16] + bytes(data[16:])
    start, end = sorted(chance.randrange(len(data)) for _ in range(2))
    return bytes(data[:start]) + chance.randbytes(chance.randrange(200)) + bytes(data[end:])


def test_hostile_files_end_in_an_answer(tmp_path):
    chance = random.Random(4)
    small = noise(90, 60)
    frames = [Image.new("RGB", (60, 40), (n * 40, 0, 0)) for n in range(5)]
    good = [encoded(small, kind) for kind in FORMATS] + [encoded(frames[0], kind, save_all=True, append_images=frames[1:]) for kind in ("GIF", "WEBP")]
    answers = [media(hostile(chance, good), tmp_path)[0].get("refused", "made") for _ in range(HOSTILE)]
    assert {"made", "damaged"} <= set(answers)  # some harm does not hurt, some does
