"""How one is told: aloud, in the title and its icon, with less motion, in words that stay words; and what is found by its address."""

from harness import until
from harness.browser import WAIT
from talk import HOSTILE, say, shows

ALOUD = "document.querySelector('.vh[aria-live=polite]').textContent"
ICON = "document.querySelector('link[rel=icon]').getAttribute('href')"
HARM = "document.querySelectorAll('img[src=x], [onerror], [onload]').length + (window.harm ?? 0)"


def test_what_comes_is_read_aloud_and_what_one_writes_is_not(enter, pair):
    ana, luis, channel = pair
    page = enter(luis, channel)
    ana.send(channel, "good morning")
    page.holds(f"{ALOUD} === '{ana.user['display_name'] or ana.user['username']}: good morning'")
    say(page, "my own")
    shows(page, "good morning", "my own")
    ana.send(channel, "and")
    ana.send(channel, "again")
    page.holds(f"/2 new messages|: again/.test({ALOUD})", "both together, or one after the other")
    assert "my own" not in page.evaluate(ALOUD)
    assert page.evaluate("document.querySelector('#messagesContainer').closest('[aria-live], [role=log]')") is None, "history is never read aloud"


def test_the_title_and_its_icon_tell_what_is_unread(enter, pair):
    ana, luis, channel = pair
    other = ana.channel("other")
    luis.join(other)
    page = enter(luis, channel)
    page.holds(f"document.title === '#{channel['name']} · Palique' && {ICON} === '/favicon.svg'")
    ana.send(other, "plain")
    page.holds(f"{ICON} !== '/favicon.svg' && !document.title.startsWith('(')")
    ana.send(other, f"@{luis.user['username']} look")
    page.holds("document.title.startsWith('(1) ')")
    page.click(f'.side [data-channel-id="{other["id"]}"]')
    page.holds(f"document.title === '#other · Palique' && {ICON} === '/favicon.svg'")


def test_who_wants_less_motion_has_none(enter, pair):
    ana, _, channel = pair
    page = enter(ana, channel, reducedMotion="reduce")
    page.click("#chatHeader [aria-pressed]")
    page.see("#infoPanel")
    page.press("Control+k")
    page.see(".dlg")
    longest = "Math.max(0, ...document.getAnimations().map(a => a.effect.getComputedTiming().endTime))"
    assert page.evaluate(longest) <= 2
    assert page.evaluate("Math.max(...[...document.querySelectorAll('*')].map(n => parseFloat(getComputedStyle(n).transitionDuration) || 0))") <= 0.002


def test_names_and_states_stay_text(enter, pair):
    ana, luis, channel = pair
    for person in (ana, luis):
        person.ok("PUT", f"/users/{person.id}", json={"display_name": HOSTILE[:80], "status_text": HOSTILE[:140]})
    ana.ok("POST", "/sections", json={"name": HOSTILE[:60]})
    message = ana.send(channel, "seen")
    luis.ok("PUT", f"/messages/{message['id']}/reactions/%F0%9F%91%8D")
    ana.send(channel, "answered", thread_id=message["id"])
    page = enter(ana, channel)
    page.see("#messagesContainer .rx")
    page.press("Control+.")
    page.see("#infoPanel .ppl")
    page.press("Control+k")
    page.fill(".switch input", "<img")
    page.holds("document.querySelector('.goals').textContent.includes('onerror')")
    page.press("Escape")
    page.miss(".dlg")
    page.click(".side .foot .ib")
    page.see(".dlg [name=status_text]")
    assert "<img src=x" in page.input_value(".dlg [name=status_text]")
    page.press("Escape")
    page.miss(".dlg")
    page.focus("#messageInput")
    page.type("@")
    page.see(".compl")
    assert page.evaluate(HARM) == 0


# What a program that reads Markdown may stumble over: each of its signs without end.
HARD = [">" * 2000, "- " * 8000, "1. " * 5000, "*" * 8000 + "a" + "*" * 7990, "**a_" * 4000, "_a_" * 5333]


def test_signs_without_end_harm_nobody_and_can_be_deleted(enter, pair):
    ana, luis, channel = pair
    hard = [ana.send(channel, text) for text in HARD]
    page = enter(luis, channel)
    say(page, "still here")
    page.holds("document.querySelector('#messagesContainer .message:last-child .txt')?.textContent === 'still here'")
    for message in hard:
        ana.ok("DELETE", f"/messages/{message['id']}")
    page.holds("document.querySelectorAll('#messagesContainer .message .txt').length === 1", "they are gone")
    page.reload()
    say(page, "and again")
    page.holds("document.querySelector('#messagesContainer .message:last-child .txt')?.textContent === 'and again'")


def test_a_channel_that_one_is_not_in_opens_by_its_address(enter, pair):
    ana, luis, channel = pair
    other = ana.channel("library")
    message = ana.send(other, "read before you ask")
    page = enter(luis, channel)
    page.goto(f"/c/{other['id']}/{message['id']}")
    shows(page, "read before you ask")
    page.click(".dock .btn")
    page.see("#messageInput")
    until(lambda: luis.ok("GET", f"/channels/{other['id']}")["is_member"], "that he is in it", timeout=WAIT)


def test_a_file_is_pasted_and_dropped(enter, pair):
    ana, luis, channel = pair
    page, other = enter(ana, channel), enter(luis, channel)
    give = "(() => {{ const bag = new DataTransfer(); bag.items.add(new File(['words'], '{name}')); document.querySelector('{at}').dispatchEvent(new {event}); }})()"
    page.hover("form.comp")
    page.evaluate(give.format(name="pasted.txt", at="#messageInput", event="ClipboardEvent('paste', { clipboardData: bag, bubbles: true, cancelable: true })"))
    page.evaluate(give.format(name="dropped.txt", at="main", event="DragEvent('drop', { dataTransfer: bag, bubbles: true, cancelable: true })"))
    page.holds("document.querySelectorAll('.up li').length === 2 && !document.querySelector('.up progress')", "both are there")
    page.click("#sendButton")
    other.holds("['pasted.txt', 'dropped.txt'].every(name => document.querySelector('#messagesContainer').textContent.includes(name))")


def test_messages_are_pinned_and_reported_and_the_end_is_found(enter, pair):
    ana, luis, channel = pair
    message = ana.send(channel, "first")
    for n in range(60):
        ana.send(channel, f"line {n}")
    luis.ok("POST", f"/channels/{channel['id']}/read", json={"seq": luis.history(channel)["head_seq"]})
    page = enter(luis, channel)
    page.goto(f"/c/{channel['id']}/{message['id']}")
    row = f'#messagesContainer .message[data-message-id="{message["id"]}"]'
    page.see(row)
    page.holds("document.querySelectorAll('#messagesContainer .day').length === 1", "one day, one line")
    page.hover(row)
    page.click(f'{row} [aria-label="More actions"]')
    page.click('.menu button >> text="Pin to channel"')
    page.see(f"{row} .pinned")
    page.hover(row)
    page.click(f'{row} [aria-label="More actions"]')
    page.click('.menu button >> text="Report"')
    page.fill(".menu textarea", HOSTILE)
    page.click(".menu [type=submit]")
    page.see(".toast >> text=Reported")
    page.click(".latest")
    page.holds("(box => box.scrollHeight - box.scrollTop - box.clientHeight < 5)(document.querySelector('#messagesContainer'))", "the end")
    assert page.evaluate(HARM) == 0
