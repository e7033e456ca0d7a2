"""./test deploy k8s: one installation on the cluster that kubectl knows, for all tests of this folder, which run in order and end with the first that
fails."""

import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "chaos")]

from installation import Installation  # noqa: E402
from policies import Enforced  # noqa: E402


def pytest_addoption(parser):
    parser.addoption("--overlay", default="prod", choices=("prod", "old-api"), help="old-api: for clusters up to 1.22")
    parser.addoption("--volumes", type=pathlib.Path, help="a folder of the one node, for a cluster that makes no volumes by itself; what is in it goes")
    parser.addoption("--url", help="where the edge is reached; by default the first node's address and the port of the Service")
    parser.addoption("--here", help="an address at which pods reach this machine: a mail server and an object store are tried there")
    parser.addoption("--before", help="the tag that the images of the version before have: an upgrade and the way back are tried")
    parser.addoption("--enforce", action="store_true", help="on the one node itself, as root: network policies by nftables, where the cluster enforces none")
    parser.addoption("--keep", action="store_true", help="leave it running; else the namespace is removed at the end")


@pytest.fixture(scope="session")
def installation(request, tmp_path_factory):
    made = Installation(tmp_path_factory.mktemp("kubernetes"), request.config.option)
    try:
        yield made
    finally:
        made.close()
        if not request.config.option.keep:
            made.remove()


@pytest.fixture(scope="session", autouse=True)
def enforced(request):
    """Whether network policies are enforced, by us."""
    if not request.config.option.enforce:
        yield False
        return
    rules = Enforced()
    yield True
    rules.end()


@pytest.fixture(autouse=True)
def people_leave(installation):
    yield
    installation.close()
