"""Chromium as tests see it: contexts (a person's browser each) and pages, driven by tests/browser/driver.mjs. Methods that are not here are
Playwright's own by their names in snake case: page.wait_for_selector("#x") is page.waitForSelector('#x')."""

import json
import os
import pathlib
import re
import subprocess

from .until import PATIENCE, until

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests/browser"
SCALE = float(os.environ.get("PALIQUE_TEST_PATIENCE", "1"))
WAIT = PATIENCE * SCALE
# A browser tells of these on its console although the page expected them; whether it did is what tests look at.
MEANT = ("Failed to load resource", "WebSocket connection to", "net::ERR_")


class BrowserError(AssertionError):
    """What Playwright says."""


class Browser:
    def __init__(self):
        self.open = []  # pages
        self.process = subprocess.Popen(["node", "driver.mjs"], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.version = self._read()

    def _read(self):
        line = self.process.stdout.readline()
        if not line:
            raise BrowserError(f"the browser's driver ended with {self.process.wait(30)}")
        answer = json.loads(line)
        if "error" in answer:
            raise BrowserError(re.sub(r"\x1b\[[0-9;]*m", "", answer["error"]))
        return answer["value"]

    def ask(self, on, what, *args):
        self.process.stdin.write(json.dumps({"on": on, "do": what, "args": args}) + "\n")
        self.process.stdin.flush()
        return self._read()

    def context(self, base, **options):
        """Of its own cookies and storage. base: where paths lead; options: Playwright's."""
        return Context(self, self.ask(None, "newContext", {"baseURL": base, **options}))

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


class _Thing:
    def __init__(self, browser, name):
        self.browser, self.name = browser, name

    def __getattr__(self, method):
        if method.startswith("_"):
            raise AttributeError(method)
        words = re.sub(r"_([a-z])", lambda m: m[1].upper(), method)
        return lambda *args: self.browser.ask(self.name, words, *args)


class Context(_Thing):
    def page(self, path=None):
        page = Page(self.browser, self.browser.ask(self.name, "newPage"), self)
        self.browser.open.append(page)
        if path:
            page.goto(path)
        return page

    def close(self):
        self.browser.open = [p for p in self.browser.open if p.context is not self]
        self.browser.ask(self.name, "close")


class Page(_Thing):
    def __init__(self, browser, name, context):
        super().__init__(browser, name)
        self.context = context

    def press(self, keys):
        self.browser.ask(self.name, "keyboard.press", keys)

    def type(self, text):
        """Key by key, where the focus is."""
        self.browser.ask(self.name, "keyboard.type", text)

    def see(self, selector):
        """Waits until it is visible."""
        self.wait_for_selector(selector, {"state": "visible"})
        return self

    def miss(self, selector):
        """Waits until it is not to be seen."""
        self.wait_for_selector(selector, {"state": "hidden"})
        return self

    def texts(self, selector):
        """Of all that match, as they are shown."""
        return self.evaluate(f"[...document.querySelectorAll({json.dumps(selector)})].map(n => n.innerText ?? n.textContent)")

    def _now(self, expression):
        """The value of the expression; nothing while what it looks at is not there yet, or the page makes way for the next."""
        try:
            return self.evaluate(f"(() => {{ try {{ return ({expression}); }} catch (wrong) {{ if (!(wrong instanceof TypeError)) throw wrong; }} }})()")
        except BrowserError as wrong:
            if "context was destroyed" not in str(wrong):
                raise
            return None

    def holds(self, expression, what=None):
        """Waits until the expression is true in the page, and gives its value."""
        return until(lambda: self._now(expression), lambda: f"{what or expression}; the page says: {self._now('document.body.innerText')}", timeout=WAIT)

    def still(self, expression):
        """The value of what is measured, once the page has come to rest: the same at two frames, each drawn after the one before."""
        frame = "await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        found = until(lambda: [v for v in [self.evaluate(f"(async () => {{ {frame}; const at = {expression}; {frame}; return [at, {expression}]; }})()")]
                               if v[0] == v[1]], f"{expression} to be still", timeout=WAIT)
        return found[0][0]

    def holds_focus(self, selector):
        """Waits until keys go there."""
        self.holds(f"document.activeElement.matches({json.dumps(selector)})")
        return self

    def faults(self, where=None):
        """What axe finds, as text."""
        return [f"{f['id']} ({f['help']}) " + " | ".join(f["where"]) for f in self.browser.ask(self.name, "axe", where)]

    def problems(self, but=()):
        """What the page has complained about since the last time; answers with an error status that are named in `but` are meant."""
        found = self.browser.ask(self.name, "problems")
        return [p for p in found if not any(word in f"{p['text']} {p.get('at', '')}" for word in but)]
