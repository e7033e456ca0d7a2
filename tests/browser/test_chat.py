"""The channel view, in browsers: people who talk, and what they must not lose."""

import gzip
import pathlib
import secrets

import pytest

from harness.cable import Cable
from harness.client import PASSWORD
from talk import HOSTILE, said, say, shows, types

IDS = ("channelList", "userList", "chatHeader", "channelName", "messagesContainer", "typingIndicator", "messageInput", "emojiButton",
       "fileButton", "sendButton", "infoPanel")
DIST = pathlib.Path(__file__).resolve().parents[2] / "web/dist"

FIRST_JS = 60 * 1024  # gzip


def test_who_registers_finds_the_chat(visit):
    page = visit("/register")
    name = f"ana{secrets.token_hex(5)}"
    for field, value in {"email": f"{name}@{name}.example", "username": name, "password": PASSWORD, "organization": f"Org {name}"}.items():
        page.fill(f"#{field}", value)
    page.press("Enter")
    page.see(".side")
    page.holds("location.pathname === '/chat'")
    assert page.evaluate("document.querySelectorAll('section[hidden]').length") == 0, "the frame of the page is still there"
    page.click("main.sheet .btn >> text=New channel")
    page.fill("dialog input[name=name]", "plans")
    page.press("Enter")
    page.see("#messageInput")
    page.goto("/chat")
    page.see("#messageInput")
    for one in IDS:
        page.wait_for_selector(f"#{one}", {"state": "attached"})
    assert page.evaluate("new Set([...document.querySelectorAll('[id]')].map(n => n.id)).size === document.querySelectorAll('[id]').length")
    page.fill("#messageInput", "first words")
    page.click("#sendButton")
    page.see("#messagesContainer .message.own[data-message-id]")
    shows(page, "first words")


def test_two_people_talk(enter, pair):
    ana, luis, channel = pair
    a, b = enter(ana, channel), enter(luis, channel)
    say(a, "hello **Luis**")
    b.see("#messagesContainer .message.other[data-message-id]")
    shows(b, "hello Luis")
    assert b.evaluate("document.querySelector('#messagesContainer .message.other strong').innerText") == "Luis"
    types(b, a)
    say(b, "hi")
    shows(a, "hello Luis", "hi")
    shows(b, "hello Luis", "hi")
    assert [m["content"] for m in ana.history(channel)["items"] if m["message_type"] == "text"] == ["hello **Luis**", "hi"]


def test_nothing_is_lost_and_nothing_comes_twice(enter, pair, suite):
    """Answers get lost, the network goes, the gateway is killed, the page is loaded anew, and half a sentence stands in the box."""
    ana, luis, channel = pair
    cable = suite.keep(Cable(suite.url()))
    a, b = enter(ana, channel, base=cable.url), enter(luis, channel)
    say(a, "zero")
    shows(b, "zero")
    cable.deafen()
    say(a, "one")
    shows(b, "zero", "one")
    say(a, "two", "three")
    shows(a, "zero", "one", "two", "three")
    cable.cut()
    a.fill("#messageInput", "half a")
    suite.kill("gateway0")
    suite.restart("gateway0")
    cable.mend()
    a.reload()
    shows(b, "zero", "one", "two", "three")
    shows(a, "zero", "one", "two", "three")
    a.holds("document.querySelectorAll('#messagesContainer .message.own[data-message-id]').length === 4")
    assert a.input_value("#messageInput") == "half a"
    assert [m["content"] for m in ana.history(channel)["items"] if m["message_type"] == "text"] == ["zero", "one", "two", "three"]


def test_written_without_a_network_it_is_sent_when_there_is_one(enter, pair, suite):
    ana, luis, channel = pair
    cable = suite.keep(Cable(suite.url()))
    a, b = enter(ana, channel, base=cable.url), enter(luis, channel)
    cable.cut()
    say(a, "one", "two", "three")
    shows(a, "one", "two", "three")
    assert said(b) == []
    luis.send(channel, "meanwhile")
    cable.mend()
    shows(b, "meanwhile", "one", "two", "three")
    shows(a, "meanwhile", "one", "two", "three")


def test_signed_out_elsewhere_every_tab_closes(enter, pair, suite):
    ana, _, channel = pair
    page = enter(ana, channel)
    tab = page.context.page(f"/c/{channel['id']}").see("#messageInput")
    elsewhere = suite.client()
    elsewhere.token = page.evaluate("JSON.parse(localStorage.getItem('token')).token")
    elsewhere.ok("POST", "/auth/logout", json={})
    for one in (page, tab):
        one.see("#password").miss("#messageInput")
        assert one.evaluate("location.pathname") == "/"


def test_hostile_texts_stay_texts(enter, org):
    ana, luis = org.admin, org.member()
    ana.ok("PUT", f"/users/{ana.id}", json={"display_name": HOSTILE[:60]})
    channel = ana.channel("danger", topic=HOSTILE[:200], description=HOSTILE[:200])
    luis.join(channel)
    ana.send(channel, HOSTILE)
    ana.send(channel, "```\n" + HOSTILE + "\n```")
    page = enter(luis, channel)
    page.holds("document.querySelectorAll('#messagesContainer .message.other').length >= 2")
    page.click("#chatHeader button[aria-pressed]")
    page.see("#infoPanel")
    assert page.evaluate("window.harm") is None
    assert page.evaluate("document.querySelectorAll('img[src=x], [onerror], [onload], a[href^=\"javascript\"]').length") == 0
    text = page.evaluate("document.querySelector('#messagesContainer').textContent")
    assert "<script>window.harm=2</script>" in text and HOSTILE[:60] in text


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everyone_can_use_it(enter, pair, theme):
    ana, luis, channel = pair
    ana.send(channel, "A **text** with a [link](https://example.org), `code` and @" + luis.user["username"])
    ana.send(channel, "```js\nconst a = 1; // why\n```\n\n> said before\n\n1. one\n2. two")
    page = enter(luis, channel, colorScheme=theme, locale="es-ES" if theme == "dark" else "en-US")
    page.holds("document.querySelectorAll('#messagesContainer .message.other[data-message-id]').length === 2")
    assert page.faults() == []
    page.click("#chatHeader button[aria-pressed]")
    page.see("#infoPanel")
    assert page.faults() == []


def test_the_chat_is_light(enter, pair):
    """What the first load of a channel brings, as gzip."""
    ana, _, channel = pair
    page = enter(ana, channel)
    page.goto(f"/c/{channel['id']}")
    page.see("#messageInput")
    loaded = page.evaluate("performance.getEntriesByType('resource').map(e => new URL(e.name).pathname).filter(p => p.endsWith('.js'))")
    weight = {name: len(gzip.compress((DIST / name[1:]).read_bytes(), 9)) for name in sorted(set(loaded))}
    assert 0 < sum(weight.values()) <= FIRST_JS, (sum(weight.values()), weight)
