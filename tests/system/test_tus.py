"""The tus 1.0 protocol: each rule of its core and of the extensions that OPTIONS names."""

import base64
import hashlib
import os

import pytest

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}


def b64(data):
    return base64.b64encode(data if isinstance(data, bytes) else data.encode()).decode()


@pytest.fixture
def ana(org):
    return org.member()


def create(person, size, name="informe.bin", **headers):
    answer = person.call("POST", "/files", headers={**TUS, "Upload-Length": str(size), "Upload-Metadata": f"filename {b64(name)}", **headers})
    assert answer.status_code == 201, answer.text
    assert answer.headers["tus-resumable"] == "1.0.0" and answer.headers["upload-offset"] == "0"
    return answer.headers["location"]


def patch(person, url, offset, data, **headers):
    return person.call("PATCH", url, content=data, headers={**BYTES, "Upload-Offset": str(offset), **headers})


def offset(person, url):
    answer = person.call("HEAD", url, headers=TUS)
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store", answer.headers
    return int(answer.headers["upload-offset"])


def content(person, url):
    answer = person.get(url)
    assert answer.status_code == 200, answer.text
    return answer.content


def test_options_tells_what_is_spoken(ana):
    answer = ana.call("OPTIONS", "/files", token=False)
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0" and int(answer.headers["tus-max-size"]) > 2 << 30
    assert set(answer.headers["tus-extension"].split(",")) == {"creation", "creation-with-upload", "expiration", "checksum", "termination"}
    assert answer.headers["tus-checksum-algorithm"] == "sha1,sha256"


def test_a_file_in_pieces(ana):
    data = os.urandom(3_000_001)
    url = create(ana, len(data))
    for start in range(0, len(data), 700_000):
        assert offset(ana, url) == start
        answer = patch(ana, url, start, data[start:start + 700_000])
        assert answer.status_code == 204 and int(answer.headers["upload-offset"]) == min(start + 700_000, len(data))
        assert ("upload-expires" in answer.headers) == (start + 700_000 < len(data))
    assert content(ana, url) == data
    assert offset(ana, url) == len(data)
    assert patch(ana, url, len(data), b"").status_code == 204, "repeating the end is harmless"
    assert patch(ana, url, len(data), b"x").status_code == 409


def test_creation_with_upload(ana):
    data = os.urandom(100_000)
    answer = ana.call("POST", "/files", content=data[:60_000], headers={**BYTES, "Upload-Length": "100000", "Upload-Metadata": f"filename {b64('a.bin')}"})
    assert answer.status_code == 201 and answer.headers["upload-offset"] == "60000" and answer.headers["upload-expires"].endswith("GMT")
    assert patch(ana, answer.headers["location"], 60_000, data[60_000:]).headers["upload-offset"] == "100000"
    assert content(ana, answer.headers["location"]) == data


def test_an_empty_file(ana):
    answer = ana.call("POST", "/files", headers={**TUS, "Upload-Length": "0"})
    assert answer.status_code == 201 and answer.headers["upload-offset"] == "0"
    assert content(ana, answer.headers["location"]) == b""


def test_a_wrong_offset_is_refused_before_the_bytes_are_read(ana):
    url = create(ana, 5_000_000)
    assert patch(ana, url, 0, b"x" * 1000).status_code == 204
    for wrong in (0, 999, 1001, 4_999_999):
        answer = patch(ana, url, wrong, b"y" * 3_000_000)
        assert answer.status_code == 409 and answer.json()["code"] == "file.offset" and answer.headers["tus-resumable"] == "1.0.0"
    assert offset(ana, url) == 1000


@pytest.mark.parametrize("name", ["sha1", "sha256"])
def test_checksums(ana, name):
    data = os.urandom(400_000)
    url = create(ana, 800_000)
    digest = b64(hashlib.new(name, data).digest())
    answer = patch(ana, url, 0, data, **{"Upload-Checksum": f"{name} {b64(hashlib.new(name, b'other').digest())}"})
    assert answer.status_code == 460 and answer.json()["code"] == "file.checksum"
    assert offset(ana, url) == 0, "a piece that does not match is thrown away"
    assert patch(ana, url, 0, data, **{"Upload-Checksum": f"{name} {digest}"}).status_code == 204
    assert patch(ana, url, 400_000, data, **{"Upload-Checksum": f"{name} {digest}"}).status_code == 204
    assert content(ana, url) == data + data


