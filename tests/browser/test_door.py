"""Sign-in and registration, in a browser."""

import secrets

import pytest

from harness.client import PASSWORD

HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>'


def fill(page, **fields):
    for name, value in fields.items():
        page.fill(f"#{name}", value)


def registered(page, **more):
    """Registers through the page as somebody new, and gives the name."""
    name = f"ana{secrets.token_hex(5)}"
    fill(page, email=f"{name}@{name}.example", username=name, password=PASSWORD, organization=f"Org {name}", **more)
    page.press("Enter")
    return name


def test_a_wrong_password_is_told_and_nothing_is_lost(visit, org):
    page = visit("/login")
    fill(page, username=org.admin.email, password="not-the-password-1")
    page.press("Enter")
    page.holds("document.querySelector('[role=alert]')?.innerText.trim()", "an error")
    assert page.input_value("#username") == org.admin.email
    assert page.evaluate("location.pathname") == "/login"


def test_an_address_that_is_none_is_told_at_its_field(visit):
    page = visit("/login")
    fill(page, username="nobody@", password=PASSWORD)
    page.press("Enter")
    page.see("#username[aria-invalid]").holds_focus("#username")
    page.holds("document.querySelector('[role=alert]').innerText.includes('Username or email')")


def test_what_was_typed_stays_text(visit):
    page = visit("/register")
    fill(page, email="x@y.example", username=HOSTILE, password=PASSWORD, organization=HOSTILE)
    page.press("Enter")
    page.holds("document.querySelector('[role=alert]')?.innerText.trim()", "an error")
    assert page.title() == "Palique" and page.evaluate("document.images.length") == 0


def test_a_password_can_be_looked_at(visit):
    page = visit("/login")
    page.fill("#password", PASSWORD)
    for kind in ("text", "password"):
        page.click('[aria-label="Show password"]')
        page.holds(f"document.querySelector('#password').type === '{kind}'")
    assert page.input_value("#password") == PASSWORD


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/login", "/register"])
def test_everyone_can_use_it(visit, path, theme):
    page = visit(path, colorScheme=theme, locale="es-ES" if theme == "dark" else "en-US")
    page.see("#password")
    assert page.evaluate("document.documentElement.lang") == ("es" if theme == "dark" else "en")
    assert page.faults() == []


def test_by_keyboard_alone(visit):
    page = visit("/register")
    page.see("#username")
    page.focus("#email")
    for n in range(12):
        page.press("Tab")
        if page.evaluate("document.activeElement.type") == "submit":
            break
    assert page.evaluate("document.activeElement.type") == "submit", n


def test_nothing_is_wider_than_a_telephone(visit):
    page = visit("/register", viewport={"width": 320, "height": 640}, hasTouch=True, isMobile=True)
    page.see("#email")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
