"""Long histories, in a browser."""

from harness import until
from harness.browser import WAIT
from talk import said


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
