"""Does to a suite what the plan says. Faults of one target wait for each other, those of different targets overlap."""

import asyncio
import collections
import os
import pathlib
import random
import signal
import struct
import time

from plan import GATEWAYS, SERVICES, SLOW, TALKERS

LEAVE_WITHIN = 25  # seconds from SIGTERM to the end


class Faults:
    def __init__(self, suite, wires, talkers, world):
        self.suite, self.wires, self.talkers, self.world = suite, wires, talkers, world
        self.locks = collections.defaultdict(asyncio.Lock)
        self.done = []
        self.meant_down = set()
        self.said = {}  # name → size of its log when it was last started: unchanged, it does not heed signals yet
        self.watch = asyncio.ensure_future(self._watch())

    async def run(self, plan):
        start = time.monotonic()
        under_way = []
        for fault in plan:
            await asyncio.sleep(max(0.0, start + fault.at - time.monotonic()))
            under_way.append(asyncio.ensure_future(self._one(fault)))
        await asyncio.gather(*under_way)
        await asyncio.sleep(0.5)
        self.watch.cancel()

    async def _one(self, fault):
        async with self.locks[fault.target]:
            record = {"kind": fault.kind, "target": fault.target, "planned": fault.at, "seconds": fault.seconds, "amount": fault.amount,
                      "began": time.monotonic()}
            self.done.append(record)
            await getattr(self, "_" + fault.kind.replace(" ", "_"))(fault)
            record["ended"] = time.monotonic()

    async def _watch(self):
        """A process that nobody meant to end has failed; it is started again as a supervisor would."""
        while True:
            await asyncio.sleep(0.2)
            for name, process in self.suite.processes.items():
                if name not in self.meant_down and not process.running():
                    self.world.complaints.append(f"{name} ended by itself with {process.process.returncode}: {process.tail(600)}")
                    self._start(name)

    # ---- processes ----
    async def _kill(self, fault):
        await self._kill_and_start([fault.target], fault.seconds)

    async def _kill_all_services(self, fault):
        names = SERVICES + GATEWAYS
        locks = [self.locks[name] for name in names]
        for lock in locks:
            await lock.acquire()
        try:
            await self._kill_and_start(names, fault.seconds)
        finally:
            for lock in locks:
                lock.release()

    async def _kill_and_start(self, names, seconds):
        self.meant_down.update(names)
        for name in names:
            self.suite.kill(name)
        await asyncio.sleep(seconds)
        for name in names:
            self._start(name)
        self.meant_down.difference_update(names)

    def _start(self, name):
        process = self.suite.proc(name)
        self.said[name] = _size(process.log)
        process.start()

    async def _stop(self, fault):
        process = self.suite.proc(fault.target)
        process.signal(signal.SIGSTOP)
        await asyncio.sleep(fault.seconds)
        process.signal(signal.SIGCONT)

    async def _restart(self, fault):
        process = self.suite.proc(fault.target)
        self.meant_down.add(fault.target)
        process.signal(signal.SIGTERM)
        since = time.monotonic()
        while process.running() and time.monotonic() - since < LEAVE_WITHIN:
            await asyncio.sleep(0.02)
        unborn = process.process.returncode == -signal.SIGTERM and _size(process.log) == self.said.get(fault.target)
        if process.running() or not (process.process.returncode == 0 or unborn):
            self.world.complaints.append(f"{fault.target} told to end: {process.process.returncode} after {time.monotonic() - since:.1f} s")
            process.kill()
        await asyncio.sleep(fault.seconds)
        self._start(fault.target)
        self.meant_down.discard(fault.target)

    # ---- the database ----
    async def _kill_database(self, fault):
        self.suite.postgres.kill()
        await asyncio.sleep(fault.seconds)
        await self._database_up()

    async def _restart_database(self, fault):
        await asyncio.to_thread(self.suite.postgres.stop)
        await asyncio.sleep(fault.seconds)
        await self._database_up()

    async def _database_up(self):
        """After kill -9 the first starts can fail while orphans still hold the shared memory."""
        for _ in range(200):
            try:
                return await asyncio.to_thread(self.suite.postgres.start)
            except AssertionError:
                await asyncio.sleep(0.2)
        raise AssertionError("PostgreSQL does not start again")

    async def _stop_database(self, fault):
        stopped = _with_children(self.suite.postgres.process.pid)
        _signal(stopped, signal.SIGSTOP)
        await asyncio.sleep(fault.seconds)
        _signal(stopped, signal.SIGCONT)

    # ---- connections ----
    async def _cut_bus(self, fault):
        self.wires.cut(fault.target)

    async def _cut_one_bus_connection(self, fault):
        self.wires.cut(fault.target, random.Random(fault.amount))

    async def _hold_bus(self, fault):
        await self.wires.hold(fault.target, fault.seconds)

    async def _drop_clients(self, fault):
        address = self.suite.url(GATEWAYS.index(fault.target))
        for talker in self.talkers.values():
            if talker.gateway == address:
                talker.drop()

    async def _slow_reader(self, fault):
        """Somebody reads nothing while others say more than the kernel (4 MB) and the gateway (1 MiB) keep for him."""
        reader = self.talkers[fault.target]
        reader.read_slowly(fault.seconds)
        loud = self.talkers[TALKERS[len(SLOW)]]
        for n in range(400):
            loud.shout(reader.channels[0], 15000)
            if n % 10 == 9:
                await asyncio.sleep(0.02)
        await asyncio.sleep(max(0.0, fault.seconds - 1))

    # ---- time ----
    async def _clock(self, fault):
        set_clock(self.suite, fault.target, fault.amount)
        await asyncio.sleep(fault.seconds)  # first: who was started a moment ago does not look at anything yet
        process = self.suite.proc(fault.target)
        if str(clock_file(self.suite, fault.target)) not in pathlib.Path(f"/proc/{process.pid}/maps").read_text():
            self.world.complaints.append(f"{fault.target} does not look at the clock that is set aside")
        set_clock(self.suite, fault.target, 0)

    async def _none(self, fault):
        pass


def _size(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


def clock_file(suite, name):
    return pathlib.Path(suite.folder) / f"{name}.clock"


def set_clock(suite, name, seconds):
    """Only where the process was started with clock.c; in place, because it is mapped."""
    with open(clock_file(suite, name), "r+b") as file:
        file.write(struct.pack("=q", seconds * 1000))


def _with_children(pid):
    """A process and its children, of which PostgreSQL's are all there are."""
    found = [pid]
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = pathlib.Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == pid:
                found.append(int(entry))
    return found


def _signal(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass
