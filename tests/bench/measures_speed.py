"""Messages per second, deliveries per second, how long they take and what they cost. Each measure has a fresh suite."""

import reference
from rig import Rig
from rows import at_least, at_most, everyone, groups, measure, per_million, problems, row


@measure
def durable(o):
    with Rig(o) as rig:
        plan = groups(rig, 50, 4)
        most = rig.run(plan, window=8, seconds=o.pick(8, 30))
        wrong = problems(most, rig)
        rig.settle()
        half = rig.run(plan, rate=7500, seconds=o.pick(8, 30))
        rig.settle()
        inserts = [reference.inserts(rig, batch, o.pick(3, 6)) for batch in (10, 100, 500)]
    best = max(r["rows_per_s"] for r in inserts)
    return {"raw": {"most": most, "half": half, "inserts": inserts}, "rows": [
        row("durable", "durable messages, 200 senders in 50 channels", most["acks_per_s"], "messages/s", at_least(15000), wrong, best, "batched inserts"),
        row("durable-ack", "the same at 7,500/s: sent to acknowledged, p99", half["ack"]["p99_ms"], "ms", at_most(50), problems(half, rate=7500))]}


@measure
def hot(o):
    with Rig(o) as rig:
        most = rig.run(groups(rig, 1, 50), window=8, seconds=o.pick(8, 20))
        wrong = problems(most, rig)
        rig.settle()
        inserts = reference.inserts(rig, 100, o.pick(3, 6))
    return {"raw": {"most": most, "inserts": inserts}, "rows": [
        row("hot", "one hot channel, 50 senders", most["acks_per_s"], "messages/s", at_least(3000), wrong, inserts["rows_per_s"], "batched inserts")]}


@measure
def latency(o):
    options = {"rate": 200, "seconds": o.pick(8, 30)}
    with Rig(o) as rig:
        ours = rig.run(groups(rig, 100, 10), **options)
    with reference.BareLoop() as loop:
        bare = loop.load(100, 10, 10, **options)
    took, beside, wrong = ours["delivery"], bare["delivery"], problems(ours, rate=200, members=10)
    return {"raw": {"ours": ours, "bare": bare}, "rows": [
        row("latency-p50", "sent to received, 1,000 connected, 200 messages/s, p50", took["p50_ms"], "ms", at_most(5), wrong, beside["p50_ms"], "bare loop"),
        row("latency-p99", "the same, p99", took["p99_ms"], "ms", at_most(25), wrong, beside["p99_ms"], "bare loop")]}


TRIES = 7  # each at 75 % of the one before: down to a fifth of what a closed loop reaches


def highest_rate(run, members, seconds):
    """The highest rate of an open loop at which deliveries keep up at p99 < 100 ms, from what a closed loop reaches downwards.
    (its result, all tries)"""
    closed = run(window=16, seconds=seconds)
    tries, rate = [closed], int(closed["acks_per_s"] * 1.05)
    for _ in range(TRIES):
        tries.append(run(rate=rate, seconds=seconds))
        if tries[-1]["delivery"]["p99_ms"] < 100 and not problems(tries[-1], rate=rate, members=members):
            break
        rate = int(rate * 0.75)
    return tries[-1], tries


@measure
def fanout(o):
    members, publishers, steady = 1000, 8, {"rate": 50, "seconds": o.pick(10, 30)}
    with Rig(o) as rig:
        people = rig.people.make(members)
        channel = rig.people.channels(1, [people])
        rig.settle()
        plan = everyone(people, lambda n: channel, lambda n: n < publishers)
        best, tries = highest_rate(lambda **k: rig.run(plan, **k), members, o.pick(5, 10))
        rig.settle()
        calm = rig.run(plan, **steady)
    with reference.BareLoop() as loop:
        bare, bare_tries = highest_rate(lambda **k: loop.load(1, members, publishers, **k), members, o.pick(5, 10))
    with reference.BareLoop() as loop:
        bare_calm = loop.load(1, members, publishers, **steady)
    cost, bare_cost = per_million(calm, "gateway0"), per_million(bare_calm, "bare")
    wrong = problems(best) + ([] if best["delivery"]["p99_ms"] < 100 else ["p99 not under 100 ms"])
    raw = {"best": best, "tries": tries, "calm": calm, "bare": bare, "bare_tries": bare_tries, "bare_calm": bare_calm}
    return {"raw": raw, "rows": [
        row("fanout", "fan-out: 1 channel, 1,000 members, 8 publishers, p99 < 100 ms", best["deliveries_per_s"], "deliveries/s", at_least(1_000_000), wrong,
            bare["deliveries_per_s"], "bare loop"),
        row("fanout-cpu", "CPU of the gateway at 50,000 deliveries/s", cost, "s per million", at_most(round(1.2 * bare_cost, 2), "≤ 1.2 × the bare loop"),
            problems(calm, rate=50, members=members), bare_cost, "bare loop")]}


@measure
def spread(o):
    options = {"rate": 2000, "seconds": o.pick(10, 30)}
    with Rig(o) as rig:
        ours = rig.run(groups(rig, 100, 10), **options)
    with reference.BareLoop() as loop:
        bare = loop.load(100, 10, 10, **options)
    wrong = problems(ours, rate=2000, members=10)
    return {"raw": {"ours": ours, "bare": bare}, "rows": [
        row("spread-cpu", "100 channels × 10 members, 2,000 messages/s: CPU of the whole suite with PostgreSQL", per_million(ours, "suite"),
            "s per million deliveries", at_most(15), wrong, per_million(bare, "bare"), "bare loop"),
        row("spread-p99", "the same, sent to received, p99", ours["delivery"]["p99_ms"], "ms", at_most(15), wrong, bare["delivery"]["p99_ms"], "bare loop")]}
