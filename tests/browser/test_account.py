"""One's own account, in browsers: picture, password, and not being disturbed."""

import struct
import zlib

from talk import HOSTILE

NEW_PASSWORD = "another-long-secret-81"
FAKE = "window.told = []; window.Notification = class { constructor(title) { window.told.push(title); } }; 0"
PICTURES = "[...document.querySelectorAll('#messagesContainer .av img')]"


def settings(page, tab):
    page.click(".side .foot .ib")
    page.click(f".dlg [data-tab={tab}]")
    page.see(f".dlg [data-tab={tab}][aria-selected=true]")


def outcome(page, words):
    page.holds(f"[...document.querySelectorAll('.dlg .outcome')].some(n => n.innerText.startsWith('{words}'))", f"the dialog says {words}")


def png(width, height):
    """A picture of one colour."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    head = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x20\x80\x60" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_picture_is_seen_by_everybody(enter, pair, tmp_path):
    ana, luis, channel = pair
    luis.send(channel, "hello")
    one, two = enter(luis, channel), enter(ana, channel)
    wrong, right = tmp_path / "wrong.png", tmp_path / "right.png"
    wrong.write_text("<svg onload='window.harm=1'>")
    right.write_bytes(png(300, 200))
    settings(one, "profile")
    one.set_input_files(".dlg input[type=file]", str(wrong))
    outcome(one, "This is no picture")
    one.set_input_files(".dlg input[type=file]", str(right))
    outcome(one, "Saved")
    two.holds(f"{PICTURES}.length === 1 && {PICTURES}[0].naturalWidth === 256 && {PICTURES}[0].naturalHeight === 256", "the picture beside the message")
    one.click(".dlg button >> text=Remove picture")
    two.holds(f"{PICTURES}.length === 0", "the flag beside the message")


def test_a_new_password_ends_the_other_sessions(enter, pair):
    ana, _, channel = pair
    one, two = enter(ana, channel), enter(ana, channel)
    settings(one, "account")
    one.fill(".dlg [name=new_password]", NEW_PASSWORD)
    one.fill(".dlg [name=current_password]", "not the password")
    one.press("Enter")
    outcome(one, "Your password is not right.")
    one.fill(".dlg [name=current_password]", ana.password)
    one.press("Enter")
    outcome(one, "Password changed")
    two.see("#password")
    two.holds("document.querySelector('[role=alert]').innerText.includes('signed out')")
    ana.login(password=NEW_PASSWORD)
    one.see(".dlg")


def test_one_ends_sessions_elsewhere(enter, pair):
    ana, luis, channel = pair
    one, two, other = enter(luis, channel), enter(luis, channel), enter(ana, channel)
    settings(one, "account")
    rows = "document.querySelectorAll('.sessions .pick li').length"
    one.holds(f"{rows} === 3 && document.querySelectorAll('.sessions .pick .tag').length === 1", "two browsers and the test's own session, one of them marked")
    one.see(".sessions .pick li:has(.tag) >> text=/Chrome · Linux/")
    one.click(".sessions .pick button >> nth=0")
    outcome(one, "Signed out there")
    one.holds(f"{rows} === 2")
    one.click(".sessions .btn.d")
    two.see("#password")
    one.holds(f"{rows} === 1 && !document.querySelector('.sessions .btn')", "this browser's alone")
    other.see("#messageInput")


def test_who_is_not_to_be_disturbed_is_not(enter, pair):
    ana, luis, channel = pair
    other = ana.channel("other")
    luis.join(other)
    page = enter(luis, channel, permissions=["notifications"])
    settings(page, "notices")
    page.click(".dlg [name=browser]")
    page.evaluate(FAKE)
    badge = f"document.querySelector('[data-channel-id=\"{other['id']}\"] .you')?.innerText"
    ana.send(other, f"@{luis.user['username']} one")
    page.holds(f"{badge} === '1'")
    page.holds("window.told.length === 1")
    page.click(".dlg [data-tab=profile]")
    page.select_option(".dlg [name=status]", "busy")
    page.click(".dlg .form [type=submit]")
    outcome(page, "Saved")
    page.see(".foot .pr.dnd")
    page.goto(f"/c/{channel['id']}")
    page.see(".foot .pr.dnd")
    page.evaluate(FAKE)
    ana.send(other, f"@{luis.user['username']} two")
    page.holds(f"{badge} === '2'")
    assert page.evaluate("window.told.length") == 0


def test_who_erases_himself_is_gone(enter, pair):
    ana, luis, channel = pair
    page = enter(luis, channel)
    settings(page, "account")
    page.click(".dlg button >> text=Delete my account")
    page.fill(".dlg .sure [name=password]", "not the password")
    page.press("Enter")
    outcome(page, "Your password is not right.")
    page.fill(".dlg .sure [name=password]", luis.password)
    page.press("Enter")
    page.see("#username")
    luis.refused(401, "login.wrong", "POST", "/auth/login", {"email": luis.email, "password": luis.password}, token=False)
    assert ana.ok("GET", f"/users/{luis.id}")["username"] == f"erased-{luis.id}"


def test_who_joins_is_for_administrators_to_say(enter, pair, suite):
    ana, luis, channel = pair
    page = enter(ana, channel)
    settings(page, "organisation")
    page.fill(".dlg [name=name]", HOSTILE[:90])
    page.click(".dlg .page section:first-child [type=submit]")
    outcome(page, "Saved")
    page.holds("document.querySelector('.ws b').innerText.includes('<script>')")
    assert page.evaluate("document.querySelectorAll('img[src=x]').length + (window.harm ?? 0)") == 0
    page.select_option(".dlg [name=max_uses]", "10")
    page.click(".dlg .three [type=submit]")
    page.see(".dlg [aria-label='Invitation link']")
    link = page.input_value(".dlg [aria-label='Invitation link']")
    page.holds("document.querySelector('.dlg .pick li').innerText.includes('0 of 10 used')")
    page.click(".dlg .pick li .btn")
    page.miss(".dlg .pick li")
    body = {"email": "late@elsewhere.example", "username": "late", "password": NEW_PASSWORD, "invitation": link.partition("invitation=")[2]}
    suite.client().refused(422, "invitation.invalid", "POST", "/auth/register", body)
    assert luis.get("/invitations").status_code == 403


def test_everyone_can_use_it(enter, pair):
    ana, _, channel = pair
    page = enter(ana, channel, locale="es-ES")
    settings(page, "profile")
    for theme in ("light", "dark"):
        page.emulate_media({"colorScheme": theme})
        page.holds(f"document.documentElement.dataset.theme === '{theme}'")
        page.press("Home")
        for tab in ("profile", "account", "appearance", "notices", "organisation"):
            page.see(f".dlg [data-tab={tab}][aria-selected=true]")
            assert page.faults(".dlg") == [], (theme, tab)
            page.press("ArrowRight")
