"""Uploaded pictures: what others get is upright and says nothing about where it was taken; what is no picture stays a plain file."""

import io

import pytest
from PIL import Image

from harness import until
from harness.suite import BUILD
from test_media import chunk, encoded, noise, png

pytestmark = pytest.mark.skipif(BUILD.name == "tsan", reason="threads of a library only")

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
SECRET = "where I live"


@pytest.fixture
def room(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    return ana, luis, channel


def upload(person, data, name="foto.jpg"):
    return person.ok("POST", "/files", status=201, params={"filename": name}, content=data, headers={"Content-Type": "image/jpeg"})


def post(person, channel, f):
    return person.ok("POST", f"/channels/{channel['id']}/messages", status=201, json={"content": "", "attachment_ids": [f["id"]]})


def prepared(person, f):
    """The file when it has been looked at."""
    def look():
        now = person.ok("GET", f"/files/{f['id']}/info")
        return None if now["processing"] else now
    return until(look, "the picture is prepared")


def photo():
    """A picture lying on its side that says where it was taken; and the same without any of that, upright."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = SECRET
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (40.0, 25.0, 0.0)
    image = noise()
    image.paste((250, 0, 0), (0, 0, 100, 100))
    return encoded(image, "JPEG", exif=exif, quality=95)


def test_others_get_it_upright_and_without_metadata(room, suite):
    ana, luis, channel = room
    listening = luis.ws()
    listening.expect("hello")
    data = photo()
    assert SECRET.encode() in data
    f = upload(ana, data)
    assert f["kind"] == "image" and f["mime_type"] == "image/jpeg"
    message = post(ana, channel, f)
    posted = listening.expect("chat_message")["message"]
    if posted["attachments"][0]["processing"]:
        told = listening.expect("message_updated")["message"]
        assert told["id"] == message["id"]
    else:
        told = posted
    now = prepared(luis, f)
    assert told["attachments"] == [now] == luis.ok("GET", f"/messages/{message['id']}")["attachments"] == luis.history(channel)["items"][-1]["attachments"]
    assert (now["width"], now["height"], now["kind"]) == (400, 600, "image") and now["colour"].startswith("#") and len(now["colour"]) == 7
    answer = luis.get(now["file_url"])
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/jpeg" and answer.headers["content-disposition"].startswith("inline")
    assert len(answer.content) == now["file_size"] and SECRET.encode() not in answer.content
    image = Image.open(io.BytesIO(answer.content))
    assert image.size == (400, 600) and not dict(image.getexif()) and not image.getexif().get_ifd(0x8825)
    red, green, _ = image.getpixel((350, 50))  # the upper left corner is now the upper right one
    assert red > 200 and green < 60
    assert ana.get(now["file_url"]).content == answer.content, "the author sees what all see"
    left = suite.psql_as("chat", f"select count(*) from blob_check c join blob b using (hash) where b.location like '%.{f['id']}'")
    assert int(left) == 1, "the upload itself is to be collected"


def test_the_thumbnail(room, org, suite):
    ana, luis, channel = room
    f = upload(ana, photo())
    now = prepared(ana, f)
    assert now["thumbnail_url"] == f"/files/{f['id']}/thumbnail" and now["thumbnails"] == [{"url": now["thumbnail_url"], "width": 320, "height": 480}]
    assert luis.get(now["thumbnail_url"]).status_code == 404, "not attached yet"
    post(ana, channel, f)
    answer = luis.get(now["thumbnail_url"])
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/webp" and SECRET.encode() not in answer.content
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable" and answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    small = Image.open(io.BytesIO(answer.content))
    assert small.format == "WEBP" and small.size == (320, 480)
    assert luis.get(now["thumbnail_url"], headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert luis.call("GET", now["thumbnail_url"], token=False).status_code == 401
    assert suite.org().admin.get(now["thumbnail_url"]).status_code == 404, "another organisation"
    private = ana.channel(type="private")
    hidden = prepared(ana, upload(ana, photo()))
    post(ana, private, hidden)
    for url in (hidden["thumbnail_url"], hidden["file_url"]):
        assert ana.get(url).status_code == 200 and luis.get(url).status_code == 404
    message = post(ana, channel, prepared(ana, upload(ana, photo())))
    gone = message["attachments"][0]["thumbnail_url"]
    ana.ok("DELETE", f"/messages/{message['id']}")
    assert luis.get(gone).status_code == 404


def test_an_animation_stays_one(room):
    ana, luis, channel = room
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "green", "blue")]
    f = upload(ana, encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100, loop=0), "baile.gif")
    post(ana, channel, f)
    now = prepared(luis, f)
    image = Image.open(io.BytesIO(luis.get(now["file_url"]).content))
    assert (now["kind"], now["mime_type"], now["width"], now["height"]) == ("image", "image/gif", 60, 40)
    assert image.format == "GIF" and image.n_frames == 3
    assert luis.get(now["thumbnail_url"]).status_code == 200


def test_what_is_no_picture_stays_a_plain_file(room):
    ana, luis, channel = room
    bad = {"bomba.png": png(60000, 60000, 200), "rota.jpg": photo()[:3000], "dibujo.jpg": SVG, "junk.png": b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"x" * 13)}
    files = {name: upload(ana, data, name) for name, data in bad.items()}
    for f in files.values():
        post(ana, channel, f)
    for name, f in files.items():
        now = prepared(luis, f)
        assert now["kind"] == "file" and now["thumbnail_url"] is None and now["width"] is None and now["file_size"] == len(bad[name]), name
        answer = luis.get(now["file_url"])
        assert answer.status_code == 200 and answer.content == bad[name] and answer.headers["content-disposition"].startswith("attachment"), name
        assert luis.get(f"/files/{f['id']}/thumbnail").status_code == 404, name
    good = upload(ana, photo())
    assert prepared(ana, good)["kind"] == "image", "the next one is fine"


def test_until_then_it_is_its_owners_and_three_tries_are_enough(room, suite):
    ana, luis, channel = room
    listening = luis.ws()
    listening.expect("hello")
    f = prepared(ana, upload(ana, photo()))
    suite.psql_as("chat", f"update file set processing = 'pending', due_at = 'infinity', tries = 0 where id = {f['id']}")
    message = post(ana, channel, f)
    assert message["attachments"][0]["processing"]
    refused = luis.get(f["file_url"])
    assert refused.status_code == 409 and refused.json()["code"] == "file.processing"
    mine = ana.get(f["file_url"])
    assert mine.status_code == 200 and mine.headers["content-disposition"].startswith("attachment")
    suite.psql_as("chat", f"update file set due_at = now(), tries = 3 where id = {f['id']}")  # whoever tried has died of it
    told = listening.expect("message_updated")["message"]["attachments"][0]
    assert (told["processing"], told["kind"]) == (False, "file")
    assert luis.get(f["file_url"]).headers["content-disposition"].startswith("attachment")


def test_the_same_picture_twice_is_kept_once(room, suite):
    ana, _, _ = room
    data = photo()
    one, two = (prepared(ana, upload(ana, data, name)) for name in ("a.jpg", "b.jpg"))
    assert ana.get(one["file_url"]).content == ana.get(two["file_url"]).content
    shared = suite.psql_as("chat", f"select count(distinct hash) || ' ' || count(distinct thumbnail_hash) from file where id in ({one['id']}, {two['id']})")
    assert shared.split() == ["1", "1"]
    ana.call("DELETE", f"/files/{one['id']}")
    assert ana.get(two["thumbnail_url"]).status_code == 200
    suite.psql_as("chat", "update blob_check set due_at = now(); update blob set used_at = now() - interval '1 hour'")
    until(lambda: int(suite.psql_as("chat", "select count(*) from blob_check where due_at <= now()")) == 0, "what is not needed is gone")
    until(lambda: int(suite.psql_as("chat", "select count(*) from storage_drop")) == 0, "what is not needed is gone")
    assert ana.get(two["thumbnail_url"]).status_code == 200 and ana.get(two["file_url"]).status_code == 200


def test_a_file_with_a_name_of_a_route(room):
    ana, _, _ = room
    f = upload(ana, b"plain", "thumbnail")
    assert f["file_url"] == f"/files/{f['id']}" and ana.get(f["file_url"]).content == b"plain"


def test_in_the_middle_of_it_files_are_attached_and_deleted(room, suite):
    """Whatever happens to a file while it is prepared: what the database has is in the storage, and nothing else stays there."""
    ana, luis, channel = room
    blobs = suite.folder / "files/blobs"

    def there():
        return {str(path.relative_to(suite.folder / "files")) for path in blobs.glob("*/*/*")}

    def known():
        return set(suite.psql_as("chat", "select location from blob union all select location from storage_drop").split())

    def lost():
        return set(suite.psql_as("chat", "select location from blob").split()) - there()

    before, lost_before = there() - known(), lost()
    files = [upload(ana, photo(), f"{n}.jpg") for n in range(9)]
    for n, f in enumerate(files):
        if n % 3 == 0:
            assert ana.call("DELETE", f"/files/{f['id']}").status_code == 204
        elif n % 3 == 1:
            post(ana, channel, f)
    for n, f in enumerate(files):
        if n % 3 > 0:
            now = prepared(ana, f)
            assert now["kind"] == "image" and ana.get(now["thumbnail_url"]).status_code == 200
    attached = [a for m in luis.history(channel)["items"] for a in m["attachments"]]
    assert len(attached) == 3 and all(luis.get(a["file_url"]).status_code == 200 for a in attached)
    until(lambda: there() - known() == before, "no orphans")
    until(lambda: lost() == lost_before, "every blob is there")
    until(lambda: not [p for p in (suite.folder / "files/parts").iterdir() if int(p.name) > files[0]["id"]], "no parts")