def test_a_checksum_that_cannot_be_read(ana):
    url = create(ana, 10)
    for wrong in ("md5 AAAA", "sha1 x", "sha256", "sha1 " + b64(b"short")):
        assert patch(ana, url, 0, b"1234", **{"Upload-Checksum": wrong}).status_code == 400


def test_termination(ana, org):
    url = create(ana, 1000)
    assert patch(ana, url, 0, b"x" * 10).status_code == 204
    assert org.member().call("DELETE", url, headers=TUS).status_code == 404
    answer = ana.call("DELETE", url, headers=TUS)
    assert answer.status_code == 204 and answer.headers["tus-resumable"] == "1.0.0"
    assert ana.call("HEAD", url, headers=TUS).status_code == 404
    assert patch(ana, url, 10, b"x").status_code == 404


def test_versions(ana):
    url = create(ana, 10)
    for method, path in (("POST", "/files"), ("PATCH", url), ("DELETE", url)):
        answer = ana.call(method, path, headers={**BYTES, "Tus-Resumable": "0.2.2", "Upload-Length": "1", "Upload-Offset": "0"})
        assert answer.status_code == 412 and answer.headers["tus-version"] == "1.0.0", (method, answer.text)


def test_what_is_wrong_with_a_creation(ana, suite):
    def post(**headers):
        return ana.call("POST", "/files", headers={**TUS, **headers}).status_code
    assert post() == 411
    assert post(**{"Upload-Length": "-1"}) == 400
    assert post(**{"Upload-Length": "many"}) == 400
    assert post(**{"Upload-Length": str(1 << 45)}) == 413
    for wrong in ("filename %%%", "a YQ==,a YQ==", ",", "filename YQ"):
        assert post(**{"Upload-Length": "1", "Upload-Metadata": wrong}) == 400, wrong
    assert post(**{"Upload-Length": "1", "Upload-Metadata": "is_confidential,filename YQ=="}) == 201


def test_what_is_wrong_with_a_piece(ana):
    url = create(ana, 10)
    assert ana.call("PATCH", url, content=b"x", headers={**TUS, "Upload-Offset": "0"}).status_code == 415
    assert ana.call("PATCH", url, content=b"x", headers=BYTES).status_code == 400
    assert patch(ana, url, 0, b"x" * 11).status_code == 413
    assert offset(ana, url) == 0
    assert patch(ana, "/files/99999999999", 0, b"x").status_code == 404


def test_others_do_not_know_of_it(ana, org, suite):
    url = create(ana, 10)
    for other in (org.member(), org.admin, suite.org().admin):
        assert patch(other, url, 0, b"x").status_code == 404
        assert other.call("HEAD", url, headers=TUS).status_code == 404
        assert other.get(url).status_code == 404
    assert ana.call("PATCH", url, content=b"x", headers={**BYTES, "Upload-Offset": "0"}, token=False).status_code == 401
    assert offset(ana, url) == 0


def test_the_method_may_be_said_in_a_header(ana):
    url = create(ana, 4)
    answer = ana.call("POST", url, content=b"1234", headers={**BYTES, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"})
    assert answer.status_code == 204 and answer.headers["upload-offset"] == "4"


def test_metadata_comes_back(ana):
    said = f"filename {b64('año.txt')},filetype {b64('text/plain')}"
    answer = ana.call("POST", "/files", headers={**TUS, "Upload-Length": "4", "Upload-Metadata": said})
    assert ana.call("HEAD", answer.headers["location"], headers=TUS).headers["upload-metadata"] == said


def test_chunked_pieces(ana):
    url = create(ana, 300_000)
    answer = ana.call("PATCH", url, content=(b"z" * 1000 for _ in range(300)), headers={**BYTES, "Upload-Offset": "0"})
    assert answer.status_code == 204 and answer.headers["upload-offset"] == "300000"
    assert content(ana, url) == b"z" * 300_000
