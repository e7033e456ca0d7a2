"""Files: plain uploads, downloads, who may have them, and messages with attachments."""

import hashlib
import os
import random

import pytest

from harness import until

PDF = b"%PDF-1.4\n" + b"x" * 5000


@pytest.fixture
def ana(org):
    return org.member()


def upload(person, data=PDF, name="informe.pdf", **kwargs):
    return person.ok("POST", "/files", status=201, params={"filename": name}, content=data, headers={"Content-Type": "application/octet-stream"}, **kwargs)


def test_a_raw_body(ana):
    f = upload(ana)
    assert f["filename"] == "informe.pdf" and f["file_size"] == len(PDF) and f["mime_type"] == "application/pdf" and f["message_id"] is None
    answer = ana.get(f["file_url"])
    assert answer.status_code == 200 and answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf" and answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert ana.ok("GET", f"/files/{f['id']}/info") == f


def test_a_form(ana):
    data = random.Random(1).randbytes(2_000_000)  # always the same: chance writes the beginning of a program now and then
    answer = ana.call("POST", "/files", data={"note": "hola"}, files={"file": ("añejo \"1\".bin", data, "text/html")})
    assert answer.status_code == 201, answer.text
    f = answer.json()
    assert f["file_size"] == len(data) and f["filename"] == "añejo 1.bin" and f["mime_type"] == "application/octet-stream"
    assert ana.get(f["file_url"]).content == data


def test_a_form_with_an_empty_file_and_with_two(ana):
    answer = ana.call("POST", "/files", files={"file": ("nada", b"", "text/plain")})
    assert answer.status_code == 201 and answer.json()["file_size"] == 0
    answer = ana.call("POST", "/files", files=[("a", ("1", b"1")), ("b", ("2", b"2"))])
    assert answer.status_code == 400 and answer.json()["code"] == "request.malformed"
    assert ana.call("POST", "/files", data={"a": "b"}, headers={"Content-Type": "multipart/form-data; boundary=x"}).status_code == 400


def test_ranges_and_conditions(ana):
    data = bytes(range(256)) * 400
    f = upload(ana, data)
    tag = f'"{hashlib.sha256(data).hexdigest()}"'
    whole = ana.get(f["file_url"])
    assert whole.headers["etag"] == tag and whole.headers["accept-ranges"] == "bytes"
    for said, part in (("bytes=0-0", data[:1]), ("bytes=100-299", data[100:300]), ("bytes=-5", data[-5:]), ("bytes=102000-", data[102000:])):
        answer = ana.get(f["file_url"], headers={"Range": said})
        assert answer.status_code == 206 and answer.content == part, said
        start = data.index(part) if said != "bytes=0-0" else 0
        assert answer.headers["content-length"] == str(len(part)) and answer.headers["content-range"].endswith(f"/{len(data)}"), start
    answer = ana.get(f["file_url"], headers={"Range": "bytes=102400-"})
    assert answer.status_code == 416 and answer.headers["content-range"] == f"bytes */{len(data)}"
    assert ana.get(f["file_url"], headers={"Range": "bytes=1-2", "If-Range": '"other"'}).content == data
    assert ana.get(f["file_url"], headers={"Range": "bytes=1-2", "If-Range": tag}).content == data[1:3]
    assert ana.get(f["file_url"], headers={"Range": "bytes=0-1,5-6"}).content == data
    assert ana.get(f["file_url"], headers={"If-None-Match": tag}).status_code == 304
    head = ana.call("HEAD", f["file_url"])
    assert head.status_code == 200 and head.headers["content-length"] == str(len(data)) and head.content == b""


def test_the_same_content_is_kept_once(ana, suite):
    data = os.urandom(5000)
    first, second = upload(ana, data, "a"), upload(ana, data, "b")
    assert first["id"] != second["id"]
    name = f"*/*/{hashlib.sha256(data).hexdigest()}.*"
    kept = until(lambda: len(found := list((suite.folder / "files/blobs").glob(name))) == 1 and found, "one of both to go")
    assert kept[0].stat().st_mode & 0o777 == 0o600
    assert ana.get(second["file_url"]).content == data


def test_before_it_is_attached_a_file_is_its_owners(ana, org, suite):
    f = upload(ana)
    for other in (org.member(), org.admin, suite.org().admin):
        assert other.get(f["file_url"]).status_code == 404
        other.refused(404, "file.not_found", "GET", f"/files/{f['id']}/info")
        other.refused(404, "file.not_found", "DELETE", f"/files/{f['id']}")
    assert ana.call("GET", f["file_url"], token=False).status_code == 401
    assert ana.call("DELETE", f"/files/{f['id']}").status_code == 204
    assert ana.get(f["file_url"]).status_code == 404


