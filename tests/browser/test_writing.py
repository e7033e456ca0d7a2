"""Writing, in browsers: drafts that follow one, messages for later, what is offered while one writes, lines that begin with a slash."""

import base64

from harness import until
from harness.browser import WAIT
from talk import HOSTILE, say, shows

BOX = "#messageInput"
VALUE = f"document.querySelector('{BOX}').value"
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


def drafts(person):
    return [d["content"] for d in person.ok("GET", "/drafts")["items"]]


def test_a_draft_follows_to_another_device_and_is_gone_when_it_is_sent(enter, pair):
    ana, luis, channel = pair
    one, two, other = enter(ana, channel), enter(ana, channel), enter(luis, channel)
    one.focus(BOX)
    one.type(HOSTILE)
    two.holds(f"{VALUE} === {one.evaluate(f'JSON.stringify({VALUE})')}", "the same text in the other browser")
    one.press("Enter")
    two.holds(f"{VALUE} === ''", "nothing in the box any more")
    other.holds("document.querySelector('.message .txt')?.textContent.includes('<script>window.harm=2</script>')")
    assert other.evaluate("document.querySelectorAll('img[src=x]').length + (window.harm ?? 0)") == 0
    until(lambda: drafts(ana) == [], "no draft is left", timeout=WAIT)
    # One leaves in the middle of a sentence: the other device has it all the same.
    one.fill(BOX, "half a")
    one.goto("about:blank")
    two.holds(f"{VALUE} === 'half a'", "what was typed last")
    assert drafts(ana) == ["half a"]


def test_what_was_deleted_is_deleted_also_when_one_leaves_at_once(enter, pair):
    ana, _, channel = pair
    message = ana.send(channel, "gone")
    page = enter(ana, channel)
    row = f'.message[data-message-id="{message["id"]}"]'
    page.see(row)
    page.hover(row)
    page.click(f'{row} [aria-label="More actions"]')
    page.click(".menu .d")
    page.holds(f"!!document.querySelector('{row} .gone')")
    page.goto("about:blank")
    until(lambda: ana.history(channel)["items"][-1]["is_deleted"], "it is gone for everyone", timeout=WAIT)


def test_a_message_is_sent_later_changed_sent_now_or_not_at_all(enter, pair):
    ana, luis, channel = pair
    page, other = enter(ana, channel), enter(luis, channel)

    def later(text):
        page.fill(BOX, text)
        page.click('[aria-label="Send later"]')
        page.see(".later input")
        page.click(".later button >> text=Tomorrow")
        page.miss(".later")
        page.holds(f"{VALUE} === ''")

    later(HOSTILE)
    later("not this one")
    page.click('.side .row >> text="Drafts and scheduled"')
    page.holds("document.querySelectorAll('#infoPanel .sched').length === 2")
    assert HOSTILE in page.evaluate("document.querySelector('#infoPanel').textContent")
    assert page.evaluate("document.querySelectorAll('img[src=x]').length + (window.harm ?? 0)") == 0
    page.click("#infoPanel .sched:has-text('not this one') >> text=Do not send")
    page.holds("document.querySelectorAll('#infoPanel .sched').length === 1")
    page.click("#infoPanel .sched >> text=Edit")
    page.fill("#infoPanel form textarea", "good morning")
    page.fill("#infoPanel form input", "2099-01-01T09:00")
    page.click("#infoPanel form >> text=Save")
    page.see(".toast >> text=Choose a time to come")
    assert ana.ok("GET", "/scheduled")["items"][0]["content"] == HOSTILE, "more than 120 days are refused"
    page.evaluate("(d => { d.setDate(d.getDate() + 2); document.querySelector('#infoPanel form input').value = d.toISOString().slice(0, 16); })(new Date())")
    page.click("#infoPanel form >> text=Save")
    page.holds("document.querySelector('#infoPanel .sched .short')?.textContent === 'good morning'")
    page.click("#infoPanel .sched >> text=Send now")
    page.miss("#infoPanel .sched")
    shows(other, "good morning")
    assert ana.ok("GET", "/scheduled")["items"] == []


