"""deploy/compose/backup.sh while people talk, restore.sh onto a machine with nothing: secrets, messages, files and the order of things are there."""

import os
import shutil
import subprocess

import pytest
from deployment import STARTING, Deployment
from harness.conversation import Conversation
from harness.remains import Remains
from harness.suite import ROOT


def script(deployment, name, file):
    return subprocess.run([ROOT / "deploy/compose" / name, file], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=STARTING, check=False,
                          env={**os.environ, "COMPOSE_PROJECT_NAME": deployment.folder.name, "COMPOSE_ENV_FILES": str(deployment.env)})


@pytest.fixture
def elsewhere(deployment):
    """Another installation of which there is nothing but its settings; it will have the certificate of the first. Its dashboards will be missing."""
    trusted = os.environ["SSL_CERT_FILE"]
    made = Deployment("--monitoring")
    made.set(PALIQUE_PROMETHEUS_IMAGE="127.0.0.1:1/prometheus", PALIQUE_GRAFANA_IMAGE="127.0.0.1:1/grafana")  # cannot be had
    os.environ["SSL_CERT_FILE"] = trusted
    shutil.rmtree(made.secrets)
    yield made
    made.end()


def test_a_backup_taken_while_people_talk_is_restored_elsewhere(deployment, elsewhere):
    remains = Remains(deployment)
    conversation = Conversation(deployment)
    conversation.goes_on()
    file = deployment.folder / "palique.tar"
    done = script(deployment, "backup.sh", file)
    assert done.returncode == 0, done.stderr
    assert file.stat().st_mode & 0o077 == 0 and [p for p in deployment.folder.iterdir() if p.name.startswith("palique.tar")] == [file]
    conversation.goes_on()
    assert conversation.stop() == []
    assert "already" in script(deployment, "backup.sh", file).stderr
    assert "there is a database already" in script(deployment, "restore.sh", file).stderr

    done = script(elsewhere, "restore.sh", file)
    assert done.returncode == 0 and "wrong: 0" in done.stdout, done.stdout + done.stderr
    assert "the suite runs, but not all that profiles have beside it" in done.stderr
    remains.are_in(elsewhere)
