#!/usr/bin/python3
"""Twelve people talk through the edge of a suite on Kubernetes while each of its Deployments is restarted in turn and then a replica of each, and the
database, is killed: rolling.py URL. What they sent, were answered and saw is judged against what is stored, as in tests/chaos; ends with 1 when
the delivery contract was broken once."""

import asyncio
import pathlib
import secrets
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[0] / "chaos"), str(HERE.parents[0])]

from cluster import Cluster  # noqa: E402
from outages import outages, summary, table  # noqa: E402
from rounds import talk_while  # noqa: E402
from talkers import World  # noqa: E402

PAUSE = 0.3  # seconds between what one person does: the cluster may be this machine


def say(text):
    print(text, flush=True)


class Rolling:
    def __init__(self, cluster, world):
        self.cluster, self.world = cluster, world
        self.done = []

    async def one(self, kind, target, act):
        fault = {"kind": kind, "target": target, "began": time.monotonic()}
        before = len(self.world.acknowledged)
        await asyncio.to_thread(act, target)
        fault["ended"] = time.monotonic()
        self.done.append(fault)
        say(f"  {kind} {target}: {fault['ended'] - fault['began']:.1f} s, {len(self.world.acknowledged) - before} messages acknowledged meanwhile")

    async def all(self, _talkers):
        deployments = await asyncio.to_thread(self.cluster.workloads, "deployments")
        for deployment in deployments:
            await self.one("rolling restart", deployment, self.cluster.restart)
        for workload in deployments + await asyncio.to_thread(self.cluster.workloads, "statefulsets"):
            await self.one("kill", workload, self.cluster.kill_one)


async def play(cluster, world):
    rolling = Rolling(cluster, world)
    violations = await talk_while(cluster, world, rolling.all, pause=PAUSE)
    for fault, outage in zip(rolling.done, outages(rolling.done, world.acknowledged)):
        fault["outage"] = outage
    return rolling.done, violations


def main(url):
    cluster, seed = Cluster(url), secrets.token_hex(4)
    world = World([cluster.url()] * 3, seed)
    try:
        done, violations = asyncio.run(play(cluster, world))
        violations += [f"{pod} ended by itself {times} times" for pod, times in cluster.restarts().items() if times]
    finally:
        cluster.close()
    for violation in violations[:20]:
        say(f"  VIOLATION {violation[:1500]}")
    say("Time without service: from the beginning of each to the first message sent after it that was acknowledged, in the channel that waited longest")
    say(table(summary(done)))
    say(", ".join(f"{name} {n}" for name, n in sorted(world.counts.items())))
    say(f"{len(done)} restarts and kills, {len(world.acknowledged)} messages acknowledged, {len(violations)} violations; seed {seed}")
    return 1 if violations or not done else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
