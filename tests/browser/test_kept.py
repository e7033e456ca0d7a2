"""What one has typed is never lost, and what one has not seen is never taken for read: in browsers."""

PHONE = {"viewport": {"width": 390, "height": 800}, "hasTouch": True, "isMobile": True}
BOX = "#messageInput"


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


def test_who_signs_out_is_told_what_is_not_sent(enter, pair):
    _, luis, channel = pair
    page = enter(luis, channel)
    page.click(".foot [aria-label=Settings]")
    page.see(".dlg")
    page.press("Escape")
    page.miss(".dlg")
    page.context.set_offline(True)
    page.fill(BOX, "from the train")
    page.press("Enter")
    page.see(".message.wait")
    page.click(".foot [aria-label=Settings]")
    page.click('.dlg .btn >> text="Sign out"')
    page.see(".sure >> text=will be lost")
    page.click('.sure .btn >> text="Cancel"')
    page.press("Escape")
    page.miss(".dlg")
    page.context.set_offline(False)
    page.miss(".message.wait")
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
