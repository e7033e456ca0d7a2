"""Who comes back: what the browser keeps of the last visit is there before anybody has answered, and is gone for everybody else."""

from talk import say, shows

# What is kept, as {key: value}.
KEPT = """new Promise(done => {
    const asked = indexedDB.open('palique');
    asked.onupgradeneeded = () => asked.transaction.abort();
    asked.onerror = () => done({});
    asked.onsuccess = () => {
        const store = asked.result.transaction('kept').objectStore('kept');
        const keys = store.getAllKeys(), values = store.getAll();
        values.onsuccess = () => {
            asked.result.close();
            done(Object.fromEntries(keys.result.map((key, i) => [key, values.result[i]])));
        };
    };
})"""
# Nobody answers until the test opens the door.
DOOR = """
    const door = Promise.withResolvers();
    window.openDoor = door.resolve;
    const real = window.fetch;
    window.fetch = async (...ask) => {
        await door.promise;
        return real(...ask);
    };
"""


def keeps(page, channel, count):
    page.holds(f"(async () => ((await {KEPT})['channel:{channel['id']}']?.items ?? []).filter(m => m.message_type === 'text').length === {count})()", "it is kept")


def test_what_was_seen_is_there_at_once_and_then_goes_on(enter, pair):
    ana, luis, channel = pair
    page = enter(luis, channel)
    ana.send(channel, "one")
    ana.send(channel, "two")
    shows(page, "one", "two")
    keeps(page, channel, 2)
    page.add_init_script({"content": DOOR})
    page.reload()
    shows(page, "one", "two")
    page.see(f'.side [data-channel-id="{channel["id"]}"]')
    say(page, "written meanwhile")
    shows(page, "one", "two", "written meanwhile")
    ana.send(channel, "said meanwhile")
    page.evaluate("window.openDoor()")
    shows(page, "one", "two", "said meanwhile", "written meanwhile")
    page.miss(".message.wait")
    assert [m["content"] for m in ana.history(channel)["items"] if m["message_type"] == "text"] == ["one", "two", "said meanwhile", "written meanwhile"]


def test_what_came_meanwhile_is_marked_as_new(enter, pair):
    ana, luis, channel = pair
    ana.send(channel, "one")
    page = enter(luis, channel)
    shows(page, "one")
    keeps(page, channel, 1)
    page.holds(f"!document.querySelector('[data-channel-id=\"{channel['id']}\"] .num')", "it is read")
    page.goto("/register")
    ana.send(channel, "two")
    page.goto(f"/c/{channel['id']}")
    shows(page, "one", "two")
    page.holds("document.querySelector('.new + .message .txt')?.textContent === 'two'", "what is new")


# While "silent" is kept, nobody answers what is asked about the session.
SILENT = """
    const asks = window.fetch;
    window.fetch = (path, ...rest) =>
        localStorage.getItem('silent') && String(path).startsWith('/auth/') ? Promise.reject(new TypeError('silent')) : asks(path, ...rest);
"""
UNHEARD = "[role=alert] >> text=not signed out on the server"


def leave_unheard(page):
    """Signs out while nobody answers."""
    page.add_init_script({"content": SILENT})
    page.reload()
    page.see("#messageInput")
    page.evaluate("localStorage.setItem('silent', '1')")
    page.click(".foot [aria-label=Settings]")
    page.click('.dlg .btn >> text="Sign out"')
    page.see("#password")
    page.see(UNHEARD)


def test_signing_out_that_the_server_did_not_hear_of_is_told_until_it_does(enter, pair):
    ana, _, channel = pair
    page = enter(ana, channel)
    browsers = len(ana.ok("GET", "/auth/sessions")["items"])
    leave_unheard(page)
    page.goto(f"/c/{channel['id']}")
    page.see("#password")
    page.see(UNHEARD)
    assert len(ana.ok("GET", "/auth/sessions")["items"]) == browsers
    page.evaluate("localStorage.removeItem('silent')")
    page.wait_for_selector(UNHEARD, {"state": "detached"})
    assert len(ana.ok("GET", "/auth/sessions")["items"]) == browsers - 1
    page.goto(f"/c/{channel['id']}")
    page.see("#password")
    assert page.evaluate("localStorage.getItem('token.due')") is None


def test_who_signs_in_again_at_once_stays(enter, pair):
    ana, _, channel = pair
    page = enter(ana, channel)
    leave_unheard(page)
    page.evaluate("localStorage.removeItem('silent')")
    page.fill("#username", ana.email)
    page.fill("#password", ana.password)
    page.press("Enter")
    page.see(".side")
    page.reload()
    page.see(".side")
    page.evaluate("localStorage.removeItem('token')")
    page.goto(f"/c/{channel['id']}")
    page.see("#messageInput")


def test_signed_out_nothing_is_left(enter, pair, suite):
    ana, _, channel = pair
    page = enter(ana, channel)
    say(page, "not for others")
    keeps(page, channel, 1)
    elsewhere = suite.client()
    elsewhere.token = page.evaluate("JSON.parse(localStorage.getItem('token')).token")
    elsewhere.ok("POST", "/auth/logout", json={})
    page.see("#password")
    page.holds("(async () => (await indexedDB.databases()).length === 0)()", "nothing is kept")


def test_somebody_else_finds_nothing(enter, pair):
    ana, luis, channel = pair
    page = enter(ana, channel)
    say(page, "of ana")
    keeps(page, channel, 1)
    page.evaluate("localStorage.clear()")
    page.context.clear_cookies()
    other = luis.channel("elsewhere")
    page.goto("/login")
    page.fill("#username", luis.email)
    page.fill("#password", luis.password)
    page.press("Enter")
    page.see(".side")
    page.goto(f"/c/{other['id']}")
    say(page, "of luis")
    keeps(page, other, 1)
    assert "of ana" not in page.evaluate(f"(async () => JSON.stringify(await {KEPT}))()")
