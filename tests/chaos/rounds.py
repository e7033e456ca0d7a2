"""One round of chaos: a suite of its own, people who talk, faults, and the judgement. All of its bytes pass through this process."""

import asyncio
import contextlib
import functools
import pathlib
import subprocess

import aiohttp
from faults import Faults, clock_file
from harness import Suite
from harness.wires import Wires
from judge import Judge
from outages import outages
from plan import GATEWAYS, LOSSY, SERVICES, TALKERS
from talkers import Talker, World

CHANNELS = 5
LOST = "palique_gateway_catchups_total"


def has_clock(build):
    return (pathlib.Path(build) / "bin/chaos_clock.so").exists()


def make_suite(folder, wires, tls, build):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    suite = Suite(folder, gateways=len(GATEWAYS), chats=2, wires=wires, tls=tls, build=build, env={"PALIQUE_ACCESS_TTL": "1d"},
                  programs={LOSSY: "palique-gateway-lossy"})
    if has_clock(suite.build):
        for name in SERVICES + GATEWAYS:
            clock_file(suite, name).write_bytes(bytes(8))
            suite.extra_for[name] = {"LD_PRELOAD": str(suite.build / "bin/chaos_clock.so"), "CHAOS_CLOCK": str(clock_file(suite, name))}
    return suite


def people(suite):
    """The administrator, and members, each in all channels but one; what can be mentioned, and the group of every third."""
    org = suite.org()
    persons = [org.admin] + [org.member() for _ in TALKERS[1:]]
    channels = [org.admin.channel()["id"] for _ in range(CHANNELS)]
    of = {}
    for n, (name, person) in enumerate(zip(TALKERS, persons)):
        of[name] = [c for i, c in enumerate(channels) if n == 0 or i != n % CHANNELS]
        if n:
            for channel in of[name]:
                person.join(channel)
    group = org.admin.ok("POST", "/groups", json={"name": "Every third", "handle": "every-third", "user_ids": [p.id for p in persons[::3]]})
    addresses = [p.user["username"] for p in persons] + ["channel", group["handle"], group["handle"]]
    return persons, channels, of, addresses, {group["id"]: set(group["user_ids"])}


async def talk_while(suite, world, do, watchers=TALKERS, pause=0.15):
    """Violations of the delivery contract, by people who talk to a suite while do(talkers) is done to it."""
    persons, channels, of, world.addresses, world.groups = await asyncio.to_thread(people, suite)
    async with aiohttp.ClientSession() as world.http:
        talkers = {name: Talker(name, person, of[name], world, pause, next((c for c in channels if c not in of[name]), None))
                   for name, person in zip(TALKERS, persons)}
        await _until(lambda: all(len(t.mine) >= 3 for t in talkers.values()), world)
        await do(talkers)
        judge = Judge(suite, persons[0], talkers, channels, world)
        calm = await judge.calm()
        for talker in talkers.values():
            with contextlib.suppress(asyncio.TimeoutError):
                await talker.end()
    world.counts["events seen"] = sum(len(s) for t in talkers.values() for s in t.seen.values())
    return list(world.complaints) + (await judge.complaints(watchers) if calm else [])


async def _faults(suite, wires, world, plan, done, talkers):
    """What was done ends up in done."""
    faults = Faults(suite, wires, talkers, world)
    await faults.run(plan)
    done += faults.done


async def play(folder, seed, faults, tls=False, build=None, watchers=TALKERS, pause=0.15, say=print):
    """{"violations", "faults" with .outage, "counts"} of one round."""
    wires = Wires(asyncio.get_running_loop())
    suite = make_suite(folder, wires, tls, build)
    await asyncio.to_thread(suite.start)
    world = World([suite.url(n) for n in range(len(GATEWAYS))], seed)
    try:
        done = []
        violations = await talk_while(suite, world, functools.partial(_faults, suite, wires, world, faults, done), watchers, pause)
        violations += _sanitizers(suite)
        for fault, outage in zip(done, outages(done, world.acknowledged)):
            fault["outage"] = outage
        world.counts["catch-ups from the log"] = int(sum(_metric(suite, name, LOST) for name in GATEWAYS))
        return {"violations": violations, "faults": done, "counts": dict(world.counts), "tls": tls, "seed": seed}
    finally:
        wires.close()
        await asyncio.to_thread(_end, suite, say)


async def _until(condition, world, seconds=60):
    for _ in range(seconds * 20):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"the conversation does not begin: {world.counts} {world.complaints[:5]}")


def _metric(suite, process, name):
    return sum(value for key, value in suite.metrics(process).items() if key.partition("{")[0] == name)


def _sanitizers(suite):
    return [f"{name}: {report}" for name, process in suite.processes.items() if (report := process.sanitizer_report())]


def _end(suite, say):
    """The judgement is made; what is left is only taken down."""
    try:
        suite.stop()
    except (AssertionError, subprocess.SubprocessError) as problem:
        say(f"taking down: {problem}")
