"""PostgreSQL with a synchronous standby under people who talk: the primary is killed and the standby promoted, there and back."""

import asyncio
import subprocess


def verify(suite):
    done = subprocess.run([suite.build / "bin/palique-chat", "--verify"], env=suite.env_of("chat0"), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def test_a_failover_and_the_way_back_cost_nothing_that_was_acknowledged(pair, judged, capsys):
    suite = judged.start(pair.start())

    async def fail_over_twice(_talkers):
        await judged.goes_on()
        for _ in range(2):
            await asyncio.to_thread(pair.fail_over)
            await judged.goes_on()
            await asyncio.to_thread(pair.attach)
            await judged.goes_on()

    assert judged.complaints(fail_over_twice) == []
    with capsys.disabled():
        print(f"\ntwo failovers: {judged.acknowledged()} messages acknowledged, told to try again {judged.refused()} times; {verify(suite)}")


def test_without_its_standby_nothing_is_acknowledged_and_nothing_lost(pair, judged):
    """What docs/operations.md warns of: one standby that is waited for, and it is away."""
    suite = judged.start(pair.start())

    async def lose_the_standby(_talkers):
        await judged.goes_on()
        pair.standby.kill()
        await judged.reaches(judged.refused, 1)  # by now nobody is answered from before
        acknowledged = judged.acknowledged()
        await judged.reaches(judged.refused, 20)
        assert judged.acknowledged() == acknowledged
        pair.standby.start()
        await judged.goes_on()

    assert judged.complaints(lose_the_standby) == []
    verify(suite)
