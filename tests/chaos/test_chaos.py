"""The short form of the chaos: each kind of fault once, over ipc or over tls+tcp by the seed, and the judgement of all that was recorded. The long form
is ./test chaos; README.md tells what it does."""

import asyncio
import os
import secrets
import zlib

import pytest
from outages import summary, table
from plan import KINDS, LOSSY, NEEDS_CLOCK, TALKERS, make_plan
from rounds import has_clock, play

from harness.suite import BUILD, SCALE


@pytest.mark.skipif(SCALE > 1, reason="a minute and more under a sanitizer")
def test_chaos_costs_nothing_that_was_acknowledged(tmp_path):
    assert has_clock(BUILD), "chaos_clock.so is not built"
    seed = os.environ.get("PALIQUE_CHAOS_SEED") or secrets.token_hex(4)
    tls = bool(zlib.crc32(seed.encode()) & 1)
    print(f"seed {seed}, over {'tls+tcp' if tls else 'ipc'}: PALIQUE_CHAOS_SEED={seed} ./test costs_nothing")
    faults = make_plan(seed, each_kind_once=True, pause=(0.2, 1.0), most=4)
    result = asyncio.run(play(tmp_path, seed, faults, tls, BUILD))
    print(table(summary(result["faults"])), result["counts"])
    assert result["violations"] == []
    assert {f["kind"] for f in result["faults"]} == set(KINDS)
    assert result["counts"]["catch-ups from the log"] > 0, f"{LOSSY} has lost nothing"
    assert result["counts"]["repeats"] > 0 and result["counts"]["repeats by REST"] > 0
    assert all(result["counts"][what] >= len(TALKERS) for what in ("edits", "replies in threads", "reactions", "mentions", "markers"))
    assert all(result["counts"][what] > 0 for what in ("deletions", "pins", "markers set back"))


def test_the_plan_follows_from_the_seed_alone():
    assert make_plan("a", 300) == make_plan("a", 300)
    assert make_plan("a", 300) != make_plan("b", 300)


def test_the_long_plan_has_enough_of_everything():
    faults = [f for n in range(4) for f in make_plan(f"s.{n}", 300) if f.kind != "none"]
    assert len(faults) >= 500
    by_kind = {kind: {f.target for f in faults if f.kind == kind} for kind in KINDS if kind != "none"}
    assert all(len(targets) == len(KINDS[kind][1]) for kind, targets in by_kind.items()), by_kind


def test_a_plan_can_leave_a_kind_out():
    assert not any(f.kind == "clock" for f in make_plan("a", 300, without=NEEDS_CLOCK))
