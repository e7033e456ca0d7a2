"""Only what the pages say, block by block as it stands there, in a checkout of its own: the commands of README.md, and of the pages that it sends a newcomer to.
Another port, because this one may be taken: as the README offers it. The checkout has the build of this one; PALIQUE_FRESH=1 makes it a clone with nothing."""

import os
import shutil
import subprocess

import pytest
from harness.installation import BUILDING, Installation
from harness.pages import NEWCOMER, ROOT, blocks, files

pytestmark = pytest.mark.slow


def check_out(folder):
    if os.environ.get("PALIQUE_FRESH"):
        subprocess.run(["git", "-c", "safe.directory=*", "clone", "-q", "--no-hardlinks", ROOT, folder], check=True)
        return
    for name in files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    for name in ("build", "web/dist", "web/node_modules"):
        if (ROOT / name).exists():
            (folder / name).symlink_to(ROOT / name)


@pytest.fixture
def newcomer():
    installation = Installation()
    installation.checkout = installation.folder / "palique"
    installation.checkout.mkdir(mode=0o755)
    installation.data = installation.checkout / "var"
    check_out(installation.checkout)
    yield installation
    installation.end()


def as_said(text, port):
    return text.replace("./run --detach", f"./run --port {port} --detach").replace("8080", str(port))


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