def test_emoji_by_their_names_and_those_of_the_organisation(enter, pair, tmp_path):
    ana, luis, channel = pair
    page, other = enter(ana, channel), enter(luis, channel)
    page.focus(BOX)
    page.type(":tad")
    page.see('.compl [aria-selected="true"] >> text=:tada:')
    page.press("Enter")
    page.type("and :+1:")
    page.holds(f"/^🎉 and 👍/.test({VALUE})")
    page.fill(BOX, "")
    page.click("#emojiButton")
    page.click(".emoji >> text=Add an emoji")
    picture = tmp_path / "Party Parrot.png"
    picture.write_bytes(PIXEL)
    page.set_input_files(".dlg input[type=file]", str(picture))
    assert page.input_value(".dlg [name=name]") == "party-parrot"
    page.click(".dlg form .btn")
    page.see(".dlg .pick .own-emoji")
    page.press("Escape")
    page.miss(".dlg")
    page.focus(BOX)
    page.type(":parr")
    page.see(".compl .own-emoji")
    page.press("Tab")
    page.press("Enter")
    message = until(lambda: [m for m in ana.history(channel)["items"] if "parrot" in m["content"]], "the message", timeout=WAIT)[0]
    luis.ok("PUT", f"/messages/{message['id']}/reactions/:party-parrot:")
    for one in (page, other):
        one.holds("[...document.querySelectorAll('.message .txt .own-emoji, .message .rx .own-emoji')].filter(i => i.naturalWidth).length === 2", "both pictures")
    page.click("#emojiButton")
    page.click(".emoji >> text=Add an emoji")
    page.click('.dlg [aria-label="Remove :party-parrot:"]')
    for one in (page, other):
        one.holds("document.querySelector('.message .txt').textContent === ':party-parrot:'", "the name that is left")


def done(page, *lines):
    """Commands that leave nothing in the box: the next is written when one is done, as what comes to run them is fetched first."""
    for line in lines:
        say(page, line)
        page.holds("document.querySelector('#messageInput').value === ''", f"{line} done")


def test_lines_that_begin_with_a_slash(enter, pair, org):
    ana, luis, channel = pair
    elsewhere = ana.channel("elsewhere")
    page = enter(luis, channel)
    done(page, "/shrug", "/me waves", "//not a command")
    shows(page, r"¯\_(ツ)_/¯", "waves", "/not a command")
    assert page.evaluate("document.querySelectorAll('.message .txt em').length") == 1
    say(page, "/nonsense at all")
    page.see(".toast:has-text('/nonsense')")
    assert page.input_value(BOX) == "/nonsense at all", "it is not lost"
    say(page, "/topic mine")
    page.see(".toast:has-text('/topic')")
    say(page, "/join #elsewhere")
    page.holds("document.querySelector('#channelName').innerText === 'elsewhere'")
    say(page, f"/msg @{ana.user['username']} just us")
    page.holds("document.querySelector('#chatHeader h1 .i') === null", "a conversation")
    shows(page, "just us")
    page.goto(f"/c/{elsewhere['id']}")
    say(page, "/leave")
    until(lambda: luis.ok("GET", f"/channels/{elsewhere['id']}")["is_member"] is False, "that he has left", timeout=WAIT)
    mine = enter(ana, elsewhere)
    newcomer = org.member()
    mine.focus(BOX)
    mine.type("/top")
    mine.see(".compl li:has-text('/topic')")
    done(mine, "/topic new words", f"/invite @{newcomer.user['username']}")
    until(lambda: newcomer.ok("GET", f"/channels/{elsewhere['id']}")["is_member"], "that she is in it", timeout=WAIT)
    mine.holds("document.querySelector('#chatHeader .topic').innerText === 'new words'")
