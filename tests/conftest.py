"""Fixtures of all Python tests. `suite` is one running suite per test process: tests make organisations of their own in it.
A test that kills, counts from zero or needs other settings takes `make_suite` and starts its own."""

import pathlib
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from harness import Suite  # noqa: E402
from harness.mailbox import NOBODY  # noqa: E402
from harness.postgres import Postgres  # noqa: E402


@pytest.fixture(scope="session")
def postgres():
    cluster = Postgres(pathlib.Path(tempfile.mkdtemp(prefix="pqdb-", dir="/tmp"))).create().start()
    yield cluster
    cluster.remove()


@pytest.fixture(scope="session")
def _session_suite(postgres, tmp_path_factory):
    suite = Suite(tmp_path_factory.mktemp("suite"), postgres=postgres, env_for={"auth": NOBODY}).start()
    yield suite
    suite.stop()


@pytest.fixture
def suite(_session_suite):
    yield from _session_suite.lend()


@pytest.fixture
def make_suite(tmp_path, postgres):
    """make_suite(gateways=2, redis=True, …) starts a suite of the test's own; own_postgres=True gives it a cluster to kill."""
    made = []

    def make(own_postgres=False, **kwargs):
        made.append(Suite(tmp_path / f"suite{len(made)}", postgres=None if own_postgres else postgres, **kwargs))
        return made[-1].start()

    yield make
    for suite in made:
        suite.stop()


@pytest.fixture
def org(suite):
    return suite.org()
