"""One's own order of channels, groups of people, and the keyboard, in browsers; and that everybody can use them."""

import pytest

from talk import HOSTILE

BOX = "#messageInput"
ORDER = "JSON.stringify([...document.querySelectorAll('.side .sec > h2')].map(n => n.textContent))"


def row_menu(page, channel, item):
    page.hover(f'.side li:has(> [data-channel-id="{channel["id"]}"])')
    page.click(f'.side li:has(> [data-channel-id="{channel["id"]}"]) > button')
    page.click(f'.menu button >> text="{item}"')


def new_section(page, name):
    page.click('.side .ws [aria-label^="Menu"]')
    page.click('.menu button >> text="New section"')
    page.fill(".dlg [name=name]", name)
    page.press("Enter")
    page.see(f'.side .sec > h2 >> text="{name}"')


def test_sections_and_favourites_are_one_s_own_everywhere(enter, pair):
    ana, luis, channel = pair
    tea = ana.channel("tea")
    page, tablet, other = enter(ana, channel), enter(ana, channel), enter(luis, channel)
    new_section(page, HOSTILE[:60])
    new_section(page, "Work")
    row_menu(page, tea, "Move to Work")
    for one in (page, tablet):
        one.see(f'.side .sec:has(> h2:has-text("Work")) [data-channel-id="{tea["id"]}"]')
    page.click('.side [aria-label="Menu: Work"]')
    page.click('.menu button >> text="Further up"')
    page.holds(f"JSON.parse({ORDER}).indexOf('Work') === 0")
    page.click('.side [aria-label="Menu: Work"]')
    page.click('.menu button >> text="Rename section"')
    page.fill(".dlg [name=name]", "Play")
    page.press("Enter")
    tablet.see('.side .sec > h2 >> text="Play"')
    row_menu(page, tea, "Favourite")
    tablet.see(f'.side .sec:has(> h2:has-text("Favourites")) [data-channel-id="{tea["id"]}"]')
    page.click('.side [aria-label="Menu: Play"]')
    page.click('.menu button >> text="Delete section"')
    tablet.miss('.side .sec > h2 >> text="Play"')
    assert page.evaluate("document.querySelectorAll('img[src=x]').length + (window.harm ?? 0)") == 0
    assert other.evaluate("document.querySelectorAll('.side .sec > h2').length") == 2


def drag(page, what, where):
    page.drag_and_drop(what, where)


def test_channels_and_sections_are_dragged_and_closed(enter, pair):
    ana, luis, channel = pair
    tea, coffee = ana.channel("tea"), ana.channel("coffee")
    luis.join(tea)
    page, tablet = enter(ana, channel), enter(ana, channel)
    for name in ("Work", "Play"):
        new_section(page, name)
    link = f'[data-channel-id="{tea["id"]}"]'
    work, channels = '.side .sec:has(> h2:has-text("Work"))', ".side .sec:has(> #channelList)"
    for what in (tea, coffee):
        row = f'[data-channel-id="{what["id"]}"]'
        drag(page, f"{row} .t", work)
        for one in (page, tablet):
            one.see(f"{work} {row}")
    drag(page, '.side .sec > h2 .fold >> text="Play"', work)
    for one in (page, tablet):
        one.holds(f"JSON.parse({ORDER}).indexOf('Play') === 0")
    page.click('.fold >> text="Work"')
    page.miss(link)
    page.reload()
    page.see('.fold[aria-expanded="false"] >> text="Work"')
    page.miss(link)
    luis.send(tea, "tea?")
    page.see(f"{work} {link} .num")
    page.see('.fold[aria-expanded="false"] >> text="Work"')
    assert page.evaluate(f"[...document.querySelectorAll('.side .sec')].find(s => s.textContent.startsWith('Work')).querySelectorAll('[data-channel-id]').length") == 1
    page.click('.fold >> text="Channels"')
    page.see(f'[data-channel-id="{channel["id"]}"]')
    page.click('.fold >> text="Work"')
    drag(page, f"{link} .t", channels)
    tablet.see(f"{channels} {link}")


def test_a_name_tells_who_it_is_and_leads_to_a_conversation(enter, pair):
    ana, luis, channel = pair
    message = luis.send(channel, "hello")
    page = enter(ana, channel)
    row = f'.message[data-message-id="{message["id"]}"]'
    page.click(f"{row} .av")
    page.see(f".person >> text=@{luis.user['username']}")
    assert page.faults(".person") == []
    page.press("Escape")
    page.miss(".person")
    page.focus(row)
    page.press("Enter")
    focus_is(page, f"{row} .nm")
    page.press("Enter")
    page.click(".person .btn")
    page.miss(".person")
    page.see(f'#channelName >> text="{luis.user["display_name"]}"')


