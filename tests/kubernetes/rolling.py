"""Twelve people talk through the edge while each Deployment is restarted in turn, and then a replica of each and of the databases is killed. What they
sent, were answered and saw is judged against what is stored, as in tests/chaos."""

import asyncio
import secrets
import time

from outages import slow_outages, summary, table
from rounds import talk_while
from talkers import World

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
        # What comes next is not to be blamed for this.
        while not self._all_go_on(fault["ended"]):
            await asyncio.sleep(0.05)
        say(f"  {kind} {target}: {fault['ended'] - fault['began']:.1f} s, {len(self.world.acknowledged) - before} messages acknowledged meanwhile")

    def _all_go_on(self, since):
        """Whether in every channel something was sent, and acknowledged, since then."""
        said = self.world.acknowledged
        return {channel for channel, _, _ in said} == {channel for channel, sent, _ in said if sent > since}

    async def all(self, _talkers):
        deployments = await asyncio.to_thread(self.cluster.workloads, "deployments")
        for deployment in deployments:
            await self.one("rolling restart", deployment, self.cluster.restart)
        for workload in deployments + await asyncio.to_thread(self.cluster.workloads, "statefulsets"):
            await self.one("kill", workload, self.cluster.kill_one)


async def play(cluster, world):
    rolling = Rolling(cluster, world)
    violations = await talk_while(cluster, world, rolling.all, pause=PAUSE)
    for fault, outage in zip(rolling.done, slow_outages(rolling.done, world.acknowledged)):
        fault["outage"] = outage
    return rolling.done, violations


def restarted_and_killed(cluster):
    """Violations of the delivery contract, and pods that ended by themselves; says what was done and for how long there was no service."""
    seed = secrets.token_hex(4)
    world = World([cluster.url()] * 3, seed)
    done, violations = asyncio.run(play(cluster, world))
    violations += [f"{pod} ended by itself {times} times" for pod, times in cluster.restarts().items() if times]
    say("Time without service: from whichever moment of each to the first message sent after it that was acknowledged, in the channel that waited longest")
    for fault in done:
        say(f"  {fault['kind']} {fault['target']}: {fault['outage']:.1f} s")
    say(table(summary(done)))
    say(", ".join(f"{name} {n}" for name, n in sorted(world.counts.items())))
    say(f"{len(done)} restarts and kills, {len(world.acknowledged)} messages acknowledged, {len(violations)} violations; seed {seed}")
    assert done
    return violations
