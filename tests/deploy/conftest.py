"""What ./test deploy needs, said before anything is begun; and one deployment for all tests."""

import os
import shutil
import subprocess

import pytest
from deployment import Deployment


@pytest.fixture(scope="session")
def docker():
    """Skipped where there is none: ./test deploy itself refuses to start then."""
    if os.getuid() != 0:
        pytest.skip("needs root, to end processes in containers as a crash would")
    if not shutil.which("docker") or subprocess.run(["docker", "compose", "ls"], capture_output=True, check=False).returncode != 0:
        pytest.skip("needs Docker with Compose, and a daemon that runs")


@pytest.fixture(scope="session")
def deployment(docker):
    made = Deployment()
    try:
        made.build()
        made.up()
        yield made
    finally:
        made.end()
