"""The keyboard alone, from the first visit to the last: whatever is opened takes the focus, and gives it back; where it is can be seen."""

import json
import secrets

from harness import until
from harness.browser import WAIT
from harness.client import PASSWORD

# A line around it, or around the field that it is in.
SEEN = """(() => {
    const at = document.activeElement;
    if (!at || at === document.body || !at.isConnected) return 'nothing';
    const drawn = one => { const s = getComputedStyle(one); return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none'; };
    const { width, height } = at.getBoundingClientRect();
    const around = at.closest('.comp, .in, .find') ?? at.nextElementSibling;
    return width && height && (drawn(at) || (around && drawn(around))) ? 'seen' : at.outerHTML.slice(0, 200);
})()"""


class Hands:
    """A page and its keyboard."""

    def __init__(self, page):
        self.page = page

    def sees_focus(self):
        until(lambda: self.page.evaluate(SEEN) == "seen", lambda: f"the focus to be seen: {self.page.evaluate(SEEN)}", timeout=WAIT)
        return self

    def press(self, *keys):
        for key in keys:
            self.page.press(key)
        return self.sees_focus()

    def has(self, selector):
        at = "document.activeElement"
        until(lambda: self.page.evaluate(f"!!{at}.closest({json.dumps(selector)})"),
              lambda: f"the focus in {selector}, but it is at {self.page.evaluate(f'{at}.outerHTML.slice(0, 200)')}", timeout=WAIT)
        return self.sees_focus()

    def to(self, selector, key="Tab", most=60):
        """By the tabulator, and at each of its stops the focus is to be seen."""
        for _ in range(most):
            if self.page.evaluate(f"document.activeElement.matches({json.dumps(selector)})"):
                return self
            self.page.press(key)
            self.sees_focus()
        raise AssertionError(f"{key} does not lead to {selector}")

    def write(self, text):
        self.page.type(text)
        return self


def test_a_first_visit(visit, suite):
    page = visit("/login")
    page.see("#username")
    hands = Hands(page)
    name = f"ana{secrets.token_hex(5)}"
    hands.to("a[href='/register']")
    page.press("Enter")
    page.see("#email")
    for field, text in {"email": f"{name}@{name}.example", "username": name, "password": PASSWORD, "organization": f"Org {name}"}.items():
        hands.to(f"#{field}").write(text)
    hands.to("button[type=submit]")
    page.press("Enter")
    page.see("main.none")
    # The first channel, and a second.
    hands.has("main.none").to("main.none .btn:not(.p)").press("Enter")
    hands.has(".dlg").to(".dlg [name=name]").write("plans").press("Enter")
    page.holds("document.querySelector('#channelName')?.innerText === 'plans'")
    page.miss(".dlg")
    hands.has("#messageInput").write("first words").press("Enter")
    page.see("#messagesContainer .message.own[data-message-id]")
    hands.has("#messageInput")
    hands.press("Control+k").has(".switch input").press("Escape").has("#messageInput")
    hands.to('.side [aria-label="Browse channels"]', "Shift+Tab").press("Enter")
    hands.has(".dlg").to(".dlg .find .btn").press("Enter").to(".dlg [name=name]").write("tea").press("Enter")
    page.holds("document.querySelector('#channelName').innerText === 'tea'")
    # From one to the other, and back to the message.
    hands.press("Alt+ArrowUp")
    page.holds("document.querySelector('#channelName').innerText === 'plans'")
    hands.has("#messageInput").press("Shift+F6").has("#messagesContainer").press("ArrowUp").has(".message")
    # A thread.
    hands.press("r").has("#infoPanel textarea").write("in the thread").press("Enter")
    page.see("#messagesContainer .thr")
    hands.press("Escape").has("#messagesContainer .message")
    # What is over the message: reactions, the menu, a dialog out of it.
    hands.press("+").has(".emoji input").press("Escape").has(".message [data-key='+']")
    page.miss(".emoji")
    hands.press("Escape").has(".message").to('.message [aria-label="More actions"]').press("Enter").has(".menu").press("Escape").has('[aria-label="More actions"]')
    page.miss(".menu")
    hands.press("Enter").has(".menu").to('.menu button:nth-child(5)').press("Enter").has(".dlg").press("Escape").has(".message")
    # Search, and to what was found.
    hands.press("Control+Shift+f").has("#infoPanel input").write("words").press("Enter")
    page.see("#infoPanel .exc")
    hands.to("#infoPanel .exc").press("Enter")
    page.holds("/^\\/c\\/\\d+\\/\\d+$/.test(location.pathname)", "the message in its place")
    hands.press("Escape")
    page.holds("document.querySelector('#infoPanel').hidden")
    # Lists and details.
    hands.press("Control+Shift+m").has("#infoPanel").press("Escape")
    hands.press("Control+.").has("#infoPanel").to('#infoPanel [aria-label="Channel settings"]').press("Enter")
    hands.has(".dlg").press("Escape").has('#infoPanel [aria-label="Channel settings"]').press("Escape")
    hands.press("Control+/").has(".dlg").press("Escape")
    # Preferences, page by page; and out.
    hands.to(".side .foot .ib", "Shift+Tab").press("Enter").has(".dlg").to(".dlg [data-tab=profile]")
    for tab in ("account", "appearance", "notices", "organisation"):
        hands.press("ArrowRight").has(f".dlg [data-tab={tab}][aria-selected=true]")
    hands.press("Escape").has(".side .foot .ib")
    page.miss(".dlg")
    hands.press("Enter").has(".dlg").to(".dlg footer .btn.d")
    page.press("Enter")
    page.see("#username")
    hands.to("#username").write(name).to("#password").write(PASSWORD)
    page.press("Enter")
    page.see("#messageInput")
    hands.has("#messageInput")


def test_what_is_deleted_leaves_the_focus_where_it_was(enter, pair):
    ana, _, channel = pair
    ana.send(channel, "one")
    message = ana.send(channel, "two")
    page = enter(ana, channel)
    row = f'.message[data-message-id="{message["id"]}"]'
    page.see(row)
    page.focus(row)
    hands = Hands(page)
    hands.to(f'{row} [aria-label="More actions"]').press("Enter").has(".menu").to(".menu .d").press("Enter")
    page.see(f"{row} .gone")
    hands.has(row)
