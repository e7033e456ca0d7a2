"""What letters lead to, in a browser: a new password for a forgotten one, an address that is confirmed, an invitation that is sent."""

import secrets

import pytest

from harness.client import PASSWORD
from harness.mailbox import SITE

NEW = "caballo-correcto-bateria-9"


def path_of(letter):
    return letter.link.removeprefix(SITE)


def by_keyboard(page, goal):
    """Moves the focus with the tabulator alone."""
    page.focus("[aria-pressed=true]")
    for _ in range(15):
        page.press("Tab")
        if page.evaluate(f"document.activeElement.matches('{goal}')"):
            return page.press("Enter")
    raise AssertionError(f"no key leads to {goal}")


def sign_in(page, email, password):
    page.see("#username").fill("#username", email)
    page.fill("#password", password)
    page.press("Enter")


def test_a_forgotten_password_is_replaced(visit, org, mailbox):
    ana = org.member()
    page = visit("/login")
    page.see("a[href='/forgot']")
    by_keyboard(page, "a[href=\\'/forgot\\']")
    page.see("#email").fill("#email", ana.email)
    page.press("Enter")
    page.see("form [role=status]").holds_focus("form [role=status]")
    letter = mailbox.wait(ana.email, "/reset#")
    page.goto(path_of(letter))
    page.see("#password").fill("#password", "password1")
    assert page.evaluate("location.href").endswith("/reset"), "the token is not left in the address"
    page.press("Enter")
    page.holds("document.querySelector('[role=alert]').innerText === 'This password is too easy to guess.'")
    page.fill("#password", NEW)
    page.press("Enter")
    page.see("form [role=status]")
    by_keyboard(page, "a[href=\\'/login\\']")
    sign_in(page, ana.email, NEW)
    page.see(".side")
    # Once.
    again = visit("/reset#" + "x" * 43)
    again.see("#password")
    again.evaluate(f"location.hash = '{letter.token}'")  # as when another link is pasted into the same tab
    again.holds("performance.getEntriesByType('navigation')[0].type === 'reload'")
    again.see("#password").fill("#password", NEW)
    again.press("Enter")
    again.holds("document.querySelector('[role=alert]').innerText.startsWith('This link does not work')")


def test_who_is_unknown_sees_the_same(visit, org):
    page = visit("/forgot", locale="es-ES")
    page.see("#email").fill("#email", f"{secrets.token_hex(6)}@{org.domain}")
    page.press("Enter")
    page.see("form [role=status]")
    assert page.texts("form [role=status]")[0].startswith("Si hay una cuenta con esa dirección")


def test_an_address_is_confirmed(enter, visit, pair, mailbox):
    ana, _, channel = pair
    page = enter(ana, channel)
    page.click(".side .foot .ib")
    page.click(".dlg [data-tab=account]")
    page.see("#unconfirmed")
    assert page.faults(".dlg") == []
    before = len(mailbox.of(ana.email, "/verify#"))
    page.click("#unconfirmed button")
    page.holds("document.querySelector('#unconfirmed .outcome').innerText")
    other = visit(path_of(mailbox.wait(ana.email, "/verify#", n=before + 1)))
    other.see("button[type=submit]").click("button[type=submit]")
    other.see("form [role=status]")
    page.reload()
    page.see("#messageInput")
    page.click(".side .foot .ib")
    page.click(".dlg [data-tab=account]")
    page.see(".dlg [name=email]")
    assert ana.ok("GET", "/auth/email")["verified_at"]
    page.miss("#unconfirmed")


def test_an_invitation_is_sent(enter, visit, org, mailbox):
    to, name = f"{secrets.token_hex(5)}@guest.example", f"l{secrets.token_hex(4)}"
    page = enter(org.admin, org.admin.channel())
    page.click(".side .foot .ib")
    page.click(".dlg [data-tab=organisation]")
    page.see(".dlg [name=email]").fill(".dlg [name=email]", to)
    page.press("Enter")
    page.holds("[...document.querySelectorAll('.dlg .outcome')].some(n => n.innerText.startsWith('The invitation is on its way'))")
    guest = visit(path_of(mailbox.wait(to)))
    guest.see("#email").fill("#email", to)
    guest.fill("#username", name)
    guest.fill("#password", PASSWORD)
    guest.press("Enter")
    guest.see(".side")
    assert [p for p in org.admin.ok("GET", "/users/")["items"] if p["username"] == name]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path,there", [("/forgot", "#email"), ("/reset#" + "x" * 43, "#password"), ("/verify#" + "x" * 43, "button[type=submit]")])
def test_everyone_can_use_it(visit, path, there, theme):
    page = visit(path, colorScheme=theme, locale="es-ES" if theme == "dark" else "en-US")
    page.see(there)
    assert page.evaluate("document.documentElement.lang") == ("es" if theme == "dark" else "en")
    assert page.faults() == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.still("document.documentElement.scrollWidth") <= 320


def test_nothing_is_offered_where_no_mail_is_sent(suite, visit):
    auth = suite.proc("auth")
    with_mail = auth.env
    auth.stop()
    auth.env = {name: value for name, value in with_mail.items() if name != "PALIQUE_SMTP_URL"}
    try:
        suite.restart("auth")
        page = visit("/forgot")
        page.holds("document.querySelector('form .sub')?.innerText.startsWith('This server sends no e-mail')")
        assert page.evaluate("document.querySelectorAll('input, button[type=submit]').length") == 0
        page = visit("/login")
        page.see("#password")
        page.holds("performance.getEntriesByType('resource').some(e => e.name.endsWith('/auth/options') && e.responseEnd > 0)")
        page.still("document.body.innerText")
        assert page.evaluate("document.querySelectorAll(\"a[href='/forgot']\").length") == 0
    finally:
        if auth.running():
            auth.stop()
        auth.env = with_mail
        suite.restart("auth")


# Counts how often the page asks whose its address is.
COUNTING = """
    window.asked = 0;
    const real = window.fetch;
    window.fetch = (...ask) => {
        if (String(ask[0]).endsWith('/auth/email')) window.asked++;
        return real(...ask);
    };
"""


def test_who_has_not_confirmed_is_reminded_until_he_puts_it_off(enter, pair, mailbox):
    ana, luis, channel = pair
    page, other = enter(ana, channel), enter(luis, channel)
    page.see(".unconfirmed")
    assert page.faults(".unconfirmed") == []
    before = len(mailbox.of(ana.email, "/verify#"))
    page.click(".unconfirmed .btn")
    page.miss(".unconfirmed")
    mailbox.wait(ana.email, "/verify#", n=before + 1)
    other.click('.unconfirmed [aria-label="Close"]')
    other.miss(".unconfirmed")
    stored = "Object.entries(localStorage).filter(([key]) => key.startsWith('putoff:'))"
    assert other.evaluate(f"{stored}.length") == 1 and luis.email not in other.evaluate(f"JSON.stringify({stored})")
    for one, asked in ((page, 1), (other, 0)):
        one.add_init_script({"content": COUNTING})
        one.reload()
        one.see(".unconfirmed" if asked else ".side .foot")
        one.still("document.body.innerText")
        assert one.evaluate("window.asked") == asked
