"""What does not grow: memory of idle sockets, cost of a message however many channels and messages there are, time to start."""

import http.client
import json
import os
import random
import resource
import shutil
import subprocess
import time

from paths import ROOT

import stored
from harness.rawws import RawSocket, frame
from harness.suite import free_port
from rig import Rig, disk_folder
from rows import at_most, everyone, groups, measure, problems, row
from usage import between, pss_kib

IDLE_SETTLE_S, IDLE_OVER_S = 40, 10  # longer than a heartbeat: every socket has been pinged
SENDERS, GROUPS, RATE = 20, 10, 2000
RESUMED_EVENTS = 100


@measure
def idle(o):
    """As many sockets as the descriptor limit allows, of as many people, ten to a channel."""
    count = o.pick(2000, 19000)
    count = min(count, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 1000) // 10 * 10
    with Rig(o) as rig:
        plan = [(token, channels, False) for token, channels, _ in groups(rig, count // 10, 10)]
        gateway = rig.suite.processes["gateway0"].pid
        before = pss_kib(gateway)
        at_first = rig.usage.now()
        with rig.load(plan) as sockets:
            connecting = between(at_first, rig.usage.now())
            rig.wait(o.pick(10, IDLE_SETTLE_S))
            with_sockets, cpu = pss_kib(gateway), rig.usage.now()
            rig.wait(IDLE_OVER_S)
            spent = between(cpu, rig.usage.now())
            connected = sockets.connected
    each = round((with_sockets - before) / count, 3)
    load = round(spent["gateway0"] / IDLE_OVER_S * 100, 2)
    raw = {"sockets": count, "connected": connected, "connecting_cpu": connecting, "pss_before_kib": before, "pss_kib": with_sockets, "cpu": spent}
    return {"raw": raw, "rows": [
        row("idle-memory", f"{count:,} idle authenticated sockets on one gateway: memory each", each, "KB", at_most(2)),
        row("idle-cpu", "the same, the gateway's CPU over 10 s", load, "% of a processor", at_most(2, "≈ 0 (≤ 2)"))]}


def cost_plan(people, ids):
    """Each of the people sends to all channels of his group in turn."""
    return everyone(people, lambda n: ids[n % GROUPS::GROUPS])


def cost(result):
    """Microseconds of CPU of the whole suite for a message."""
    return round(result["cpu"]["suite"] / max(result["acks"], 1) * 1e6, 1)


def growth(key, name, costs, wrong):
    ratio = round(max(costs.values()) / next(iter(costs.values())), 2)
    listed = ", ".join(f"{n:,}: {c:g} µs" for n, c in costs.items())
    return row(key, f"{name} ({listed}): the dearest to the first", ratio, "×", at_most(1.25, "flat (≤ 1.25)"), wrong)


@measure
def growth_channels(o):
    """20 people in pairs; each pair shares 1, 100, 1,000 channels. Whatever the number, a message is delivered to two."""
    costs, raw, wrong = {}, {}, []
    for count in o.pick((10, 1000), (10, 1000, 10000)):
        with Rig(o) as rig:
            people = rig.people.make(SENDERS)
            ids = rig.people.channels(count, [[people[n], people[n + GROUPS]] for n in range(GROUPS)])
            rig.settle()
            raw[count] = rig.run(cost_plan(people, ids), rate=RATE, seconds=o.pick(8, 20), warmup=5)
        costs[count] = cost(raw[count])
        wrong += problems(raw[count], rate=RATE, members=2)
    return {"raw": {"runs": raw, "costs": costs}, "rows": [growth("growth-channels", "CPU of the suite per message by channels", costs, wrong)]}


@measure
def growth_stored(o):
    """The same in 100 channels, by how much is stored already; then pages of history and resumes from there."""
    costs, raw, wrong, sizes = {}, {}, [], o.sizes or o.pick((1000, 100_000), (1000, 1_000_000, 10_000_000))
    with Rig(o) as rig:
        people = rig.people.make(SENDERS)
        ids = rig.people.channels(100, [[people[n], people[n + GROUPS]] for n in range(GROUPS)])
        rig.settle()
        for size in sizes:
            began = time.monotonic()
            stored.fill(rig, len(ids), size)
            filled = round(time.monotonic() - began, 1)
            raw[size] = rig.run(cost_plan(people, ids), rate=RATE, seconds=o.pick(8, 20), warmup=5)
            raw[size].update(fill_s=filled, stored=rig.messages())
            costs[size] = cost(raw[size])
            wrong += problems(raw[size], rate=RATE, members=2)
            rig.settle()
        pages = history_pages(rig, people, ids, o.pick(200, 1000))
        resumes = resume_times(rig, people, ids, o.pick(100, 500))
    at = f"{sizes[-1]:,} stored"
    return {"raw": {"runs": raw, "costs": costs, "pages": pages, "resumes": resumes}, "rows": [
        growth("growth-stored", "CPU of the suite per message by stored messages", costs, wrong),
        row("history", f"a page of 50 messages from anywhere in the history, {at}, p99", pages["p99_ms"], "ms", at_most(5)),
        row("resume", f"resume with {RESUMED_EVENTS} missed events, {at}, p99", resumes["p99_ms"], "ms", at_most(5))]}


def quantiles(seconds):
    ordered = sorted(seconds)
    return {"count": len(ordered), **{f"p{q}_ms": round(ordered[min(len(ordered) - 1, len(ordered) * q // 100)] * 1e3, 2) for q in (50, 90, 99)},
            "max_ms": round(ordered[-1] * 1e3, 2)}


# Of `count` channels chosen at random, the id of a message chosen at random.
SPOTS = """
select c.channel_id, m.id from (select h.channel_id, 1 + floor(random() * h.seq)::bigint as seq
        from generate_series(1, {count}) i, lateral (select * from chat.channel_head h where h.channel_id = any(array{ids}) and i > 0
            order by random() limit 1) h) c,
    lateral (select id from chat.message m where m.channel_id = c.channel_id and m.seq >= c.seq order by m.seq limit 1) m
"""


def history_pages(rig, people, ids, count):
    """GET of the page before such a message, one at a time over one connection; the channels are public."""
    spots = [line.split("|") for line in rig.suite.psql(SPOTS.format(count=count, ids=ids)).splitlines()]
    connection = http.client.HTTPConnection("127.0.0.1", rig.port)
    headers, took = {"Authorization": f"Bearer {people[0].token}"}, []
    for channel, before in spots:
        began = time.perf_counter()
        connection.request("GET", f"/channels/{channel}/messages?limit=50&before={before}", headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        took.append(time.perf_counter() - began)
        if answer.status != 200:
            raise RuntimeError(f"history answered {answer.status}: {body[:300]}")
    connection.close()
    return quantiles(took)


def resume_times(rig, people, ids, count):
    """From the resume frame to `resumed`, on a new socket each time, one channel with RESUMED_EVENTS missed events."""
    took = []
    for n in range(count):
        person = people[n % SENDERS]
        ws = RawSocket("127.0.0.1", rig.port, "/ws", person.token)
        heads = {c["channel_id"]: c["head_seq"] for c in ws.expect("hello")["channels"]}
        channel = random.choice(list(heads))
        began = time.perf_counter()
        ws.send(frame(json.dumps({"type": "resume", "positions": {str(channel): heads[channel] - RESUMED_EVENTS}}).encode()))
        ws.expect("resumed")
        took.append(time.perf_counter() - began)
        ws.close()
    return quantiles(took)


@measure
def start(o):
    """./run --detach on an installation that exists: from the command to its return, when everything is ready."""
    folder, took = disk_folder(), []
    folder.chmod(0o755)
    env = {k: v for k, v in os.environ.items() if k != "PALIQUE_BUILD"}
    def run(*words):
        subprocess.run([ROOT / "run", *words, "--data", folder / "data"], check=True, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        for _ in range(1 + o.pick(2, 5)):
            began = time.monotonic()
            run("--detach", "--port", str(free_port()))
            took.append(round(time.monotonic() - began, 2))
            run("stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {"raw": {"first_s": took[0], "later_s": took[1:]}, "rows": [
        row("start", f"start to ready, second `./run` (slowest of {len(took) - 1})", max(took[1:]), "s", at_most(3))]}
