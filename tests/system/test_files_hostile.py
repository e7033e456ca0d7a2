"""Files that are meant to do harm: names, types, bodies that end early; and what is not needed any more goes."""

import socket

import pytest

from harness import until

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture
def ana(org):
    return org.member()


def upload(person, data, name):
    return person.ok("POST", "/files", status=201, params={"filename": name}, content=data, headers={"Content-Type": "image/png"})


@pytest.mark.parametrize("data, name", [(SVG, "a.png"), (HTML, "a.png"), (HTML, "a.pdf"), (b"GIF89a" + HTML, "a.html"), (b"\x89PNG" + SVG, "x.svg"), (b"#!/bin/sh\n", "a.jpg")])
def test_nothing_runs_in_our_name(ana, data, name):
    answer = ana.get(upload(ana, data, name)["file_url"])
    assert answer.content == data and answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    kind = answer.headers["content-type"]
    assert answer.headers["content-disposition"].startswith("attachment") or kind in ("image/gif", "image/png", "text/plain; charset=utf-8"), kind


@pytest.mark.parametrize("name", ["../../../etc/passwd", "..\\..\\boot.ini", "a\r\nSet-Cookie: x=1", "fdp.\u202egnp.exe", "a\"; filename=b.html", "\u0001\u007f", ".", "x" * 3000 + ".pdf",
                                  "%00", "con:1", "ñ" * 200 + ".txt", "</script>"])
def test_names(ana, suite, name):
    f = upload(ana, b"x", name)
    assert not set(f["filename"]) & set('/\\\r\n"<>\u202e\u0001') and 0 < len(f["filename"].encode()) <= 160
    answer = ana.get(f["file_url"])
    assert answer.content == b"x" and "set-cookie" not in answer.headers, (answer.text, f)
    assert answer.headers["content-disposition"].count('"') == 2


def test_a_plain_body_that_ends_early_leaves_nothing(ana, suite):
    parts = suite.folder / "files/parts"
    before = set(parts.iterdir())
    for head in ("Content-Type: application/octet-stream", "Content-Type: multipart/form-data; boundary=x"):
        with socket.create_connection(("127.0.0.1", suite.ports["chat"])) as s:
            s.sendall(f"POST /files?filename=a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ana.token}\r\n{head}\r\nContent-Length: 5000000\r\n\r\n".encode() + b"y" * 600_000)
            until(lambda: set(parts.iterdir()) - before, "the part")
        # At the latest a minute after the last byte: an end that comes while the connection is not looked at is not always noticed before.
        until(lambda: not set(parts.iterdir()) - before, "nothing of it", timeout=150)


def test_what_nobody_needs_is_collected(ana, suite):
    unfinished = ana.call("POST", "/files", headers={**TUS, "Upload-Length": "5"}).headers["location"].rsplit("/", 1)[1]
    alone, kept = upload(ana, b"only once " + ana.token.encode(), "a"), upload(ana, b"attached " + ana.token.encode(), "b")
    channel = ana.channel()
    ana.ok("POST", f"/channels/{channel['id']}/messages", json={"attachment_ids": [kept["id"]]})
    blobs = suite.folder / "files/blobs"
    assert (suite.folder / f"files/parts/{unfinished}").exists() and list(blobs.glob(f"*/*/*.{alone['id']}"))
    suite.psql_as("chat", f"update file set expires_at = now() - interval '1 s' where expires_at is not null and id in ({unfinished}, {alone['id']}, {kept['id']})")
    assert ana.get(alone["file_url"]).status_code == 404
    until(lambda: not (suite.folder / f"files/parts/{unfinished}").exists(), "the part to go", timeout=60)
    until(lambda: suite.psql_as("chat", f"select count(*) from file where id = {alone['id']}").strip() == "0", "the file to go", timeout=60)
    suite.psql_as("chat", "update blob set used_at = now() - interval '1 h'; update blob_check set due_at = now()")
    until(lambda: not list(blobs.glob(f"*/*/*.{alone['id']}")), "its content to go", timeout=60)
    assert ana.get(kept["file_url"]).status_code == 200
