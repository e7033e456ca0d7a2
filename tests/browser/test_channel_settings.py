"""A channel's settings, in browsers: what its owner changes the others see, and each control is there for those who may use it."""

from talk import HOSTILE

WORDS = {"en-US": "Channel settings", "es-ES": "Ajustes del canal"}


def settings(page, tab="about", locale="en-US"):
    if page.evaluate("document.querySelector('#infoPanel').hidden"):
        page.press("Control+.")
    page.click(f'#infoPanel [aria-label="{WORDS[locale]}"]')
    page.click(f".dlg [data-tab={tab}]")
    page.see(f".dlg [data-tab={tab}][aria-selected=true]")


def dock(page, words):
    page.holds(f"document.querySelector('.dock').innerText.includes('{words}')")


def outcome(page, words):
    page.holds(f"[...document.querySelectorAll('.dlg .outcome')].some(n => n.innerText === '{words}')", f"the dialog says {words}")


def test_what_its_owner_changes_the_others_see(enter, pair):
    ana, luis, channel = pair
    luis.ok("PUT", f"/users/{luis.id}", {"display_name": "<b>Luis</b>"})
    one, two = enter(ana, channel), enter(luis, channel)
    settings(one)
    for field, text in (("name", "<b>plans</b>"), ("topic", HOSTILE), ("description", HOSTILE)):
        one.fill(f".dlg [name={field}]", text)
    one.click(".dlg [value=private]")
    one.click(".dlg [type=submit]")
    outcome(one, "Saved")
    two.holds("document.querySelector('#channelName').innerText === '<b>plans</b>'")
    two.holds("document.querySelector('#chatHeader .topic').textContent.includes('onerror')")
    settings(two)
    two.holds("document.querySelector('.dlg .lines').innerText.includes('onerror')")
    assert two.evaluate("document.querySelectorAll('.dlg .page :is(input, select, textarea)').length") == 0
    two.click(".dlg [data-tab=people]")
    two.holds("document.querySelector('.dlg .pick').innerText.includes('<b>Luis</b>')")
    for page in (one, two):
        assert page.evaluate("document.querySelectorAll('img[src=x], .dlg b, .dlg script').length + (window.harm ?? 0)") == 0
    assert luis.ok("GET", f"/channels/{channel['id']}")["type"] == "private"


def test_who_writes_and_who_belongs_is_for_its_owner_to_say(enter, pair):
    ana, luis, channel = pair
    message = ana.send(channel, "Good?")
    ana.ok("PUT", f"/messages/{message['id']}/reactions/%F0%9F%91%8D")
    one, two = enter(ana, channel), enter(luis, channel)
    two.see(".rx .add")
    settings(one, "permissions")
    one.click(".dlg .form > .also input")
    one.select_option(".dlg [name=react]", "moderator")
    one.click(".dlg [type=submit]")
    outcome(one, "Saved")
    dock(two, "Only moderators")
    two.holds("!document.querySelector('.rx .add') && document.querySelector('.rx button').disabled")
    settings(two, "permissions")
    two.see(".dlg dl.may")
    two.press("Escape")
    one.click(".dlg [data-tab=people]")
    row = f'.dlg .pick li:has-text("@{luis.user["username"]}")'
    one.select_option(f"{row} select", "moderator")
    two.see("#messageInput")
    one.click(f"{row} .ib")
    one.miss(row)
    dock(two, "as a guest")


def test_it_is_put_away_brought_back_and_deleted(enter, pair):
    ana, _, channel = pair
    ana.send(channel, "=1+1 is what is kept")
    page, here = enter(ana, channel), f'.side [data-channel-id="{channel["id"]}"]'
    settings(page)
    page.evaluate("(make => { URL.createObjectURL = bytes => { bytes.text().then(text => { window.kept = text; }); return make.call(URL, bytes); }; })(URL.createObjectURL)")
    page.click(".dlg button >> text=CSV")
    page.holds("(window.kept ?? '').includes('is what is kept')", "the messages as a file")
    page.click(".dlg button >> text=Archive channel")
    dock(page, "archived")
    page.press("Escape")
    page.miss(here)
    page.click('.side [aria-label="Browse channels"]')
    page.click(".dlg .also input")
    page.click(f'.dlg .pick a[href="/c/{channel["id"]}"]')
    settings(page)
    page.click(".dlg button >> text=Bring back")
    outcome(page, "Brought back")
    page.click(".dlg .ends button >> text=Delete channel")
    page.click(".dlg .sure button >> text=Cancel")
    page.holds("document.activeElement.innerText === 'Delete channel'", "the focus is where it was")
    page.press("Enter")
    page.click(".dlg .sure .d")
    page.miss(here)
    ana.refused(404, "channel.not_found", "GET", f"/channels/{channel['id']}")


def test_everyone_can_use_it(enter, pair):
    ana, _, channel = pair
    page = enter(ana, channel, locale="es-ES")
    settings(page, locale="es-ES")
    there = {"about": ".dlg textarea", "people": ".dlg .pick select >> nth=0", "permissions": ".dlg [name=post]"}
    for theme, width in (("light", 1280), ("dark", 360)):
        page.emulate_media({"colorScheme": theme})
        page.set_viewport_size({"width": width, "height": 640})
        page.holds(f"document.documentElement.dataset.theme === '{theme}'")
        page.press("Home")
        for tab, thing in there.items():
            page.see(f".dlg [data-tab={tab}][aria-selected=true]")
            page.see(thing)
            assert page.faults(".dlg") == [], (theme, tab)
            page.holds("(box => box.scrollWidth <= box.clientWidth)(document.querySelector('.dlg .page'))", f"{tab} is not too wide")
            page.press("ArrowRight")
