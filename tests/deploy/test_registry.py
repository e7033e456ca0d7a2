"""The images from a registry, as a release has them, instead of built here: Debian's docker-registry, which the daemon takes without TLS on loopback."""

import os
import subprocess

import httpx
import pytest
from deployment import Deployment
from harness import until
from harness.process import Process
from harness.suite import free_port
from test_compose import OURS, talk


def docker(*words):
    return subprocess.run(["docker", *words], check=True, capture_output=True, text=True, timeout=600).stdout


def image_of(deployment, target):
    """What the deployment that was built here runs."""
    return deployment.inspect(deployment.containers(target)[0])["Config"]["Image"]


@pytest.fixture
def registry(tmp_path):
    port = free_port()
    (tmp_path / "registry.yml").write_text(
        f"version: 0.1\nlog: {{level: warn}}\nhttp: {{addr: '127.0.0.1:{port}'}}\nstorage: {{filesystem: {{rootdirectory: {tmp_path / 'store'}}}}}\n")
    process = Process("registry", ["/usr/bin/docker-registry", "serve", tmp_path / "registry.yml"], {**os.environ, "OTEL_TRACES_EXPORTER": "none"}, tmp_path / "registry.log").start()

    def answers():
        assert process.running(), process.tail()
        try:
            return httpx.get(f"http://127.0.0.1:{port}/v2/").status_code == 200
        except httpx.TransportError:
            return False
    until(answers, "the registry")
    yield f"127.0.0.1:{port}/palique/"
    process.kill()


def test_a_release_is_pulled_and_needs_no_build(deployment, registry):
    made = Deployment()
    # The names go with -f: other tests build meanwhile, so that a name may be the last that an image in use has.
    names = {target: f"{registry}palique-{target}:1.2.3" for target in OURS}
    try:
        for target, name in names.items():
            docker("tag", image_of(deployment, target), name)
            docker("push", "-q", name)
            docker("rmi", "-f", name)
        made.set(PALIQUE_IMAGES=registry, PALIQUE_VERSION="1.2.3")
        made.compose("pull", "-q", *OURS)
        made.up()
        assert {made.inspect(made.containers(target)[0])["Config"]["Image"] for target in OURS} == set(names.values())
        assert "acknowledged and delivered to both" in talk(made)
    finally:
        made.end()
        docker("rmi", "-f", *(name for name in names.values() if docker("images", "-q", name)))
