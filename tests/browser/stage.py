"""A suite with its edge, and Chromium, for programs that look at the web client outside of tests."""

import contextlib
import os
import pathlib
import subprocess
import tempfile

from harness import Suite
from harness.browser import Browser
from harness.postgres import Postgres

ROOT = pathlib.Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def stage(**kwargs):
    """(browser, suite); kwargs are the Suite's."""
    script = '. scripts/common.sh && . scripts/web.sh && web_build && npm_ci "$ROOT/tests/browser"'
    subprocess.run(["bash", "-euc", f"ROOT={ROOT}; {script}"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory(prefix="pq-stage-") as folder, contextlib.ExitStack() as end:
        # PostgreSQL runs as its own user, and has to find its folder.
        os.chmod(folder, 0o755)
        postgres = Postgres(pathlib.Path(folder) / "pg").create().start()
        end.callback(postgres.remove)
        suite = Suite(pathlib.Path(folder) / "suite", postgres=postgres, edge=True, **kwargs).start()
        end.callback(suite.stop)
        browser = Browser()
        end.callback(browser.stop)
        yield browser, suite
