"""The screens of the chat, in browsers: what can be done with a message, threads, badges, older pages, dialogs, and who can use them."""

import json

import pytest

from harness import until
from harness.browser import WAIT
from harness.client import PASSWORD
from talk import types

HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script> [x](javascript:document.title=3)'
BOX = "#messageInput"


@pytest.fixture
def people(suite):
    """Two of one organisation, in one channel."""
    org = suite.org()
    ana, bo = org.member(display_name="Ana Ruiz"), org.member(display_name="Bo Lindqvist")
    channel = ana.channel("tea", topic="What we drink")
    bo.join(channel)
    return ana, bo, channel


def enter(visit, who, path="/chat", **options):
    """Signs in as a person does."""
    page = visit("/login", **options)
    page.fill("#username", who.email)
    page.fill("#password", PASSWORD)
    page.press("Enter")
    page.see(".side" if options.get("isMobile") else BOX)
    if path != "/chat":
        page.goto(path)
    return page


def say(page, *texts):
    for text in texts:
        page.fill(BOX, text)
        page.focus(BOX)
        page.press("Enter")


def shows(page, *texts):
    """Exactly these, in this order. By textContent: rows out of sight have no innerText."""
    page.holds(f"JSON.stringify([...document.querySelectorAll('#messagesContainer .message .txt')].map(n => n.textContent)) === {json.dumps(json.dumps(texts, ensure_ascii=False, separators=(',', ':')))}",
               f"messages {texts}")


def settled(page):
    page.holds("!document.querySelector('.message.wait, .message.fail')", "nothing that waits")


def test_what_one_does_the_other_sees(visit, people):
    ana, bo, channel = people
    one, two = enter(visit, ana), enter(visit, bo)
    say(one, "hello **Bo**")
    shows(two, "hello Bo")
    row = f'.message[data-message-id="{ana.history(channel)["items"][-1]["id"]}"]'
    assert "other" in two.get_attribute(row, "class").split() and "own" in one.get_attribute(row, "class").split()
    types(two, one, "Bo Lindqvist")
    say(two, "an answer")
    shows(one, "hello Bo", "an answer")
    one.focus(BOX)
    one.press("ArrowUp")
    one.fill(".ed textarea", "hello again")
    one.press("Enter")
    shows(two, "hello again", "an answer")
    two.focus(row)
    two.press("Tab")
    two.press("Enter")
    one.see(f"{row} .rx")
    settled(one)


def test_who_is_not_among_those_told_first_has_a_name_too(visit, suite):
    org = suite.org()
    ana, gone = org.member(), [org.member(display_name=f"Bo {n} Lindqvist") for n in range(3)]
    channel = ana.channel("tea")
    for person in gone:
        person.join(channel)
        message = person.send(channel, "hello")
        org.admin.ok("PUT", f"/users/{person.id}", json={"is_active": False})
    page = enter(visit, ana)
    page.holds("['Bo 0 Lindqvist', 'Bo 1 Lindqvist', 'Bo 2 Lindqvist'].every(name => document.querySelector('#messagesContainer').innerText.includes(name))")
    page.see(f'.message[data-message-id="{message["id"]}"]')
    asked = page.evaluate("performance.getEntriesByType('resource').map(r => new URL(r.name).searchParams.get('ids')).filter(Boolean).join()").split(",")
    assert sorted(asked) == sorted(str(person.id) for person in gone), "each of them is asked for once"


def test_a_channel_without_messages_says_so(visit, people):
    ana, _, _ = people
    page = enter(visit, ana, f"/c/{ana.channel('quiet', type='private')['id']}")
    page.see("#messagesContainer .start >> text=This is where the channel begins")


def test_texts_stay_texts(visit, suite):
    org = suite.org()
    ana, bo = org.member(display_name="<b>Ana</b>"), org.member()
    channel = ana.channel("<i>tea</i>", topic=HOSTILE, description=HOSTILE)
    bo.join(channel)
    ana.send(channel, HOSTILE)
    page = enter(visit, bo)
    page.see(".message")
    page.press("Control+.")
    page.holds("document.querySelector('#infoPanel .info')?.innerText.includes('<script>')")
    page.press("Control+Shift+F")
    page.see("#infoPanel input")
    page.fill("#infoPanel input", HOSTILE)
    page.press("Enter")
    assert page.evaluate("[document.images.length, document.querySelectorAll('#app script, #app i > i').length]") == [0, 0]
    assert "<img src=x" in page.evaluate("document.querySelector('#messagesContainer .message .txt').textContent") and not page.title().isdigit()
    assert page.evaluate("document.querySelectorAll('.message a').length") == 0


