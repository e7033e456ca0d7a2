"""What one wants to be told of, in browsers: muted channels, levels, keywords, and not being disturbed."""

import datetime

import pytest

from test_account import FAKE, outcome, settings
from test_sidebar import row_menu

COUNT = "window.told.length"


def row(channel):
    return f'.side [data-channel-id="{channel["id"]}"]'


def listening(page):
    """Whatever the browser is asked to show is kept."""
    settings(page, "notices")
    page.click(".dlg [name=browser]")
    page.holds("document.querySelector('.dlg [name=browser]').checked")
    page.press("Escape")
    page.miss(".dlg")
    page.evaluate(FAKE)
    return page


@pytest.fixture
def places(pair):
    """What luis has open, and two other channels that he is in."""
    ana, luis, channel = pair
    others = ana.channel("other"), ana.channel("third")
    for one in others:
        luis.join(one)
    return ana, luis, channel, *others


def test_a_muted_channel_stands_back_on_all_devices(enter, places):
    ana, luis, channel, other, third = places
    page = listening(enter(luis, channel, permissions=["notifications"]))
    tablet = enter(luis, channel)
    row_menu(page, other, "Mute")
    for one in (page, tablet):
        one.see(f"{row(other)}.mute")
    ana.send(other, "plain")
    ana.send(third, "plain too")
    for one in (page, tablet):
        one.see(f"{row(third)}.un .num")
        assert one.evaluate(f"!document.querySelector('{row(other)}.un, {row(other)} .num')")
    ana.send(other, f"@{luis.user['username']} look")
    ana.send(third, f"@{luis.user['username']} and here")
    for one in (page, tablet):
        one.holds(f"['{row(other)}', '{row(third)}'].every(at => document.querySelector(at + ' .you')?.innerText === '1')")
    page.holds(f"{COUNT} === 1 && window.told[0].includes('#third')")
    row_menu(tablet, other, "Notifications…")
    tablet.click('.dlg .btn >> text="Unmute"')
    outcome(tablet, "Saved")
    for one in (page, tablet):
        one.see(f"{row(other)}.un:not(.mute)")


def test_a_channel_can_tell_everything_or_nothing(enter, places):
    ana, luis, channel, other, third = places
    page = listening(enter(luis, channel, permissions=["notifications"]))
    for one, level in ((other, "all"), (third, "nothing")):
        row_menu(page, one, "Notifications…")
        page.click(f".dlg .choice [value={level}]")
        outcome(page, "Saved")
        page.press("Escape")
        page.miss(".dlg")
    ana.send(third, f"@{luis.user['username']} not told")
    page.see(f"{row(third)} .you")
    ana.send(other, "told")
    page.holds(f"{COUNT} === 1 && window.told[0].includes('#other')")
    page.click(".side .row >> text=Activity")
    page.see("#infoPanel .empty")


def test_keywords_tell_one(enter, places):
    ana, luis, channel, other, _ = places
    page = listening(enter(luis, channel, permissions=["notifications"]))
    settings(page, "notices")
    page.fill(".dlg [name=keywords]", "Release, café con leche")
    page.click(".dlg section:has([name=keywords]) [type=submit]")
    outcome(page, "Saved")
    page.press("Escape")
    page.miss(".dlg")
    ana.send(other, "the RELEASE is out")
    page.holds(f"{COUNT} === 1 && window.told[0].includes('keyword')")
    page.click(".side .row >> text=Activity")
    page.see("#infoPanel .exc >> text=used one of your keywords")


def test_one_rests_for_a_while_and_in_quiet_hours(enter, places):
    ana, luis, channel, other, _ = places
    page = listening(enter(luis, channel, permissions=["notifications"]))
    tablet = enter(luis, channel)
    badge = f"document.querySelector('{row(other)} .you')?.innerText"
    page.focus(".side .foot > button:first-child")
    page.press("Enter")
    page.holds_focus(".menu button")
    page.press("Enter")
    for one in (page, tablet):
        one.see(".foot .pr.dnd")
    ana.send(other, f"@{luis.user['username']} one")
    page.holds(f"{badge} === '1'")
    tablet.click(".side .foot > button:first-child")
    tablet.click('.menu button >> text="Resume notifications"')
    for one in (page, tablet):
        one.miss(".foot .pr.dnd")
    assert page.evaluate(COUNT) == 0
    ana.send(other, f"@{luis.user['username']} two")
    page.holds(f"{COUNT} === 1")
    settings(tablet, "notices")
    tablet.click(".dlg [name=quiet]")
    now = datetime.datetime.now(datetime.timezone.utc)
    for name, hours in (("from", 7), ("to", 11)):  # two hours around now in Tokyo
        tablet.fill(f".dlg [name={name}]", (now + datetime.timedelta(hours=hours)).strftime("%H:%M"))
    tablet.select_option(".dlg [name=time_zone]", "Asia/Tokyo")
    tablet.click(".dlg section:has([name=quiet]) [type=submit]")
    outcome(tablet, "Saved")
    for one in (page, tablet):
        one.see(".foot .pr.dnd")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everyone_can_use_it(enter, places, theme):
    ana, _, channel, other, _ = places
    ana.ok("PUT", f"/notifications/channels/{other['id']}", json={"muted": True})
    page = enter(ana, channel, colorScheme=theme, locale="es-ES" if theme == "dark" else "en-US")

    def fine(selector, within=None):
        page.see(selector)
        assert page.faults(within or selector) == [], selector

    fine(f"{row(other)}.mute", ".side")
    page.click(".side .foot > button:first-child")
    fine(".menu")
    page.press("Escape")
    page.holds_focus(".side .foot > button:first-child")
    page.press("Control+.")
    page.see("#infoPanel .info")
    page.click("#infoPanel [aria-label^='Notif'][title]")
    fine(".dlg .notices")
    page.press("Escape")
    page.miss(".dlg")
    page.click("#infoPanel [aria-label^='Channel settings'], #infoPanel [aria-label^='Ajustes del canal']")
    page.see(".dlg [data-tab=about][aria-selected=true]")
    page.focus(".dlg [data-tab=about]")
    page.press("End")
    fine(".dlg .notices")
    page.press("Escape")
    page.miss(".dlg")
    settings(page, "notices")
    page.click(".dlg [name=quiet]")
    fine(".dlg [name=time_zone]", ".dlg")
