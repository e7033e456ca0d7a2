"""Previews of links, from a real web server on this machine: what is shown, what is fetched, and what is never reached."""

import http.server
import io
import threading
import uuid

import pytest
from PIL import Image

from harness import until

PAGE = """<html><head><title>Plain title</title><meta property="og:title" content="Palique &amp; friends">
<meta property="og:description" content="A friendly chat"><meta property="og:site_name" content="Palique">
<meta property="og:image" content="/picture.png?of=it"></head><body>text</body></html>"""


def picture():
    out = io.BytesIO()
    Image.effect_noise((900, 600), 60).convert("RGB").save(out, "PNG")
    return out.getvalue()


class Site(http.server.BaseHTTPRequestHandler):
    """Answers by path; counts what was asked for."""

    pages = {
        "/page": ("text/html; charset=utf-8", PAGE.encode()),
        "/plain": ("text/html", "<title>Sólo un título</title>".encode()),
        "/empty": ("text/html", b"<html></html>"),
        "/data": ("application/json", b'{"title": 1}'),
        "/xss": ("text/html", b"<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>"),
        "/huge": ("text/html", b"<title>Huge</title>" + b" " * (4 << 20)),
        "/drawing": ("text/html", b'<title>Drawing</title><meta property="og:image" content="/drawing.svg">'),
        "/drawing.svg": ("image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        "/picture.png?of=it": ("image/png", picture()),
    }
    moved = {"/moved": "/plain", "/away": "http://127.0.0.2:{port}/plain", "/file": "file:///etc/passwd", "/round": "/round"}

    def do_GET(self):
        self.server.asked.append((self.headers["Host"].split(":")[0], self.path))
        if self.path in self.moved:
            self.send_response(302)
            self.send_header("Location", self.moved[self.path].format(port=self.server.server_port))
            self.end_headers()
            return
        kind, body = self.pages.get(self.path, ("text/html", b""))
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # who has seen enough of a huge page goes

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def site():
    """Listens on all of 127/8: the suite may reach 127.0.0.1 of it alone."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    other = http.server.ThreadingHTTPServer(("127.0.0.2", server.server_port), Site)
    server.asked = other.asked = []
    for one in (server, other):
        threading.Thread(target=one.serve_forever, daemon=True).start()
    server.url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    other.shutdown()


@pytest.fixture(scope="module")
def _suite(postgres, tmp_path_factory):
    from harness import Suite

    suite = Suite(tmp_path_factory.mktemp("previews"), postgres=postgres, env_for={"chat": {"PALIQUE_LINK_PREVIEW_NETWORKS": "127.0.0.1"}}).start()
    yield suite
    suite.stop()


@pytest.fixture
def org(_suite):
    yield _suite.org()
    _suite.close_kept()
    _suite.check_logs()


def previews(who, message):
    return who.ok("GET", f"/messages/{message['id']}").get("previews")


def settled(who, channel, site):
    """Everything that was posted before has been looked at: a page that is fetched last is shown."""
    url = f"{site.url}/plain?{uuid.uuid4()}"
    Site.pages[url[len(site.url):]] = Site.pages["/plain"]
    last = who.send(channel, url)
    until(lambda: previews(who, last), "the last preview")


def test_a_page_is_shown_with_its_picture_to_everyone_at_once(org, site):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    socket = luis.ws()
    socket.expect("hello")
    message = ana.send(channel, f"look: {site.url}/page")
    frame = socket.expect("message_updated")
    shown = frame["message"]["previews"]
    assert frame["seq"] > message["seq"] and frame["message"]["edited_at"] is None
    assert [(p["url"], p["title"], p["description"], p["site_name"]) for p in shown] == [
        (f"{site.url}/page", "Palique & friends", "A friendly chat", "Palique")]
    assert (shown[0]["image_width"], shown[0]["image_height"]) == (480, 320)
    answer = luis.get(shown[0]["image_url"])
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/webp"
    assert Image.open(io.BytesIO(answer.content)).size == (480, 320)
    assert ana.history(channel)["items"][0]["previews"] == shown


def test_pictures_are_the_organisations_own(org, site, _suite):
    ana = org.member()
    message = ana.send(ana.channel(), f"{site.url}/page")
    shown = until(lambda: previews(ana, message), "the preview")
    _suite.org().admin.refused(404, "preview.not_found", "GET", shown[0]["image_url"])
    ana.refused(404, "preview.not_found", "GET", f"/previews/{uuid.uuid4()}/image")
    assert ana.get(shown[0]["image_url"], token=False).status_code == 401


def test_a_page_is_fetched_once_for_an_organisation(org, site):
    ana = org.member()
    channel = ana.channel()
    Site.pages["/plain?once"] = Site.pages["/plain"]
    for _ in range(3):
        message = ana.send(channel, f"{site.url}/plain?once")
    settled(ana, channel, site)
    before = len([1 for _, path in site.asked if path == "/plain?once"])
    message = ana.send(channel, f"{site.url}/plain?once")
    until(lambda: previews(ana, message), "the preview")
    assert len([1 for _, path in site.asked if path == "/plain?once"]) == before and 1 <= before <= 3


def test_texts_are_texts(org, site):
    ana = org.member()
    message = ana.send(ana.channel(), f"{site.url}/xss")
    assert until(lambda: previews(ana, message), "the preview")[0]["title"] == "<script>alert(1)</script>"


@pytest.mark.parametrize("path, title", [("/plain", "Sólo un título"), ("/moved", "Sólo un título"), ("/huge", "Huge"), ("/drawing", "Drawing")])
def test_what_is_shown(path, title, org, site):
    ana = org.member()
    message = ana.send(ana.channel(), f"{site.url}{path}")
    shown = until(lambda: previews(ana, message), "the preview")
    assert [p["title"] for p in shown] == [title] and "image_url" not in shown[0]


@pytest.mark.parametrize("text", ["{url}/empty", "{url}/data", "{url}/nothing", "{url}/away", "{url}/file", "{url}/round", "`{url}/page`",
                                  "http://127.0.0.2:{port}/plain", "http://localhost.localdomain:{port}/plain", "http://[::1]:{port}/plain",
                                  "http://[::ffff:127.0.0.2]:{port}/plain", "http://2130706434:{port}/plain", "http://0x7f000002:{port}/plain",
                                  "http://0:{port}/plain", "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "file:///etc/passwd",
                                  "gopher://127.0.0.1:{port}/plain", "http://user:secret@127.0.0.2:{port}/plain", "http://:{port}/", "http://"])
def test_what_is_not_shown(text, org, site):
    ana = org.member()
    channel = ana.channel()
    message = ana.send(channel, text.format(url=site.url, port=site.server_port))
    settled(ana, channel, site)
    assert previews(ana, message) is None
    assert not [host for host, _ in site.asked if host != "127.0.0.1"]  # nothing else was ever reached


def test_an_edit_changes_them_and_a_deletion_takes_them_away(org, site):
    ana = org.member()
    channel = ana.channel()
    message = ana.send(channel, f"{site.url}/page")
    until(lambda: previews(ana, message), "the preview")
    ana.ok("PUT", f"/messages/{message['id']}", json={"content": f"{site.url}/plain and {site.url}/page"})
    until(lambda: [p["url"] for p in previews(ana, message) or []] == [f"{site.url}/plain", f"{site.url}/page"], "both, in their order")
    ana.ok("PUT", f"/messages/{message['id']}", json={"content": "no link"})
    until(lambda: previews(ana, message) is None, "none")
    ana.ok("PUT", f"/messages/{message['id']}", json={"content": f"{site.url}/page"})
    until(lambda: previews(ana, message), "the preview")
    ana.ok("DELETE", f"/messages/{message['id']}")
    assert previews(ana, message) is None


def updated(socket, message):
    """As the next of its updates has it; other messages have some too."""
    while (frame := socket.expect("message_updated"))["message"]["id"] != message["id"]:
        pass
    return frame["message"]


def test_the_author_and_moderators_take_them_off_for_good(org, site):
    ana, luis, moderator = org.member(), org.member(), org.moderator()
    channel = ana.channel()
    luis.join(channel)
    moderator.join(channel)
    socket = luis.ws()
    socket.expect("hello")
    for who in (ana, moderator):
        message = ana.send(channel, f"{site.url}/page")
        assert updated(socket, message)["previews"]
        path = f"/messages/{message['id']}/previews"
        luis.refused(403, "access.denied", "DELETE", path)
        org.suite.org().admin.refused(404, "message.not_found", "DELETE", path)
        assert who.call("DELETE", path).status_code == who.call("DELETE", path).status_code == 204
        assert "previews" not in updated(socket, message)
        ana.ok("PUT", f"/messages/{message['id']}", json={"content": f"{site.url}/plain"})
        settled(ana, channel, site)
        assert previews(ana, message) is None


def test_they_can_be_turned_off(make_suite, site):
    suite = make_suite(env_for={"chat": {"PALIQUE_LINK_PREVIEWS": "false", "PALIQUE_LINK_PREVIEW_NETWORKS": "127.0.0.0/8"}})
    ana = suite.org().member()
    message = ana.send(ana.channel(), f"{site.url}/page")
    assert previews(ana, message) is None
    assert suite.postgres.psql("select count(*) from chat.preview_task", suite.database).strip() == "0"