def test_unread_and_mentions_are_counted_and_read(visit, people):
    ana, bo, tea = people
    other = ana.channel("other")
    bo.join(other)
    page = enter(visit, bo)
    page.click(f'[data-channel-id="{other["id"]}"]')
    page.holds("document.querySelector('#channelName').innerText === 'other'")
    ana.send(tea, "one")
    row = f'[data-channel-id="{tea["id"]}"]'
    page.holds(f"document.querySelector('{row} .num')?.innerText === '1'")
    ana.send(tea, f"@{bo.user['username']} two")
    page.holds(f"document.querySelector('{row} .you')?.innerText === '1' && document.title.startsWith('(1) ')")
    page.click(row)
    page.see(".new")
    page.holds(f"!document.querySelector('{row} .you, {row} .num') && !document.title.startsWith('(')")


def test_what_was_told_while_one_was_away_waits(visit, people):
    ana, bo, channel = people
    ana.send(channel, f"@{bo.user['username']} come and see")
    page = enter(visit, bo)
    page.see(".side .row.un >> text=Activity")
    page.click(".side .row >> text=Activity")
    page.holds("document.querySelector('#infoPanel').innerText.includes('mentioned you in #tea')")
    page.miss(".side .row.un >> text=Activity")


def test_what_is_marked_unread_stays_unread_until_it_is_opened_again(visit, people):
    ana, bo, channel = people
    other = ana.channel("other")
    bo.join(other)
    message = ana.send(channel, "look at this later")
    page = enter(visit, bo, f"/c/{channel['id']}")
    row, badge = f'.message[data-message-id="{message["id"]}"]', f'[data-channel-id="{channel["id"]}"] .num'
    page.see(row)
    page.holds(f"!document.querySelector('{badge}')")
    page.hover(row)
    page.click(f'{row} [aria-label="More actions"]')
    page.click(".menu button >> text=Mark as unread")
    page.see(badge)
    page.click(f'[data-channel-id="{other["id"]}"]')
    page.holds("document.querySelector('#channelName').innerText === 'other'")
    assert page.texts(badge) == ["1"]
    page.click(f'[data-channel-id="{channel["id"]}"]')
    page.see(".new")
    page.holds(f"!document.querySelector('{badge}')")


def test_who_comes_back_later_is_still_signed_in(visit, people):
    ana, _, _ = people
    page = enter(visit, ana)
    page.evaluate("localStorage.removeItem('token')")
    page.goto("/")
    page.see(BOX)
    assert page.evaluate("location.pathname") == "/chat"


def test_threads_stand_beside_the_channel(visit, people):
    ana, bo, channel = people
    root = ana.send(channel, "root")
    page = enter(visit, bo)
    row = f'#messagesContainer .message[data-message-id="{root["id"]}"]'
    page.see(row)
    page.hover(row)
    page.click(f'{row} .act [aria-label="Reply in thread"]')
    page.see("#infoPanel textarea")
    page.fill("#infoPanel textarea", "in the thread")
    page.press("Enter")
    page.see(f"{row} .thr")
    ana.send(channel, "from elsewhere", thread_id=root["id"])
    page.holds("[...document.querySelectorAll('#infoPanel .message .txt')].map(n => n.textContent).join() === 'root,in the thread,from elsewhere'")
    shows(page, "root")


# Within the page, since the way back is open for five seconds only.
REMOVE_AND_UNDO = """(async () => {
    document.querySelector('.menu .d').click();
    let undo;
    while (!(undo = document.querySelector('.toast button'))) await new Promise(requestAnimationFrame);
    const gone = !!document.querySelector('.message .gone');
    undo.click();
    if (!gone) throw new Error('it was to be seen meanwhile');
})()"""


def test_a_deletion_can_be_undone(visit, people):
    ana, _, channel = people
    message = ana.send(channel, "keep me")
    page = enter(visit, ana)
    row = f'.message[data-message-id="{message["id"]}"]'
    for remove in (REMOVE_AND_UNDO, "document.querySelector('.menu .d').click()"):
        page.hover(row)
        page.click(f'{row} [aria-label="More actions"]')
        page.see(".menu .d")
        page.evaluate(remove)
        page.see(f"{row} .txt" if remove == REMOVE_AND_UNDO else f"{row} .gone")
    page.miss(".toast")
    page.holds(f"!!document.querySelector('{row} .gone')")
    until(lambda: ana.history(channel)["items"][-1]["is_deleted"], "the server has been told", timeout=WAIT)


# Pages of the past wait before a door that the test opens.
DOOR = """
    const real = window.fetch;
    const door = Promise.withResolvers();
    window.openDoor = door.resolve;
    window.waiting = 0;
    window.fetch = async (path, ...rest) => {
        if (/[?&]before=/.test(path)) {
            window.waiting++;
            await door.promise;
        }
        return real(path, ...rest);
    };
"""


