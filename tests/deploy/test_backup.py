"""deploy/compose/backup.sh while people talk, restore.sh onto a machine with nothing: secrets, messages, files and the order of things are there."""

import os
import shutil
import subprocess

import pytest
from deployment import STARTING, Deployment
from harness import until
from harness.conversation import Conversation
from harness.suite import ROOT


def script(deployment, name, file):
    return subprocess.run([ROOT / "deploy/compose" / name, file], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=STARTING, check=False,
                          env={**os.environ, "COMPOSE_PROJECT_NAME": deployment.folder.name, "COMPOSE_ENV_FILES": str(deployment.env)})


@pytest.fixture
def elsewhere(deployment):
    """Another installation of which there is nothing but its settings; it will have the certificate of the first."""
    trusted = os.environ["SSL_CERT_FILE"]
    made = Deployment()
    os.environ["SSL_CERT_FILE"] = trusted
    shutil.rmtree(made.secrets)
    yield made
    made.end()


def test_a_backup_taken_while_people_talk_is_restored_elsewhere(deployment, elsewhere):
    org = deployment.org()
    content = os.urandom(200_000)
    kept = org.admin.ok("POST", "/files", status=201, params={"filename": "a.bin"}, content=content, headers={"Content-Type": "application/octet-stream"})
    channel = org.admin.channel()
    said = [org.admin.send(channel, f"number {n}")["id"] for n in range(5)]
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
    person = elsewhere.client()
    person.login(org.admin.email, org.admin.password)
    assert [m["id"] for m in person.history(channel)["items"] if m["id"] in said] in (said, said[::-1])
    assert person.get(kept["file_url"]).content == content
    person.token = org.admin.token  # the signing keys are the same
    told = person.send(channel, "it goes on")
    until(lambda: person.ok("GET", f"/channels/{channel['id']}")["head_seq"] == told["seq"], "the log to go on")
