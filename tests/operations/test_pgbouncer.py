"""The suite through PgBouncer, in the mode that docs/operations.md names: people talk while a service and the pooler itself are killed."""

import asyncio

import pytest
from pooled import Pooled


@pytest.fixture
def pooled(postgres):
    made = Pooled(postgres)
    yield made.start()
    made.remove()


def test_a_kill_and_the_poolers_own_end_cost_nothing_that_was_acknowledged(pooled, judged):
    suite = judged.start(pooled)

    async def kill_both(_talkers):
        await judged.goes_on()
        suite.kill("chat0")
        await asyncio.to_thread(suite.restart, "chat0")
        await judged.goes_on()
        pooled.kill()
        await judged.reaches(judged.refused, 1)  # nothing goes past it
        await asyncio.to_thread(pooled.start)
        await judged.goes_on()

    assert judged.complaints(kill_both) == []
