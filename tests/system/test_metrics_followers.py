"""What an operator sees of the followers: how far they are behind, in how large batches they catch up."""

import subprocess

from harness import until

SOURCE = '{source="chat"}'


class HeldPosition:
    """Another transaction holds notify's position in chat's log: nothing can be applied until it ends."""

    def __init__(self, suite):
        cluster = suite.postgres
        self.psql = subprocess.Popen(
            [cluster.bin / "psql", "-X", "-q", "-A", "-t", "-h", cluster.folder, "-U", "postgres", "-d", suite.database],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.say("begin; select 'held' from notify.consumer_position where source = 'chat' for update;")
        assert self.psql.stdout.readline().strip() == "held"

    def say(self, sql):
        self.psql.stdin.write(sql + "\n")
        self.psql.stdin.flush()

    def release(self):
        self.say("commit;")
        self.psql.stdin.close()
        assert self.psql.wait(20) == 0


def test_a_follower_that_is_held_up_is_seen_to_fall_behind_and_to_catch_up(make_suite):
    suite = make_suite()
    ana = suite.org().member()
    channel = ana.channel()

    def notify(name):
        return suite.metrics("notify")[name + SOURCE]

    def level():
        return notify("palique_consumer_lag_events") == 0 and notify("palique_consumer_lag_seconds") == 0

    until(lambda: suite.psql("select count(*) from notify.channel_copy") == "1", "notify to know the channel")
    until(level, "notify to be level")
    applied, batches = notify("palique_events_applied_total"), notify("palique_consumer_batch_events_count")
    held = HeldPosition(suite)
    for n in range(12):
        ana.send(channel, f"m{n}")
    until(lambda: notify("palique_consumer_lag_events") >= 1, "events to be seen waiting")
    until(lambda: notify("palique_consumer_lag_seconds") > 1, "seconds to be seen passing")
    assert notify("palique_events_applied_total") == applied
    held.release()
    until(lambda: notify("palique_events_applied_total") == applied + 12, "notify to catch up")
    until(level, "notify to be level again")
    done = notify("palique_consumer_batch_events_count") - batches
    assert 1 <= done < 12, f"{done} transactions for twelve messages that waited together"
    assert notify("palique_consumer_batch_events_sum") >= applied + 12
    assert notify("palique_consumer_batch_seconds_count") >= done


def test_every_follower_tells_of_every_source(suite):
    followed = {"notify": ("auth", "chat", "admin"), "admin": ("auth", "chat"), "chat": ("auth", "admin"), "auth": ("admin",)}
    for name, sources in followed.items():
        text = suite.metrics_text(name)
        metrics = suite.metrics(name)
        for metric in ("palique_consumer_lag_events", "palique_consumer_lag_seconds", "palique_consumer_batch_events", "palique_events_dead_total"):
            assert f"# HELP {metric} " in text and f"# TYPE {metric} " in text, (name, metric)
        for source in sources:
            assert f'palique_consumer_lag_events{{source="{source}"}}' in metrics, (name, source)
            assert f'palique_consumer_batch_events_bucket{{source="{source}",le="+Inf"}}' in metrics, (name, source)