@pytest.mark.parametrize("at", [0, 200])
def test_older_pages_come_without_a_jump(visit, people, at):
    """And one after the other, until there is more above than is seen: who stands at the very top gives the list nothing to react to.
    What is watched is the text: the name above it goes when the message before it is of the same person."""
    ana, bo, channel = people
    for n in range(90):
        ana.send(channel, f"message {n}")
    bo.ok("POST", f"/channels/{channel['id']}/read", {"seq": 1000})
    page = enter(visit, bo)
    page.add_init_script({"content": DOOR})
    page.reload()
    page.holds("[...document.querySelectorAll('.message .txt')].at(-1)?.textContent === 'message 89'")
    page.holds("document.querySelectorAll('#messagesContainer .message').length >= 50", "all that is kept to be drawn")
    page.evaluate(f"document.querySelector('#messagesContainer').scrollTop = {at}; 0")
    page.holds("window.waiting === 1", "an older page asked for")
    loaded = page.evaluate("document.querySelectorAll('#messagesContainer .message').length")
    assert loaded < 90
    page.evaluate("""
        const box = document.querySelector('#messagesContainer');
        const { top } = box.getBoundingClientRect();
        window.watched = [...box.querySelectorAll('.message .txt')].find(r => r.getBoundingClientRect().top >= top);
        0""")
    place = "window.watched.getBoundingClientRect().top"
    before = page.still(place)
    page.evaluate("window.openDoor()")
    page.holds("document.querySelectorAll('#messagesContainer .message').length === 90")
    assert abs(page.still(place) - before) <= 2


def test_a_channel_is_drawn_from_its_end_and_nothing_moves(visit, people):
    """First what the screen shows, the rest a few rows a frame. What the browser tells of is what moved between two pictures."""
    ana, bo, channel = people
    other = ana.channel("coffee")
    bo.join(other)
    for n in range(55):
        ana.send(channel, f"message {n}\n\nof more than one line")
    bo.ok("POST", f"/channels/{channel['id']}/read", {"seq": bo.history(channel)["head_seq"]})
    page = enter(visit, bo, f"/c/{channel['id']}")
    page.holds("document.querySelectorAll('#messagesContainer .message').length >= 50")
    page.click(f'.side [data-channel-id="{other["id"]}"]')
    page.holds("document.querySelector('#channelName').innerText === 'coffee'")
    page.evaluate(f"""
        window.moved = [];
        window.counts = [];
        const note = list => moved.push(...list.flatMap(shift => shift.sources).map(s => s.node?.textContent).filter(text => /message/.test(text)));
        window.watch = new PerformanceObserver(list => note(list.getEntries()));
        watch.observe({{ type: 'layout-shift' }});
        const count = () => {{
            const box = document.querySelector('#messagesContainer');
            if (/message 54/.test(box.lastElementChild?.textContent)) counts.push(box.querySelectorAll('.message').length);
            requestAnimationFrame(count);
        }};
        document.querySelector('.side [data-channel-id="{channel["id"]}"]').click();
        requestAnimationFrame(count);
        0""")
    page.holds("counts.at(-1) >= 50", "all of it")
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    assert page.evaluate("moved") == []
    assert page.evaluate("counts")[0] < 50, "not all at once"


def test_a_conversation_and_a_channel_are_made(visit, people):
    ana, bo, _ = people
    page = enter(visit, ana)
    page.press("Control+k")
    page.holds_focus(".switch input")
    page.fill(".switch input", bo.user["username"])
    page.holds("document.querySelector('.goals [aria-selected=true]')?.innerText.includes('Bo Lindqvist')")
    page.press("Enter")
    page.holds("document.querySelector('#channelName').innerText === 'Bo Lindqvist'")
    say(page, "just us")
    shows(page, "just us")
    page.click('.side [aria-label="Browse channels"]')
    page.click(".dlg .find .btn")
    page.see(".dlg [name=name]")
    page.fill(".dlg [name=name]", "coffee")
    page.press("Enter")
    page.holds("document.querySelector('#channelName').innerText === 'coffee'")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everyone_can_use_it(visit, people, theme):
    ana, bo, channel = people
    root = ana.send(channel, f"hello @{bo.user['username']} `code`\n```c\nint x;\n```")
    ana.send(channel, "a reply", thread_id=root["id"])
    bo.ok("PUT", f"/messages/{root['id']}/reactions/%F0%9F%91%8D")
    page = enter(visit, bo, colorScheme=theme, locale="es-ES" if theme == "dark" else "en-US")
    page.see(".thr")
    assert page.faults() == []
    page.click(".thr")
    page.see("#infoPanel .cnt")
    assert page.faults() == []
    for keys, there in (("Control+.", "#infoPanel .ppl"), ("Control+Shift+F", "#infoPanel .find"), ("Control+k", ".switch")):
        page.press(keys)
        page.see(there)
        assert page.faults() == [], keys
    page.press("Escape")
    page.miss(".switch")
    page.click(".foot .ib")
    page.see(".dlg .set")
    assert page.faults() == []


def test_it_fits_a_telephone(visit, people):
    ana, _, channel = people
    ana.send(channel, "hello")
    page = enter(visit, ana, viewport={"width": 360, "height": 640}, hasTouch=True, isMobile=True)
    page.see(f'[data-channel-id="{channel["id"]}"]')
    assert page.faults() == []
    page.click(f'[data-channel-id="{channel["id"]}"]')
    page.see(BOX)
    page.see(".message")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360 and page.faults() == []
    page.click(".mtop")
    page.see(f'[data-channel-id="{channel["id"]}"]')
