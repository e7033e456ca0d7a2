"""To a point in time: what docs/operations.md says of the archive of the write-ahead log, run as it stands there in a checkout of its own."""

import os
import subprocess
import urllib.request

import pytest
from pair import said

from harness import until
from harness.installation import BUILDING, as_said, check_out

WAL = "/srv/palique-wal"
TIME = "2026-11-22 10:00:00+00"


@pytest.fixture
def old():
    installation = check_out()
    yield installation
    installation.end()


def do(installation, word, **replaced):
    text = as_said(said("test_recovery.py", word), installation.port).replace(WAL, str(installation.folder / "wal")).replace(TIME, replaced.get("time", TIME))
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=installation.checkout, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=BUILDING, check=False)
    assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
    return done.stdout


def psql(installation, sql):
    done = installation.run("psql", "--", "-At", "-c", sql)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def upload(installation, token, data):
    request = urllib.request.Request(installation.url("/files?filename=a.bin"), data=data, method="POST",
                                     headers={"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def say(installation, token, channel, text):
    return installation.call("POST", f"/channels/{channel}/messages", {"content": text}, token)


def contents(installation, token, channel):
    return [m["content"] for m in installation.call("GET", f"/channels/{channel}/messages", token=token)["items"] if m["message_type"] == "text"]


def archived(installation):
    """All that has been written until now lies in the archive."""
    segment = psql(installation, "select pg_walfile_name(pg_switch_wal())")
    until(lambda: psql(installation, "select coalesce(max(last_archived_wal), '') from pg_stat_archiver") >= segment, "the archive", timeout=60)


def test_all_is_as_it_was_at_that_time(old):
    assert old.run("--port", old.port, "--detach").returncode == 0
    body = {"email": "ana@antes.example", "username": "ana", "password": "a-long-enough-secret-9", "organization": "Antes"}
    token = old.call("POST", "/auth/register", body)["access_token"]
    channel = old.call("POST", "/channels/", {"name": "diario"}, token)["id"]
    say(old, token, channel, "before the backup")
    do(old, "archive_command")
    say(old, token, channel, "after the backup")
    upload(old, token, os.urandom(100_000))
    moment = psql(old, "select clock_timestamp()")
    say(old, token, channel, "after the moment")
    old.call("DELETE", f"/channels/{channel}", token=token)
    archived(old)

    told = do(old, "recovery_target_time", time=moment)  # which ends with ./run verify
    assert "wrong: 0" in told and "1 stored files with 100000 bytes" in told
    assert contents(old, token, channel) == ["before the backup", "after the backup"]
    head = old.call("GET", f"/channels/{channel}", token=token)["head_seq"]
    assert say(old, token, channel, "and on it goes")["seq"] == head + 1
    subprocess.run([old.checkout / "run", "stop", "--data", old.checkout / "new"], check=True)
