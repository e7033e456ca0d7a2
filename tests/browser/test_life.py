"""Long histories, and files over a network that fails, in a browser."""

import hashlib
import random

from harness import until
from harness.browser import WAIT
from harness.cable import Cable
from talk import said, say

PIECES = 20 << 20  # bytes: more than two pieces of an upload


def test_the_history_has_no_hole_and_what_was_said_is_found(enter, pair):
    ana, luis, channel = pair
    for n in range(130):
        ana.send(channel, f"line {n}" + (" with marzipan" if n == 3 else ""))
    luis.ok("POST", f"/channels/{channel['id']}/read", json={"seq": luis.history(channel)["items"][-1]["seq"]})
    page = enter(luis, channel)
    page.holds("/line 129$/m.test(document.querySelector('#messagesContainer').innerText)")
    assert len(said(page)) < 130, "not all at once"
    # Up and down by a little, as a hand does that has come to the edge.
    page.holds("""(() => {
        const box = document.querySelector('#messagesContainer');
        box.scrollTop = box.scrollTop ? 0 : 3;
        return /line 0$/m.test(box.innerText);
    })()""", "the first message")
    until(lambda: [text.split()[1] for text in said(page)] == [str(n) for n in range(130)], "all of them, in order", timeout=WAIT)
    page.press("Control+Shift+F")
    page.fill("#infoPanel input", "marzipan")
    page.press("Enter")
    page.holds("/line 3 with/.test(document.querySelector('#infoPanel').innerText)", "what was looked for")


def test_an_upload_survives_a_cut(enter, pair, suite, tmp_path):
    ana, luis, channel = pair
    cable = suite.keep(Cable(suite.url()))
    a, b = enter(ana, channel, base=cable.url), enter(luis, channel)
    file = tmp_path / "<img src=x onerror=harm=1>.bin"
    file.write_bytes(random.Random(5).randbytes(PIECES))
    cable.cut_after(PIECES // 2)
    a.set_input_files("form.comp input[type=file]", str(file))
    until(lambda: cable.listener.fileno() < 0, "the cable is cut", timeout=WAIT)
    a.see(".up progress")
    cable.mend()
    until(lambda: not a.evaluate("document.querySelectorAll('.up progress').length"), "the rest of the file", timeout=3 * WAIT)
    say(a, "the file")
    b.holds("document.querySelector('#messagesContainer').innerText.includes('onerror')", "the file's name")
    assert b.evaluate("document.querySelectorAll('img[src=x]').length + (window.harm ?? 0)") == 0
    sent = [m for m in luis.history(channel)["items"] if m.get("attachments")]
    assert len(sent) == 1 and sent[0]["content"] == "the file"
    content = luis.get(sent[0]["attachments"][0]["file_url"]).content
    assert hashlib.sha256(content).digest() == hashlib.sha256(file.read_bytes()).digest()