def test_groups_are_made_by_moderators_and_mentioned_by_all(enter, pair):
    ana, luis, channel = pair
    page, other = enter(ana, channel), enter(luis, channel)
    page.click('.side .ws [aria-label^="Menu"]')
    page.click('.menu button >> text="Groups"')
    page.click('.dlg .btn >> text="New group"')
    page.fill(".dlg [name=name]", "Back <b>end</b>")
    page.fill(".dlg [name=handle]", "backend")
    page.click(f".dlg label:has-text('@{luis.user['username']}') input")
    page.click('.dlg .btn >> text="Save"')
    page.see(".dlg .pick >> text=@backend · 1 member")
    page.press("Escape")
    page.focus(BOX)
    page.type("@back")
    page.see(".compl >> text=Back <b>end</b>")
    page.press("Tab")
    page.type("please look")
    page.press("Enter")
    other.see(".message.toyou .me >> text=@backend")
    page.see(".message.own .at >> text=@backend")
    other.click('.side .ws [aria-label^="Menu"]')
    other.click('.menu button >> text="Groups"')
    other.click(".dlg .pick button")
    other.holds("document.querySelectorAll('.dlg .pick li').length === 1 && !document.querySelector('.dlg form')", "one of them, and nothing to change")


def focus_is(page, selector):
    page.holds(f"!!document.activeElement?.closest('{selector}')", f"the focus in {selector}")


def test_the_keyboard_does_what_its_sheet_says(enter, pair):
    ana, luis, channel = pair
    message = ana.send(channel, "one")
    page = enter(luis, channel)
    row = f'.message[data-message-id="{message["id"]}"]'
    page.see(row)
    page.focus(BOX)
    for where in (".side", "#messagesContainer", ".dock"):
        page.press("F6")
        focus_is(page, where)
    page.press("Shift+F6")
    focus_is(page, "#messagesContainer")
    page.press("ArrowUp")
    focus_is(page, row)
    page.press("s")
    page.see(f'{row} [aria-pressed="true"]')
    page.press("r")
    page.see("#infoPanel textarea")
    focus_is(page, "#infoPanel")
    page.press("Escape")
    page.miss("#infoPanel textarea")
    page.focus(row)
    page.press("+")
    page.see(".emoji")
    page.press("Escape")
    page.miss(".emoji")
    page.focus(row)
    page.press("q")
    page.see(".quoting")
    focus_is(page, ".dock")
    page.focus(row)
    page.press("?")
    page.see('.dlg .keys kbd >> text="Q"')
    page.click(".dlg input[type=checkbox]")
    page.press("Escape")
    page.miss(".dlg")
    page.focus(row)
    page.press("?")
    page.press("r")
    page.press("Control+/")
    page.see(".sheet-keys")
    assert page.evaluate("document.querySelector('#infoPanel').hidden"), "R does nothing any more"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everyone_can_use_it(enter, pair, theme):
    ana, luis, channel = pair
    message = ana.send(channel, "first")
    ana.ok("PUT", f"/messages/{message['id']}", json={"content": "second"})
    ana.send(channel, "an answer", reply_to_id=message["id"])
    ana.ok("POST", "/groups", json={"name": "Backend", "handle": "backend", "user_ids": [luis.id]})
    ana.ok("POST", "/sections", json={"name": "Work"})
    page = enter(ana, channel, colorScheme=theme, locale="es-ES" if theme == "dark" else "en-US")
    page.see(".qt")

    def fine(selector):
        page.see(selector)
        assert page.faults() == [], selector

    page.focus(BOX)
    page.type("/")
    fine(".compl")
    page.fill(BOX, "words")
    page.click(".comp .send")
    page.fill(BOX, "more words")
    page.click('.comp [aria-label="Send later"], .comp [aria-label="Enviar más tarde"]')
    fine(".later")
    page.click(".later .menu button, .later > button:first-of-type")
    page.miss(".later")
    page.click(".side .row:has-text('Drafts'), .side .row:has-text('Borradores')")
    fine("#infoPanel .sched")
    page.hover(".side .ch-row >> nth=0")
    page.click(".side .ch-row > button >> nth=0")
    fine(".menu")
    page.press("Escape")
    page.click("button.edited")
    fine(".versions")
    page.press("Escape")
    page.miss(".dlg")
    page.click("#emojiButton")
    fine(".emoji .grid")
    page.click(".emoji .more")
    fine(".dlg form")
    page.press("Escape")
    page.miss(".dlg")
    page.press("Control+/")
    fine(".sheet-keys")
    page.press("Escape")
    page.miss(".dlg")
    page.click(".side .ws .ib >> nth=0")
    page.click(".menu button >> nth=2")
    fine(".dlg .pick")
    page.click(".dlg .pick button")
    fine(".who-in .pick")
