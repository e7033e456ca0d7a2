"""What is measured: one function a row or two of the table. Each gets a fresh suite and gives {"rows": […], "raw": {…}}."""

import reference
from rig import Rig

MEASURES = {}


def measure(function):
    MEASURES[function.__name__.replace("_", "-")] = function
    return function


def row(name, value, unit, asked, reached, beside=None, beside_name="", note=""):
    """One line of the table; beside: the reference's value in the same unit."""
    return {"measure": name, "value": value, "unit": unit, "asked": asked, "reached": bool(reached), "reference": beside,
            "reference_name": beside_name, "ratio": round(value / beside, 3) if beside else None, "note": note}


def everyone(people, channels_of, sends=lambda n: True):
    return [(person.token, channels_of(n), sends(n)) for n, person in enumerate(people)]


def checked(rig, result):
    """Nothing acknowledged is missing, nothing came out of order: else the speed is worth nothing."""
    problems = []
    if result["all_acks"] + result["unanswered"] + result["all_errors"] != result["all_sent"]:
        problems.append("answers do not add up")
    if result["all_errors"]:
        problems.append(f"{result['all_errors']} messages were refused: {result['first_error']}")
    if result["unanswered"]:
        problems.append(f"{result['unanswered']} messages were not answered")
    if result["disordered"]:
        problems.append(f"{result['disordered']} deliveries out of order")
    if result["closed"]:
        problems.append(f"{result['closed']} sockets were closed: {result['first_error']}")
    stored = rig.messages() if rig else None
    if rig and stored < result["all_acks"]:
        problems.append(f"{result['all_acks']} acknowledged, {stored} stored")
    result["problems"] = problems
    return result