# ---- what one has ----
def test_ones_own_files_and_what_they_take(org):
    ana, luis = org.member(), org.member()
    mine = [upload(ana, f"file {n}".encode(), f"{n}.txt") for n in range(3)]
    upload(luis, b"not hers")
    first = ana.ok("GET", "/files", params={"limit": 2})
    assert first["items"] == [mine[2], mine[1]]
    rest = ana.ok("GET", "/files", params={"limit": 2, "cursor": first["next_cursor"]})
    assert rest == {"items": [mine[0]], "next_cursor": None}
    used = ana.ok("GET", "/files/usage")
    assert used == {"user": {"files": 3, "bytes": 18, "quota": 64 << 30}, "organization": {"files": 4, "bytes": 26, "quota": None}}
    assert ana.call("DELETE", f"/files/{mine[0]['id']}").status_code == 204
    assert ana.ok("GET", "/files/usage")["user"] == {"files": 2, "bytes": 12, "quota": 64 << 30}
    assert org.member().ok("GET", "/files/usage")["user"] == {"files": 0, "bytes": 0, "quota": 64 << 30}


# ---- addresses that need no token ----
@pytest.mark.parametrize("name", ["informe.pdf", "an\u0303ejo y más.pdf", "info"])
def test_a_signed_address(ana, name):
    f = upload(ana, PDF, name)
    given = ana.ok("POST", f"/files/{f['id']}/url")
    answer = ana.call("GET", given["url"], token=False)
    assert answer.status_code == 200 and answer.content == PDF
    assert answer.headers["cache-control"].startswith("public, max-age=3") and answer.headers["cache-control"].endswith(", immutable")
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert ana.call("GET", given["url"], token=False, headers={"Range": "bytes=0-3"}).content == PDF[:4]
    other = upload(ana, b"other", name)
    for wrong in (given["url"].replace(f"/{f['id']}", f"/{other['id']}"), given["url"].replace("expires=1", "expires=2"), given["url"][:-1],
                  given["url"].replace("?", "x?"), given["url"].replace("signature=", "signature=0")):
        refused = ana.call("GET", wrong, token=False)
        assert refused.status_code in (403, 404, 405) and refused.content != b"other", wrong
    ana.call("DELETE", f"/files/{f['id']}")
    assert ana.call("GET", given["url"], token=False).status_code == 404


def test_a_signed_address_ends(make_suite):
    person = make_suite(env_for={"chat": {"PALIQUE_FILES_URL_TTL": "1s"}}).org().member()
    f = upload(person)
    given = person.ok("POST", f"/files/{f['id']}/url")
    until(lambda: person.call("GET", given["url"], token=False).status_code == 403, "the end")


def test_who_may_not_read_gets_no_address(ana, org, suite):
    f = upload(ana)
    for other in (org.member(), suite.org().admin):
        other.refused(404, "file.not_found", "POST", f"/files/{f['id']}/url")


# ---- messages with files ----
def post(person, channel, ids, content="", **fields):
    return person.call("POST", f"/channels/{channel['id']}/messages", json={"content": content, "attachment_ids": ids, **fields})


@pytest.fixture
def room(ana, org):
    luis = org.member()
    channel = ana.channel()
    luis.join(channel)
    return channel, luis


def test_a_message_with_files(ana, room):
    channel, luis = room
    listening = luis.ws()
    listening.expect("hello")
    files = [upload(ana, PDF, "uno.pdf"), upload(ana, b"dos", "dos.txt")]
    answer = post(ana, channel, [files[1]["id"], files[0]["id"]], message_type="file")
    assert answer.status_code == 201, answer.text
    message = answer.json()
    assert [a["filename"] for a in message["attachments"]] == ["dos.txt", "uno.pdf"], "in the order that was asked for"
    assert all(a["message_id"] == message["id"] for a in message["attachments"]) and message["message_type"] == "file"
    assert listening.expect("chat_message")["message"] == message
    assert luis.ok("GET", f"/messages/{message['id']}") == message
    assert luis.history(channel)["items"][-1]["attachments"] == message["attachments"]
    assert luis.get(message["attachments"][1]["file_url"]).content == PDF
    ana.refused(409, "file.used", "DELETE", f"/files/{files[0]['id']}")


