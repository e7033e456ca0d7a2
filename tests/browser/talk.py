"""What people do in the chat, and what they see."""

from harness import until
from harness.browser import WAIT

HOSTILE = "<img src=x onerror=\"window.harm=1\"><script>window.harm=2</script><svg onload='window.harm=3'>[x](javascript:window.harm=4)"


def say(page, *texts):
    for text in texts:
        page.fill("#messageInput", text)
        page.press("Enter")


def said(page):
    """The texts of the list, without the system's own messages. Rows out of sight have no innerText."""
    return page.evaluate("[...document.querySelectorAll('#messagesContainer .message:not(.sys)')].map(m => (m.querySelector('.txt') ?? m).textContent.trim())")


def shows(page, *texts):
    wanted = list(texts)
    until(lambda: said(page) == wanted, f"the page shows {wanted}, but {said(page)}", timeout=WAIT)
