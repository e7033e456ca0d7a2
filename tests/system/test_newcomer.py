"""Only what the pages say, block by block as it stands there, in a checkout of its own: the commands of README.md, and of the pages that it sends a newcomer to.
The checkout has the build of this one; PALIQUE_FRESH=1 makes it a clone with nothing."""

import subprocess

import pytest
from harness.installation import BUILDING, as_said, check_out
from harness.pages import NEWCOMER, blocks

pytestmark = pytest.mark.slow


@pytest.fixture
def newcomer():
    installation = check_out()
    yield installation
    installation.end()


def sign_in(installation):
    """As the person whom the README registers."""
    return installation.call("POST", "/auth/login", {"email": "ana@empresa.com", "password": "correct-horse-battery"})["access_token"]


def test_what_the_pages_say_works(newcomer):
    for page in NEWCOMER:
        todo = [block for block in blocks(page) if block.mark is None]
        assert todo, page
        if "./run --detach" in todo[0].text:
            newcomer.run("stop")
        for block in todo:
            done = subprocess.run(["bash", "-euo", "pipefail", "-c", as_said(block.text, newcomer.port)], cwd=newcomer.checkout, stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=BUILDING, check=False)
            assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
            if "./run --detach" in block.text:
                assert f"http://127.0.0.1:{newcomer.port}/" in done.stderr
    names = [m["username"] for m in newcomer.call("GET", "/users", token=sign_in(newcomer))["items"]]
    assert {"ana", "bot"} <= set(names)