def groups(rig, channels, size):
    """(people, plan): channels with size members of their own each."""
    people = rig.people.make(channels * size)
    ids = rig.people.channels(channels, [people[n * size:(n + 1) * size] for n in range(channels)])
    rig.settle()
    return people, everyone(people, lambda n: [ids[n // size]])


@measure
def durable(o):
    with Rig() as rig:
        _, plan = groups(rig, 50, 4)
        most = checked(rig, rig.run(plan, window=o.pick(8, 8), seconds=o.pick(8, 20), warmup=o.pick(2, 3)))
        rig.settle()
        half = checked(None, rig.run(plan, rate=7500, seconds=o.pick(8, 20), warmup=o.pick(2, 3)))
        rig.settle()
        raw = {"most": most, "half": half, "inserts": [reference.inserts(rig, batch, o.pick(4, 8)) for batch in (10, 100, 500)]}
    best = max(r["rows_per_s"] for r in raw["inserts"])
    return {"raw": raw, "rows": [
        row("durable messages, 200 senders in 50 channels", most["acks_per_s"], "messages/s", "≥ 15,000",
            most["acks_per_s"] >= 15000 and not most["problems"], best, "batched inserts"),
        row("the same: time to the acknowledgement at 7,500/s, p99", half["ack"]["p99_ms"], "ms", "≤ 50",
            half["ack"]["p99_ms"] <= 50 and half["acks"] >= 0.98 * half["sent"] and not half["problems"])]}


@measure
def hot(o):
    with Rig() as rig:
        _, plan = groups(rig, 1, 50)
        most = checked(rig, rig.run(plan, window=8, seconds=o.pick(8, 20)))
        rig.settle()
        inserts = reference.inserts(rig, 100, o.pick(4, 8))
    return {"raw": {"most": most, "inserts": inserts}, "rows": [
        row("one hot channel, 50 senders", most["acks_per_s"], "messages/s", "≥ 3,000", most["acks_per_s"] >= 3000 and not most["problems"],
            inserts["rows_per_s"], "batched inserts")]}


@measure
def latency(o):
    options = {"rate": 200, "seconds": o.pick(8, 30)}
    with Rig() as rig:
        _, plan = groups(rig, 100, 10)
        ours = checked(rig, rig.run(plan, **options))
    with reference.BareLoop() as loop:
        bare = loop.load(100, 10, 10, **options)
    took = ours["delivery"]
    return {"raw": {"ours": ours, "bare": bare}, "rows": [
        row("sent to received, 1,000 connected, 200 messages/s, p50", took["p50_ms"], "ms", "≤ 5", took["p50_ms"] <= 5 and not ours["problems"],
            bare["delivery"]["p50_ms"], "bare loop"),
        row("the same, p99", took["p99_ms"], "ms", "≤ 25", took["p99_ms"] <= 25 and not ours["problems"], bare["delivery"]["p99_ms"], "bare loop")]}


def keeps_up(result, rate, members):
    """At this rate the deliveries came, at p99 < 100 ms."""
    return result["deliveries"] >= 0.97 * rate * members * result["seconds"] and result["delivery"]["p99_ms"] < 100 and not result["problems"]


def highest_rate(run, check, members, seconds):
    """The highest rate of messages that keeps_up: from what a closed loop reaches, downwards. (result, all tries)"""
    closed = check(run(window=16, seconds=seconds))
    tries = [closed]
    rate = closed["acks_per_s"] * 1.05
    while rate * members > 1000:
        tries.append(check(run(rate=int(rate), seconds=seconds)))
        if keeps_up(tries[-1], int(rate), members):
            return tries[-1], tries
        rate *= 0.85
    return tries[-1], tries


@measure
def fanout(o):
    members, publishers = 1000, 8
    with Rig() as rig:
        people = rig.people.make(members)
        channel = rig.people.channels(1, [people])
        rig.settle()
        plan = everyone(people, lambda n: channel, lambda n: n < publishers)
        best, tries = highest_rate(lambda **k: rig.run(plan, **k), lambda r: checked(rig, r), members, o.pick(5, 10))
        rig.settle()
        steady = checked(rig, rig.run(plan, rate=50, seconds=o.pick(10, 30)))
    with reference.BareLoop() as loop:
        bare_best, bare_tries = highest_rate(lambda **k: loop.load(1, members, publishers, **k), lambda r: checked(None, r), members, o.pick(5, 10))
    with reference.BareLoop() as loop:
        bare_steady = loop.load(1, members, publishers, rate=50, seconds=o.pick(10, 30))
    cost, bare_cost = per_million(steady, "gateway0"), per_million(bare_steady, "bare")
    ok = not steady["problems"]
    return {"raw": {"best": best, "tries": tries, "steady": steady, "bare": bare_best, "bare_tries": bare_tries, "bare_steady": bare_steady}, "rows": [
        row("fan-out: 1 channel, 1,000 members, 8 publishers, at p99 < 100 ms", best["deliveries_per_s"], "deliveries/s", "≥ 1,000,000",
            best["deliveries_per_s"] >= 1e6 and best["delivery"]["p99_ms"] < 100 and not best["problems"], bare_best["deliveries_per_s"], "bare loop"),
        row("the gateway's CPU at 50,000 deliveries/s", cost, "s per million", "≤ 1.2 × bare loop", ok and cost <= 1.2 * bare_cost, bare_cost, "bare loop")]}


@measure
def spread(o):
    options = {"rate": 2000, "seconds": o.pick(10, 30)}
    with Rig() as rig:
        _, plan = groups(rig, 100, 10)
        ours = checked(rig, rig.run(plan, **options))
    with reference.BareLoop() as loop:
        bare = loop.load(100, 10, 10, **options)
    cost = per_million(ours, "suite")
    return {"raw": {"ours": ours, "bare": bare}, "rows": [
        row("100 channels × 10 members, 2,000 messages/s: CPU of the whole suite with PostgreSQL", cost, "s per million deliveries", "≤ 15",
            cost <= 15 and keeps_up(ours, 2000, 10), per_million(bare, "bare"), "bare loop"),
        row("the same, sent to received, p99", ours["delivery"]["p99_ms"], "ms", "≤ 15", ours["delivery"]["p99_ms"] <= 15 and keeps_up(ours, 2000, 10),
            bare["delivery"]["p99_ms"], "bare loop")]}


def per_million(result, name):
    return round(result["cpu"][name] / max(result["deliveries"], 1) * 1e6, 2)
