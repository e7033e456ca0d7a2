"""What a chat that died has stored and not told of is collected when it is a day old; what is under way, in use or somebody else's is not."""

import hashlib
import os
import time

import pytest

from harness import until
from harness.suite import Suite

DAY = 24 * 3600
TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture(scope="module")
def suite(postgres, tmp_path_factory):
    """A storage of its own: what is made old here is nobody else's."""
    s = Suite(tmp_path_factory.mktemp("suite"), postgres)
    s.start()
    yield s
    s.stop()


@pytest.fixture
def ana(suite):
    return suite.org().admin


def age(path, seconds=DAY + 60):
    moment = time.time() - seconds
    os.utime(path, (moment, moment))


def blob(suite, data, number):
    digest = hashlib.sha256(data).hexdigest()
    path = suite.folder / f"files/blobs/{digest[:2]}/{digest[2:4]}/{digest}.{number}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def sweep(suite, place):
    """Looks through a place once, from its start to its end."""
    suite.psql_as("chat", f"update storage_sweep set due_at = now(), after = '' where place = '{place}'")
    until(lambda: suite.psql_as("chat", f"select 1 from storage_sweep where place = '{place}' and after = '' and due_at > now() + interval '1 h'").strip(),
          f"{place} to be looked through", timeout=60)
    until(lambda: suite.psql_as("chat", "select count(*) from storage_drop").strip() == "0", "what was found to be gone", timeout=60)


def upload(person, data):
    return person.ok("POST", "/files", status=201, params={"filename": "a"}, content=data, headers={"Content-Type": "application/octet-stream"})


def test_blobs_of_nobody_go_when_they_are_old(ana, suite):
    kept = upload(ana, os.urandom(100))
    used = list((suite.folder / "files/blobs").glob(f"*/*/*.{kept['id']}"))
    *young, late = sorted(blob(suite, b"%d" % n, 10**12 + n) for n in range(600))  # more than is looked at in one go
    lost = [late, young.pop(0)]
    strange = late.with_name("a file of the administrator's")
    strange.write_bytes(b"x")
    for path in [*used, *lost, strange]:
        age(path)
    sweep(suite, "blobs")
    assert not [p for p in lost if p.exists()]
    assert len(used) == 1 and used[0].exists() and ana.get(kept["file_url"]).status_code == 200
    assert all(p.exists() for p in [*young, strange])


def test_uploads_under_way_are_left_alone(ana, suite):
    begun = ana.call("POST", "/files", headers={**TUS, "Upload-Length": "10"}).headers["location"]
    patch = {**TUS, "Content-Type": "application/offset+octet-stream"}
    assert ana.call("PATCH", begun, content=b"hello", headers={**patch, "Upload-Offset": "0"}).status_code == 204
    number = begun.rsplit("/", 1)[1]
    parts = suite.folder / "files/parts"
    lost = parts / str(10**12)
    lost.write_bytes(b"of a picture that was never told of")
    stored = blob(suite, b"stored, and its chat died before it told", int(number))
    for path in (parts / number, lost, stored):
        age(path)
    sweep(suite, "parts")
    sweep(suite, "blobs")
    assert not lost.exists() and (parts / number).exists()
    assert stored.exists(), "its upload may still be told to have ended"
    assert ana.call("PATCH", begun, content=b" you!", headers={**patch, "Upload-Offset": "5"}).status_code == 204
    assert ana.get(begun).content == b"hello you!"
    sweep(suite, "blobs")
    assert not stored.exists() and ana.get(begun).content == b"hello you!"


def test_a_storage_of_another_installation_is_left_alone(ana, suite):
    mark = suite.folder / "files/installation"
    sweep(suite, "parts")
    ours, lost = mark.read_text(), blob(suite, b"somebody else's", 2 * 10**12)
    age(lost)
    mark.write_text("another installation")
    sweep(suite, "blobs")
    assert lost.exists() and mark.read_text() == "another installation"
    mark.write_text(ours)
    sweep(suite, "blobs")
    assert not lost.exists()
