"""scripts/packages.sh: what keeps servers from being started while packages are installed does not stay on the machine. In a mount namespace, with a stub for apt-get."""

import os
import signal
import subprocess

import pytest
from harness import until
from harness.pages import ROOT

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")

INSTALL = """
mount --bind "$1/sbin" /usr/sbin && mount --bind "$1/etc" /etc/postgresql-common && PATH=$1/bin:/usr/bin:/bin
. "$2/scripts/common.sh" && . "$2/scripts/packages.sh" && packages_install there-is-no-such-package
"""


@pytest.fixture
def machine(tmp_path):
    for name in ("sbin", "etc", "bin"):
        (tmp_path / name).mkdir()
    stub = tmp_path / "bin/apt-get"
    stub.write_text(f"#!/bin/bash\ncp /usr/sbin/policy-rc.d {tmp_path}/seen && {{ [ ! -e {tmp_path}/waits ] || cat {tmp_path}/waits; }}\n")
    stub.chmod(0o755)
    return tmp_path


def writer(fifo):
    """Its end for writing, as soon as somebody reads."""
    try:
        return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return None


def install(machine):
    return subprocess.Popen(["unshare", "--mount", "bash", "-euo", "pipefail", "-c", INSTALL, "bash", machine, ROOT], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True, start_new_session=True)


def test_what_keeps_servers_from_starting_is_gone_afterwards(machine):
    process = install(machine)
    assert process.wait(60) == 0, process.stdout.read()
    assert "exit 101" in (machine / "seen").read_text() and not (machine / "sbin/policy-rc.d").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_is_gone_too_when_the_installation_is_interrupted(machine, number):
    os.mkfifo(machine / "waits")
    process = install(machine)
    waiting = until(lambda: writer(machine / "waits"), "apt-get to wait")  # a shell between two commands would pass over SIGINT
    os.killpg(process.pid, number)  # as a terminal does it: to the whole group
    os.close(waiting)
    assert process.wait(60) != 0
    until(lambda: not (machine / "sbin/policy-rc.d").exists(), "the shell that has put it there to take it away")  # it may end after the one that waits for it


def test_one_that_was_left_by_a_crash_goes_and_the_owners_stays(machine):
    os.mkfifo(machine / "waits")
    process = install(machine)
    until(lambda: (machine / "seen").exists() or process.poll() is not None, "apt-get to run")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(60)
    assert (machine / "sbin/policy-rc.d").exists()
    (machine / "waits").unlink()
    assert install(machine).wait(60) == 0 and not (machine / "sbin/policy-rc.d").exists()
    (machine / "sbin/policy-rc.d").write_text("#!/bin/sh\nexit 0\n")
    assert install(machine).wait(60) == 0 and (machine / "sbin/policy-rc.d").read_text() == "#!/bin/sh\nexit 0\n"
