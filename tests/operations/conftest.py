"""The people and the judge of the chaos, for what an operator does to the database under a suite that talks."""

import asyncio
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "chaos"))

from pair import Pair  # noqa: E402
from rounds import talk_while  # noqa: E402
from talkers import World  # noqa: E402

from harness import Suite  # noqa: E402

GATEWAYS = 2


class Judged:
    """Twelve people talk to a suite over the given database while something is done to it; then what they saw is judged."""

    def __init__(self, folder):
        self.folder, self.suite, self.world = folder, None, None

    def start(self, postgres):
        self.suite = Suite(self.folder, postgres=postgres, gateways=GATEWAYS, chats=2, env={"PALIQUE_ACCESS_TTL": "1d"}).start()
        return self.suite

    def acknowledged(self):
        return len(self.world.acknowledged)

    def refused(self):
        """How often somebody was told to try again."""
        return sum(self.world.counts[code] for code in ("service.unavailable", "service.timeout"))

    async def goes_on(self, more=100):
        await self.reaches(self.acknowledged, more)

    async def reaches(self, count, more):
        goal, deadline = count() + more, asyncio.get_running_loop().time() + 120
        while count() < goal:
            assert asyncio.get_running_loop().time() < deadline, f"{count()} instead of {goal}: {dict(self.world.counts)} {self.world.complaints[:5]}"
            await asyncio.sleep(0.05)

    def complaints(self, do):
        """do(talkers) is a coroutine. What broke the delivery contract: nothing, if all is well."""
        self.world = World([self.suite.url(n) for n in range(GATEWAYS)], "operations")
        return asyncio.run(talk_while(self.suite, self.world, do))


@pytest.fixture
def pair():
    made = Pair()
    yield made
    made.remove()


@pytest.fixture
def judged(tmp_path):
    made = Judged(tmp_path / "suite")
    yield made
    if made.suite:
        made.suite.stop()
