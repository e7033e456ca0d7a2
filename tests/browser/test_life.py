"""Long histories, files over a network that fails, and pictures, in a browser."""

import hashlib
import io
import os
import random

from PIL import Image

from harness import until
from harness.browser import WAIT
from harness.cable import Cable
from talk import said, say

# More than two pieces of an upload. The large form: PALIQUE_TEST_UPLOAD_MB=2048 ./test survives_a_cut
UPLOAD = int(os.environ.get("PALIQUE_TEST_UPLOAD_MB", "20")) << 20
CUTS = 3 if UPLOAD > 1 << 30 else 1
BLOCK = 1 << 20


def test_the_history_has_no_hole_and_what_was_said_is_found(enter, pair):
    ana, luis, channel = pair
    for n in range(130):
        ana.send(channel, f"line {n}" + (" with marzipan" if n == 3 else ""))
    luis.ok("POST", f"/channels/{channel['id']}/read", json={"seq": luis.history(channel)["items"][-1]["seq"]})
    page = enter(luis, channel)
    page.holds("/line 129$/m.test(document.querySelector('#messagesContainer').innerText)")
    assert len(said(page)) < 130, "not all at once"
    page.holds("""(() => {
        const box = document.querySelector('#messagesContainer');
        box.scrollTop = 0;
        return /line 0$/m.test(box.innerText);
    })()""", "the first message")
    until(lambda: [text.split()[1] for text in said(page)] == [str(n) for n in range(130)], "all of them, in order", timeout=WAIT)
    page.press("Control+Shift+F")
    page.fill("#infoPanel input", "marzipan")
    page.press("Enter")
    page.holds("/line 3 with/.test(document.querySelector('#infoPanel').innerText)", "what was looked for")


def write_noise(path, size):
    """A file that no compression shortens, and its hash."""
    chance, digest = random.Random(5), hashlib.sha256()
    with path.open("wb") as file:
        for _ in range(size // BLOCK):
            block = chance.randbytes(BLOCK)
            file.write(block)
            digest.update(block)
    return digest.hexdigest()


def digest_of(person, path):
    digest = hashlib.sha256()
    with person.http.stream("GET", path, headers={"Authorization": f"Bearer {person.token}"}, timeout=600) as answer:
        assert answer.status_code == 200
        for block in answer.iter_bytes():
            digest.update(block)
    return digest.hexdigest()


def test_an_upload_survives_a_cut(enter, pair, suite, tmp_path):
    ana, luis, channel = pair
    cable = suite.keep(Cable(suite.url()))
    a, b = enter(ana, channel, base=cable.url), enter(luis, channel)
    file = tmp_path / "<img src=x onerror=harm=1>.bin"
    written = write_noise(file, UPLOAD)
    cable.cut_after(UPLOAD // (CUTS + 1))
    a.set_input_files("form.comp input[type=file]", str(file))
    for cut in range(CUTS):
        until(lambda: cable.listener.fileno() < 0, "the cable is cut", timeout=10 * WAIT)
        a.see(".up progress")
        if cut < CUTS - 1:
            cable.cut_after(UPLOAD // (CUTS + 1))
        cable.mend()
    until(lambda: not a.evaluate("document.querySelectorAll('.up progress').length"), "the rest of the file", timeout=10 * WAIT)
    say(a, "the file")
    b.holds("document.querySelector('#messagesContainer').textContent.includes('onerror')", "the file's name")
    assert b.evaluate("document.querySelectorAll('img[src=x]').length + (window.harm ?? 0)") == 0
    luis.login()  # the token may have run out meanwhile
    sent = [m for m in luis.history(channel)["items"] if m.get("attachments")]
    assert len(sent) == 1 and sent[0]["content"] == "the file"
    assert digest_of(luis, sent[0]["attachments"][0]["file_url"]) == written


def test_a_picture_is_shown_large(enter, pair):
    ana, luis, channel = pair
    for name, colour in (("red.png", "red"), ("blue.png", "blue")):
        data = io.BytesIO()
        Image.new("RGB", (900, 700), colour).save(data, "PNG")
        file = ana.upload(data.getvalue(), name, "image/png")
        until(lambda f=file: not ana.ok("GET", f"/files/{f['id']}/info")["processing"], "it is prepared", timeout=WAIT)
        ana.send(channel, "", attachment_ids=[file["id"]])
    page = enter(luis, channel)
    page.click('.shot[title="red.png"]')
    shown = "document.querySelector('.light img')"
    whole = f"{shown}?.alt === '{{}}' && {shown}.complete && {shown}.naturalWidth === 900"
    page.holds(whole.format("red.png"))
    assert page.faults(".light") == []
    page.press("ArrowRight")
    page.holds(whole.format("blue.png"))
    page.press("ArrowRight")
    page.press("ArrowLeft")
    page.holds(whole.format("red.png"))
    assert page.get_attribute(".light a[download]", "download") == "red.png"
    page.press("Escape")
    page.miss(".light")


def test_a_long_thread_comes_page_by_page(enter, pair):
    ana, luis, channel = pair
    root = ana.send(channel, "root")
    for n in range(105):
        luis.send(channel, f"reply {n}", thread_id=root["id"])
    page = enter(ana, channel)
    page.click("#messagesContainer .thr")
    texts = "[...document.querySelectorAll('#infoPanel .message .txt')].map(n => n.textContent)"
    page.holds(f"{texts}.at(-1) === 'reply 104'")
    assert page.evaluate(texts)[:2] == ["root", "reply 5"]
    assert page.texts("#infoPanel .cnt h3") == ["105 replies"]
    page.click("#infoPanel .cnt button")
    page.miss("#infoPanel .cnt button")
    assert page.evaluate(texts) == ["root"] + [f"reply {n}" for n in range(105)]


def test_more_unread_than_a_page_is_told(enter, pair):
    ana, luis, channel = pair
    page = enter(luis, channel)
    page.goto("/register")
    luis.ok("POST", f"/channels/{channel['id']}/read", json={"seq": luis.history(channel)["head_seq"]})
    for n in range(215):
        ana.send(channel, f"line {n}")
    page.goto(f"/c/{channel['id']}")
    page.holds("/older unread/.test(document.querySelector('.new span')?.textContent)", "that there is more above")
    page.holds("""(() => {
        document.querySelector('#messagesContainer').scrollTop = 0;
        return document.querySelector('.new + .message .txt')?.textContent === 'line 0';
    })()""", "the first unread")
    assert "older" not in page.evaluate("document.querySelector('.new span').textContent")
