"""palique-chat --verify: says that all is there, and names whatever is not. In a suite of its own, which it damages."""

import os
import subprocess

import pytest
from harness.suite import Suite


@pytest.fixture(scope="module")
def suite(postgres, tmp_path_factory):
    s = Suite(tmp_path_factory.mktemp("suite"), postgres).start()
    yield s
    s.stop()


def verify(suite):
    done = subprocess.run([suite.build / "bin/palique-chat", "--verify"], env=suite.env_of("chat"), capture_output=True, text=True, timeout=120, check=False)
    *faults, told = done.stdout.splitlines()
    assert told.endswith(f"wrong: {len(faults)}") and (done.returncode == 0) == (faults == []), done
    return faults, told


def test_what_is_wrong_is_named(suite):
    ana = suite.org().admin
    channel = ana.channel()["id"]
    for n in range(6):
        ana.send(channel, f"number {n}")
    for _ in range(2):
        ana.upload(os.urandom(1000))
    faults, told = verify(suite)
    assert faults == [] and "2 stored files with 2000 bytes" in told
    changed, lost = sorted((suite.folder / "files/blobs").glob("*/*/*"))
    changed.write_bytes(os.urandom(1000))
    lost.unlink()
    faults, _ = verify(suite)
    assert len(faults) == 2 and faults[0].endswith(f"{changed.name}: its content is another") and lost.name in faults[1]
    changed.write_bytes(b"short")
    assert "its size is another" in verify(suite)[0][0]

    suite.psql_as("chat", "delete from file")  # and nobody misses them any more
    assert verify(suite)[0] == []
    head = int(suite.psql_as("chat", f"select seq from channel_head where channel_id = {channel}"))
    suite.psql_as("chat", f"delete from event where channel_id = {channel} and seq = 4")
    assert verify(suite)[0] == [f"channel {channel}: the log has a gap after seq 3"]
    suite.psql_as("chat", f"delete from event where channel_id = {channel} and (seq < 4 or seq = {head})")
    assert verify(suite)[0] == [f"channel {channel}: the log begins at seq 5", f"channel {channel}: the log ends at seq {head - 1}, its head is {head}"]
    suite.psql_as("chat", f"update channel_head set seq = {head - 1} where channel_id = {channel}; update channel set created_at = now() - interval '31 days' where id = {channel}")
    # Old enough to have forgotten its first events; but there is a message that no log speaks of.
    assert verify(suite)[0] == [f"channel {channel}: there is a message with seq {head}, the head is {head - 1}"]
    suite.psql_as("chat", f"update channel_head set seq = {head} where channel_id = {channel}; delete from event where channel_id = {channel}")
    assert verify(suite)[0] == []


def test_a_dump_that_was_read_into_a_new_cluster_is_noticed(suite):
    ana = suite.org().admin
    ana.channel()
    suite.psql_as("chat", "update event set tx = '1000000000'")
    faults, _ = verify(suite)
    assert len(faults) == 1 and "not restored from a base backup" in faults[0]
