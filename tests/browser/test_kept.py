"""What one has typed is never lost, and what one has not seen is never taken for read: in browsers."""

from test_account import settings

PHONE = {"viewport": {"width": 390, "height": 800}, "hasTouch": True, "isMobile": True}
BOX = "#messageInput"
REFUSE = """(real => {
    const told = () => Response.json({ code: 'channel.muted' }, { status: 403 });
    window.fetch = async (path, ask) => (ask.method === 'POST' && path.endsWith('/messages') ? told() : real(path, ask));
})(window.fetch)"""
EDIT = '.message.fail .st button >> text="Edit"'


def test_a_telephone_at_its_list_shows_no_conversation_and_reads_none(enter, pair):
    ana, luis, channel = pair
    ana.send(channel, "seen")
    page = enter(luis, channel, **PHONE)
    page.see(".message")
    page.click(".mtop")
    page.miss("#messagesContainer")
    assert page.evaluate("document.querySelector('#messagesContainer')") is None, "what is hidden would be fetched, and read"
    ana.send(channel, "not seen yet")
    page.see(f'[data-channel-id="{channel["id"]}"] .num')
    page.click(f'[data-channel-id="{channel["id"]}"]')
    page.see("#new + .message")
    page.holds(f"!document.querySelector('[data-channel-id=\"{channel['id']}\"] .num')", "it is read now")


def begin_edit(page, message, text):
    row = f'.message[data-message-id="{message["id"]}"]'
    page.see(row)
    page.focus(row)
    page.see(f'{row} [data-key="e"]')
    page.press("e")
    page.see(f"{row} textarea")
    if text is not None:
        page.fill(f"{row} textarea", text)
    return page.input_value(f"{row} textarea")


def test_a_change_that_is_half_written_stays(enter, pair):
    _, luis, channel = pair
    message = luis.send(channel, "before")
    page = enter(luis, channel)
    begin_edit(page, message, "half a sentence that")
    page.reload()
    assert begin_edit(page, message, None) == "half a sentence that"
    page.press("Escape")
    page.miss(".ed")
    assert begin_edit(page, message, None) == "before", "given up by hand"


def test_the_cursor_of_a_change_is_placed_before_anybody_can_type(enter, pair):
    _, luis, channel = pair
    message = luis.send(channel, "before")
    page = enter(luis, channel)
    page.evaluate("""new MutationObserver((_, watch) => {
        const box = document.querySelector('.ed textarea');
        if (!box) return;
        watch.disconnect();
        box.select();
        setTimeout(() => { window.selected = [box.selectionStart, box.selectionEnd]; }, 500);
    }).observe(document.body, { childList: true, subtree: true })""")
    begin_edit(page, message, None)
    assert page.holds("window.selected") == [0, len("before")], "what somebody selected stays so"


def test_a_change_that_is_half_written_replaces_nothing_newer(enter, pair):
    _, luis, channel = pair
    message = luis.send(channel, "before")
    page = enter(luis, channel)
    begin_edit(page, message, "half a sentence that")
    luis.ok("PUT", f"/messages/{message['id']}", json={"content": "changed elsewhere"})
    page.reload()
    page.see('.message >> text="changed elsewhere"')
    assert begin_edit(page, message, None) == "changed elsewhere"
    page.fill(".ed textarea", "half of another")
    luis.ok("DELETE", f"/messages/{message['id']}")
    page.holds("!Object.keys(localStorage).some(key => key.startsWith('edit:'))", "with the message goes what is kept")


def test_what_is_refused_is_changed_only_where_one_can_write(enter, pair):
    ana, luis, channel = pair
    page = enter(luis, channel)
    page.evaluate(REFUSE)
    page.fill(BOX, "not now")
    page.press("Enter")
    page.click(EDIT)
    page.miss(".message.fail")
    page.holds_focus(BOX)
    assert page.input_value(BOX) == "not now"
    page.press("Enter")
    page.see(EDIT)
    page.evaluate("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }")
    page.click(EDIT)
    page.see(".toast >> text=no room")
    page.see(".message.fail")
    ana.ok("PUT", f"/channels/{channel['id']}", json={"is_archived": True})
    page.see(".dock .no")
    page.miss(EDIT)
    page.see(".message.fail >> text=not now")


def test_no_file_chosen_closes_nothing(enter, pair):
    _, luis, channel = pair
    page = enter(luis, channel)
    settings(page, "profile")
    page.fill(".dlg [name=display_name]", "half a na")
    page.evaluate("document.querySelector('.dlg input[type=file]').dispatchEvent(new Event('cancel', { bubbles: true }))")
    page.holds("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
    assert page.input_value(".dlg [name=display_name]") == "half a na"
    page.press("Escape")
    page.miss(".dlg")


def test_what_is_behind_a_panel_of_a_telephone_is_not_seen(enter, pair):
    ana, luis, channel = pair
    luis.send(channel, "seen")
    page = enter(luis, channel, **PHONE)
    page.see(".message")
    page.press("Control+.")
    page.see("#infoPanel .ppl")
    ana.send(channel, "look")
    page.holds("[...document.querySelectorAll('#messagesContainer .message')].some(n => n.innerText.includes('look'))", "it has come")
    page.press("Escape")
    page.see("#new + .message >> text=look")


def test_a_card_goes_with_what_it_hangs_on(enter, pair):
    ana, luis, channel = pair
    ana.send(channel, "hello")
    luis.channel("elsewhere")
    page = enter(luis, channel)
    page.click(".message.other .nm")
    page.see(".pop.person")
    page.press("Alt+ArrowDown")
    page.miss(".pop.person")


def test_who_signs_out_is_told_what_is_not_sent(enter, pair):
    _, luis, channel = pair
    page = enter(luis, channel)
    page.click(".foot [aria-label=Settings]")
    page.see(".dlg")
    page.press("Escape")
    page.miss(".dlg")
    page.context.set_offline(True)
    page.fill(BOX, "from the train")
    for written in ("a draft", "a message"):
        if written == "a message":
            page.focus(BOX)
            page.press("Enter")
            page.see(".message.wait")
        page.click(".foot [aria-label=Settings]")
        page.click('.dlg .btn >> text="Sign out"')
        page.see(".sure >> text=will be lost")
        if written == "a message":
            page.context.set_offline(False)
            page.wait_for_selector(".message.wait", {"state": "detached"})
            page.see(".sure")
        page.click('.sure .btn >> text="Cancel"')
        page.press("Escape")
        page.miss(".dlg")
    assert luis.history(channel)["items"][-1]["content"] == "from the train"


def test_escape_closes_what_is_open_and_then_marks_as_read(enter, pair):
    ana, luis, channel = pair
    ana.send(channel, "new")
    page = enter(luis, channel)
    page.see("#new")
    page.press("Control+.")
    page.see("#infoPanel .ppl")
    page.press("Escape")
    page.miss("#infoPanel .ppl")
    assert page.evaluate("!!document.querySelector('#new')")
    page.press("Escape")
    page.miss("#new")


def test_what_cannot_be_fetched_is_told_and_tried_less_and_less(enter, pair):
    ana, _, channel = pair
    page = enter(ana, channel)
    parts = "**/assets/start-*.js"
    page.refuse(parts)
    page.reload()
    page.see(".away [role=status]")
    assert page.texts(".away [role=status]") == ["The server cannot be reached. Try again in a moment."]
    page.holds("sessionStorage.getItem('tries') === '2'", "it has begun anew")
    page.unroute(parts)
    page.see("#messageInput")
    page.holds("sessionStorage.getItem('tries') === null")
