"""What people do in the chat, and what they see."""

from harness import until
from harness.browser import WAIT

HOSTILE = "<img src=x onerror=\"window.harm=1\"><script>window.harm=2</script><svg onload='window.harm=3'>[x](javascript:window.harm=4)"


def say(page, *texts):
    for text in texts:
        page.fill("#messageInput", text)
        page.press("Enter")


def types(writer, reader, name=""):
    """Types until the other one sees that somebody does: that is told only while both are connected, and never repeated."""
    def seen():
        writer.focus("#messageInput")
        writer.type("x")
        told = reader.evaluate("document.querySelector('#typingIndicator')?.innerText.trim()")
        return told and name in told
    until(seen, f"that {name or 'somebody'} types", timeout=WAIT)


def said(page):
    """The texts of the list, without the system's own messages. Rows out of sight have no innerText."""
    return page.evaluate("[...document.querySelectorAll('#messagesContainer .message:not(.sys)')].map(m => (m.querySelector('.txt') ?? m).textContent.trim())")


def shows(page, *texts):
    wanted = list(texts)
    until(lambda: said(page) == wanted, lambda: f"the page shows {wanted}, but {said(page)}", timeout=WAIT)
