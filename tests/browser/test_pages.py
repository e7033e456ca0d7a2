"""What the gateway serves of the web client: pages, assets, their headers, and what a first visit weighs."""

import gzip
import pathlib
import re
import shutil

import httpx
import pytest

DIST = pathlib.Path(__file__).resolve().parents[2] / "web/dist"
IDS = ("channelList", "userList", "chatHeader", "channelName", "messagesContainer", "typingIndicator", "messageInput", "emojiButton",
       "fileButton", "sendButton", "infoPanel")
PAGES = ("/", "/login", "/register", "/register?invitation=abc", "/forgot", "/reset", "/verify", "/chat", "/chat/", "/c/7", "/c/7/1234")
FIRST_JS, FIRST_CSS = 60 * 1024, 12 * 1024  # gzip


def assets(html):
    return sorted(set(re.findall(r'(?:src|href)="(/assets/[^"]+)"', html)))


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_fresh_and_closed(suite, path):
    page = httpx.get(suite.url() + path)
    assert page.status_code == 200 and page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache" and page.headers["vary"] == "Accept-Encoding"
    policy = {rule.split()[0]: rule.split()[1:] for rule in page.headers["content-security-policy"].split(";")}
    assert policy["default-src"] == ["'none'"] and policy["frame-ancestors"] == ["'none'"] and policy["base-uri"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == ["'self'"]
    assert policy["require-trusted-types-for"] == ["'script'"]
    assert page.headers["x-content-type-options"] == "nosniff" and page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cross-origin-opener-policy"] == "same-origin"
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page.text)
    assert httpx.get(suite.url() + path, headers={"If-None-Match": page.headers["etag"]}).status_code == 304
    assert httpx.head(suite.url() + path).status_code == 200


def test_the_chat_has_the_ids_that_scripts_rely_on(suite):
    page = httpx.get(suite.url() + "/chat").text
    assert all(f'id="{name}"' in page for name in IDS)


def test_assets_are_kept_for_a_year_and_come_compressed(suite):
    found = assets(httpx.get(suite.url() + "/chat").text)
    assert [a for a in found if a.endswith(".js")] and [a for a in found if a.endswith(".css")]
    for path in found:
        disk = DIST / path[1:]
        for coding in ("br", "gzip", "identity"):
            with httpx.stream("GET", suite.url() + path, headers={"Accept-Encoding": coding}) as answer:
                body = b"".join(answer.iter_raw())
            assert answer.status_code == 200, path
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
            twin = disk.with_name(disk.name + {"br": ".br", "gzip": ".gz", "identity": ""}[coding])
            assert body == (twin if twin.exists() else disk).read_bytes()
            assert answer.headers.get("content-encoding") == (coding if twin.exists() and twin != disk else None)
        if path.endswith((".js", ".css")):
            assert disk.with_name(disk.name + ".br").stat().st_size < disk.with_name(disk.name + ".gz").stat().st_size < disk.stat().st_size


@pytest.mark.parametrize("path", ["/none", "/chats", "/register/x", "/index.html", "/chat.html", "/c", "/assets/none.js", "/assets/", "/assets/../../etc/passwd",
                                  "/.stamp", "/app.js", "/src/main.tsx"])
def test_what_is_not_there_is_not_found(suite, path):
    answer = httpx.get(suite.url() + path)
    assert answer.status_code == 404 and answer.headers["content-type"] == "application/problem+json", answer.text


def test_documents_and_health_are_there(suite):
    for path in ("/favicon.svg", "/docs/"):
        answer = httpx.get(suite.url() + path)
        assert answer.status_code == 200 and answer.headers["etag"], path
    assert httpx.get(suite.url() + "/healthz").status_code == 200


@pytest.mark.parametrize("page", ["index.html", "chat.html"])
def test_a_first_visit_is_light(built, page):
    first = [DIST / path[1:] for path in assets((DIST / page).read_text())]
    weight = {kind: sum(len(gzip.compress(f.read_bytes(), 9)) for f in first if f.suffix == kind) for kind in (".js", ".css")}
    assert 0 < weight[".js"] <= FIRST_JS and 0 < weight[".css"] <= FIRST_CSS, weight


def test_without_a_built_client_the_page_says_so(make_suite, tmp_path):
    folder = tmp_path / "notice"
    shutil.copytree(DIST.parent / "notice", folder)
    suite = make_suite(env={"PALIQUE_STATIC_DIR": str(folder)})
    for path in ("/", "/chat", "/c/7"):
        page = httpx.get(suite.url() + path)
        assert page.status_code == 200 and "not built" in page.text
    assert suite.org().admin.channel()["id"]