def test_over_a_socket(ana, room):
    channel, _ = room
    socket = ana.ws()
    socket.expect("hello")
    f = upload(ana)
    socket.send({"type": "chat_message", "channel_id": channel["id"], "attachment_ids": [f["id"]], "client_id": "5b0f9d7e-52a1-4d8b-9d3c-0b8a6d1c2f11"})
    assert socket.expect("chat_message")["message"]["attachments"][0]["id"] == f["id"]


def test_what_cannot_be_attached(ana, room, org):
    channel, luis = room
    mine, his = upload(ana), upload(luis)
    unfinished = ana.call("POST", "/files", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "5"}).headers["location"].rsplit("/", 1)[1]
    for ids in ([his["id"]], [mine["id"], his["id"]], [2**52], [int(unfinished)], [mine["id"], mine["id"]]):
        answer = post(ana, channel, ids)
        assert answer.status_code == 422 and answer.json()["code"] == "file.unusable", (ids, answer.text)
    assert post(ana, channel, [mine["id"]] * 11).status_code == 400
    assert post(ana, channel, []).status_code == 400, "nothing to say and nothing to show"
    assert post(ana, channel, [mine["id"]]).status_code == 201, "what was refused left it alone"
    assert post(ana, channel, [mine["id"]]).status_code == 422, "a file belongs to one message"


def test_a_refused_message_leaves_its_files(ana, room, org):
    channel, luis = room
    stranger = org.member()
    f = upload(stranger)
    assert post(stranger, channel, [f["id"]]).status_code == 403
    stranger.join(channel)
    assert post(stranger, channel, [f["id"]]).status_code == 201


def test_a_repeat_is_the_same_message(ana, room):
    channel, _ = room
    f = upload(ana)
    fields = {"client_id": "5b0f9d7e-52a1-4d8b-9d3c-0b8a6d1c2f12"}
    first = post(ana, channel, [f["id"]], **fields).json()
    assert post(ana, channel, [f["id"]], **fields).json() == first
    assert len(ana.history(channel)["items"]) == 1


def test_whoever_may_read_the_message_may_read_its_files(ana, org, suite):
    secret, luis = ana.channel(type="private"), org.member()
    f = upload(ana)
    assert post(ana, secret, [f["id"]]).status_code == 201
    assert luis.get(f["file_url"]).status_code == 404 and org.admin.get(f["file_url"]).status_code == 404
    ana.ok("POST", f"/channels/{secret['id']}/members", json={"user_id": luis.id})
    assert luis.get(f["file_url"]).status_code == 200
    luis.ok("POST", f"/channels/{secret['id']}/leave", json={})
    assert luis.get(f["file_url"]).status_code == 404
    assert suite.org().admin.get(f["file_url"]).status_code == 404


def test_the_files_of_a_deleted_message_are_gone(ana, room):
    channel, luis = room
    f = upload(ana)
    message = post(ana, channel, [f["id"]], "hola").json()
    ana.ok("DELETE", f"/messages/{message['id']}")
    assert luis.get(f["file_url"]).status_code == 404 and ana.get(f["file_url"]).status_code == 404
    assert luis.ok("GET", f"/messages/{message['id']}")["attachments"] == []


def test_uploads_leave_some_of_the_disk_free(make_suite):
    suite = make_suite()
    ana = suite.org().member()
    tus = {"Tus-Resumable": "1.0.0"}
    begun = ana.call("POST", "/files", headers={**tus, "Upload-Length": "6"})
    suite.proc("chat").env["PALIQUE_FILES_RESERVE"] = str(1 << 50)
    suite.kill("chat")
    suite.restart("chat")
    ana.refused(507, "file.no_room", "POST", "/files", params={"filename": "a"}, content=b"lleno", headers={"Content-Type": "text/plain"})
    at = begun.headers["Location"]
    more = ana.call("PATCH", at[at.index("/files/"):], content=b"lleno!", headers={**tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"})
    assert more.status_code == 507, "what has begun stops too"


def test_what_cannot_be_removed_does_not_keep_the_rest(suite):
    suite.psql("insert into chat.storage_drop (location, due_at) values ('blobs', '2020-01-01'), ('parts', '2020-01-01'), ('parts/987654321', now())")
    left = "select string_agg(location, ' ' order by location) from chat.storage_drop where location in ('blobs', 'parts', 'parts/987654321')"
    try:
        until(lambda: suite.psql(left) == "blobs parts", "the part to go")
        until(lambda: suite.psql(left.replace("where", "where due_at > now() and")) == "blobs parts", "the others to wait")
    finally:
        suite.psql("delete from chat.storage_drop where location in ('blobs', 'parts')")
