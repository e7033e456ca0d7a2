"""Fixtures of the tests in a real browser: the whole suite behind its edge, and Chromium. A test that fails leaves pictures in build/browser."""

import pathlib
import re
import subprocess

import pytest

from harness import Suite
from harness.browser import MEANT, Browser
from harness.mailbox import Mailbox
from harness.suite import free_port

ROOT = pathlib.Path(__file__).resolve().parents[2]
PICTURES = ROOT / "build/browser"
SITES = {"chat": {"PALIQUE_LINK_PREVIEW_NETWORKS": "127.0.0.1"}}  # a test's own web server is one like others


@pytest.fixture(scope="session")
def built():
    """The web client and the driver's packages, as ./test has them."""
    script = '. scripts/common.sh && . scripts/web.sh && web_build && npm_ci "$ROOT/tests/browser"'
    done = subprocess.run(["bash", "-euc", f"ROOT={ROOT}; {script}"], cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, f"the web client is not built (build/web.log, build/npm-*.log): {done.stderr}"


@pytest.fixture(scope="session")
def _browser(built):
    browser = Browser()
    yield browser
    browser.stop()


@pytest.fixture(scope="session")
def mailbox():
    box = Mailbox(free_port())
    yield box
    box.close()


@pytest.fixture(scope="session")
def _web_suite(built, postgres, tmp_path_factory, mailbox):
    suite = Suite(tmp_path_factory.mktemp("web"), postgres=postgres, edge=True, env_for={**SITES, "auth": mailbox.env()}).start()
    yield suite
    suite.stop()


@pytest.fixture
def suite(_web_suite):
    """The suite behind its edge, instead of the one of other tests."""
    yield from _web_suite.lend()


@pytest.fixture
def browser(_browser):
    return _browser


@pytest.fixture
def visit(browser, suite):
    """visit("/register", locale="es-ES", …) opens a page in a browser of its own. At the end no page may have complained of anything."""
    contexts = []

    def open_page(path, base=None, **options):
        contexts.append(browser.context(base or suite.url(), **options))
        return contexts[-1].page(path)

    yield open_page
    complaints = [(page.url(), problem) for page in browser.open for problem in page.problems(MEANT)]
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def enter(visit):
    """enter(person, channel) signs in through the page and opens the channel."""
    def sign_in(person, channel, **options):
        page = visit("/login", **options)
        page.fill("#username", person.email)
        page.fill("#password", person.password)
        page.press("Enter")
        page.see(".side")
        page.goto(f"/c/{channel['id']}")
        page.see("#messageInput")
        return page
    return sign_in


@pytest.fixture
def pair(org):
    """Two people in a channel."""
    ana, luis = org.admin, org.member()
    channel = ana.channel("plans")
    luis.join(channel)
    return ana, luis, channel


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    browser = item.funcargs.get("browser")
    if not browser or call.when != "call" or not report.failed:
        return
    PICTURES.mkdir(parents=True, exist_ok=True)
    for n, page in enumerate(browser.open):
        path = PICTURES / (re.sub(r"[^\w.-]+", "_", item.name) + f"-{n}.png")
        try:
            page.screenshot({"path": str(path)})
            said = page.problems()
            report.sections.append((f"page {n}: {page.url()}", f"picture: {path}\n" + "\n".join(str(p) for p in said)))
        except Exception as broken:  # pylint: disable=broad-except
            report.sections.append((f"page {n}", f"no picture: {broken}"))
