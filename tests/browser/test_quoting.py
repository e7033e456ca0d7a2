"""What belongs to a message, in browsers: what it quotes, what it said before, who has read it, what it links to."""

import http.server
import io
import threading

import pytest
from PIL import Image

from talk import HOSTILE, say

BOX = "#messageInput"


def open_menu(page, message, item):
    row = f'#messagesContainer .message[data-message-id="{message["id"]}"]'
    page.see(row)
    page.hover(row)
    page.click(f'{row} [aria-label="More actions"]')
    page.click(f'.menu button >> text="{item}"')


def test_a_message_is_quoted_and_the_quote_leads_to_it(enter, pair):
    ana, luis, channel = pair
    message = ana.send(channel, HOSTILE)
    page, other = enter(luis, channel), enter(ana, channel)
    open_menu(page, message, "Quote")
    page.see(".quoting >> text=script")
    page.holds("document.activeElement.id === 'messageInput'")
    page.type("what is this?")
    page.reload()
    page.see(".quoting >> text=script")
    page.context.set_offline(True)
    page.press("Enter")
    page.see(".message.wait .qt >> text=script")
    page.context.set_offline(False)
    page.miss(".quoting")
    for one in (page, other):
        one.see("#messagesContainer .qt >> text=window.harm=2")
        assert one.evaluate("document.querySelectorAll('img[src=x]').length + (window.harm ?? 0)") == 0
    assert ana.history(channel)["items"][-1]["reply_to_id"] == message["id"]
    other.click("#messagesContainer .qt a")
    other.holds(f"location.pathname === '/c/{channel['id']}/{message['id']}'")


def test_what_it_said_before_is_shown_to_those_who_may(enter, pair):
    ana, luis, channel = pair
    message = ana.send(channel, HOSTILE)
    ana.ok("PUT", f"/messages/{message['id']}", json={"content": "second"})
    page, other = enter(ana, channel), enter(luis, channel)
    other.see("span.edited")
    assert other.evaluate("document.querySelector('button.edited')") is None
    page.click("button.edited")
    page.holds("document.querySelectorAll('.versions .txt').length === 2")
    said = page.evaluate("[...document.querySelectorAll('.versions .txt')].map(n => n.textContent)")
    assert said[0] == "second" and "<script>" in said[1]
    assert page.evaluate("document.querySelectorAll('img[src=x]').length + (window.harm ?? 0)") == 0


def test_who_has_read_it_where_one_shares_that(enter, pair):
    ana, luis, channel = pair
    message = ana.send(channel, "read me")
    luis.ok("POST", f"/channels/{channel['id']}/read", json={"seq": message["seq"]})
    page = enter(ana, channel)
    open_menu(page, message, "Seen by")
    page.see(f".dlg .pick >> text={luis.user['display_name']}")
    page.click(".dlg input[type=checkbox]")
    page.see(".dlg >> text=You do not show")
    page.miss(".dlg .pick")
    assert ana.ok("GET", "/preferences")["share_read_receipts"] is False
    page.click(".dlg input[type=checkbox]")
    page.see(".dlg .pick")


class Site(http.server.BaseHTTPRequestHandler):
    """A page whose words mean harm, and its picture."""

    def do_GET(self):
        kind, body = "text/html", b'<title>&lt;img src=x onerror="window.harm=5"&gt;</title><meta property="og:image" content="/picture.png">'
        if self.path == "/picture.png":
            out = io.BytesIO()
            Image.effect_noise((300, 200), 60).save(out, "PNG")
            kind, body = "image/png", out.getvalue()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def site():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_a_link_is_shown_with_its_picture_until_its_author_takes_that_off(enter, pair, site):
    ana, luis, channel = pair
    page, other = enter(ana, channel), enter(luis, channel)
    say(page, f"look: {site}/page")
    for one in (page, other):
        one.see(".prev >> text=onerror")
        one.holds("document.querySelector('.prev img')?.naturalWidth > 0", "the picture")
        assert one.evaluate("document.querySelectorAll('img[src=x]').length + (window.harm ?? 0)") == 0
    assert other.evaluate("document.querySelector('[aria-label=\"Remove preview\"]')") is None
    page.click('[aria-label="Remove preview"]')
    for one in (page, other):
        one.miss(".prev")
