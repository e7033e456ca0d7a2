"""What chat tells an operator on /metrics: every figure is explained there and in services/chat/README.md, and moves with what it is
about."""

import pathlib
import re
import uuid

from harness import until

README = pathlib.Path(__file__).resolve().parents[2] / "services/chat/README.md"
KINDS = {
    "palique_writer_batch_calls": "histogram",
    "palique_writer_batch_seconds": "histogram",
    "palique_database_commit_seconds": "histogram",
    "palique_lane_depth": "gauge",
    "palique_lane_wait_seconds": "histogram",
    "palique_call_seconds": "histogram",
    "palique_messages_repeated_total": "counter",
    "palique_messages_retried_total": "counter",
    "palique_calls_retried_total": "counter",
}


class Moved:
    """What has been added to each figure since."""

    def __init__(self, suite):
        self.suite, self.before = suite, suite.metrics("chat")

    def __getitem__(self, key):
        return self.suite.metrics("chat")[key] - self.before[key]


def test_each_figure_is_explained(suite):
    lines = suite.metrics_text("chat").splitlines()
    for name, kind in KINDS.items():
        assert any(re.fullmatch(rf"# HELP {name} \S.*", line) for line in lines), name
        assert f"# TYPE {name} {kind}" in lines, name
        assert re.search(rf"`{name}[`{{]", README.read_text()), name


def test_the_writer_tells_how_much_it_stores_at_once_and_what_it_takes(suite, org):
    channel = org.admin.channel()
    socket = org.admin.ws()
    socket.expect("hello")
    moved, sent = Moved(suite), [str(uuid.uuid4()) for _ in range(50)]
    for client_id in sent:
        socket.send({"type": "chat_message", "channel_id": channel["id"], "content": "hola", "client_id": client_id})
    acknowledged = {socket.expect("ack")["client_id"] for _ in sent}
    assert acknowledged == set(sent)
    batches = moved["palique_writer_batch_calls_count"]
    assert moved["palique_writer_batch_calls_sum"] == 50 and 1 <= batches <= 50
    assert moved["palique_writer_batch_seconds_count"] == batches and moved["palique_writer_batch_seconds_sum"] > 0
    assert moved["palique_database_commit_seconds_count"] >= batches and moved["palique_database_commit_seconds_sum"] > 0
    until(lambda: moved['palique_call_seconds_count{lane="writer"}'] == 50, "the calls to be counted")
    assert moved['palique_lane_wait_seconds_count{lane="writer"}'] == 50
    assert suite.metrics("chat")['palique_lane_depth{lane="writer"}'] == 0


def test_waiting_for_a_connection_is_told_by_lane(suite, org):
    channel = org.admin.channel()
    moved = Moved(suite)
    org.admin.history(channel)
    assert moved['palique_lane_wait_seconds_count{lane="read"}'] >= 1  # followers read too
    assert moved['palique_lane_wait_seconds_count{lane="writer"}'] == 0
    org.admin.ok("PUT", f"/channels/{channel['id']}", json={"topic": "wind"})
    assert moved['palique_lane_wait_seconds_count{lane="write"}'] == 1


def test_repeats_are_counted(suite, org):
    channel, client_id = org.admin.channel(), str(uuid.uuid4())
    moved = Moved(suite)
    first = org.admin.send(channel, "hola", client_id=client_id)
    assert moved["palique_messages_repeated_total"] == 0
    assert org.admin.send(channel, "hola", client_id=client_id)["id"] == first["id"]
    assert moved["palique_messages_repeated_total"] == 1
