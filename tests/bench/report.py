"""docs/performance.md and its plot, from results/*.json and notes.json (row key → why a figure was not reached) alone."""

import json

import plot
from paths import HERE, ROOT

DOCUMENT = ROOT / "docs/performance.md"
PLOT = ROOT / "docs/images/performance.svg"

INTRODUCTION = """# Performance

`tests/bench/run` measures all of this anew and writes this page; `tests/bench/run NAME --quick` measures one line in a minute
([how](../tests/bench/README.md)). Raw figures: `tests/bench/results/`.
"""

HOW = """## How it is measured

- Everything runs on the same {processors} processors, nothing pinned: the five services, PostgreSQL with all its backends, the load generator and the
  programs for comparison. Sockets are TCP over loopback, straight to the gateway, without nginx. Rate limits are off.
- PostgreSQL has the settings of `./run` (read from `scripts/plan.sh`), `fsync` and `synchronous_commit` on, data on a disk. A message counts when its `ack` has
  come, which is after the commit.
- The generator (`load.c`, one thread) checks while it counts: a refused, unanswered or lost message, or a delivery out of order, makes a line count as not reached. After the
  run no fewer messages may be in the table than were acknowledged.
- Times of an open loop (where a rate is named) run from when a message was *planned*, so that a stall of the server is counted for everyone who had to
  wait for it, and messages planned within the window are waited for, however late they come. Throughput without a rate comes from a closed loop: 8 unanswered messages a sender.
- The highest fan-out is an open loop too: rates are tried from what a closed loop reaches downwards, until p99 is under 100 ms and 97 % of what was planned was
  delivered.
- *Bare loop* (`reference_fanout.c`): an epoll loop that does nothing but broadcast frames of the same size, stores nothing, checks nothing. *Batched inserts*: `pgbench` into
  the same PostgreSQL, rows as large as a message with its event and one index, the best of batches of 10, 100 and 500.
- CPU is the time of all threads in `/proc/PID/stat`, of PostgreSQL with all its backends, over exactly the counted interval. Memory is the proportional set size.
- Messages have 100 characters. People, channels and the stored messages are put into the tables by SQL before the measurement; tokens are signed with the suite's own key.
"""


def write(found):
    notes = json.loads((HERE / "notes.json").read_text())
    parts = [INTRODUCTION, machine(found), table(found), missed(found, notes), "![The figures beside what was asked](images/performance.svg)\n", details(found),
             HOW.format(processors=found[0]["machine"]["processors"])]
    DOCUMENT.write_text("\n".join(part for part in parts if part))
    PLOT.parent.mkdir(exist_ok=True)
    PLOT.write_text(plot.svg(found))


def machine(found):
    lines = []
    for m in unique(result["machine"] for result in found):
        lines.append(f"{m['cpu']}, {m['processors']} processors, {m['memory_gib']} GiB, {m['system']}, Linux {m['kernel']}, {m['postgres']}, {m['compiler']}, data on {m['disk']}.")
    dates = sorted(result["date"] for result in found)
    builds, commits = unique(result["build"] for result in found), unique(result["commit"] for result in found)
    lines.append(f"Measured {dates[0]} to {dates[-1]}, build type {', '.join(builds)}, commit {', '.join(commits)}, with `tests/bench/run`.")
    return "\n".join(lines) + "\n"


def unique(items):
    kept = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return kept


def number(value):
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"


def table(found):
    lines = ["| measure | measured | reference in the same run | ratio | asked | reached |", "|---|---:|---:|---:|---:|---|"]
    for row in rows(found):
        beside = f"{number(row['reference'])} ({row['reference_name']})" if row["reference"] is not None else "–"
        lines.append(f"| {row['measure']} | {number(row['value'])} {row['unit']} | {beside} | {number(row['ratio'])} | {row['asked']['text']} | {'yes' if row['reached'] else '**no**'} |")
    return "\n".join(lines) + "\n"


def rows(found):
    return [row for result in found for row in result["rows"]]


def disturbed(result):
    """The part of the processors that others took in the worst of its runs."""
    return max((run["cpu"].get("others", 0) / (run["seconds"] * result["machine"]["processors"]) for _, run in runs(result["raw"])), default=0)


def missed(found, notes):
    lines = []
    for result in found:
        others = disturbed(result)
        for row in result["rows"]:
            if row["reached"]:
                continue
            why = row["problems"] + ([notes[row["key"]]] if row["key"] in notes else [])
            if others > 0.15:
                why.append(f"other programs took up to {others:.0%} of the processors meanwhile")
            lines.append(f"- **{row['measure']}**: {'; '.join(why) or 'no reason has been found yet'}.")
    return "\n".join(["## Not reached\n", *lines]) + "\n" if lines else ""


def details(found):
    """Who spends the CPU: of each run of the generator, by process."""
    lines = ["## Where the CPU goes\n", "CPU seconds over the counted interval. *Others*: what the machine did besides, the kernel's work outside of processes included; where it is "
             "much, the line is worth less.\n", "| run | seconds | acknowledged | delivered | " + " | ".join(PROCESSES) + " | generator |",
             "|---|" + "---:|" * (4 + len(PROCESSES))]
    for result in found:
        for label, run in runs(result["raw"]):
            cpu = " | ".join(f"{run['cpu'].get(name, 0):.2f}" for name in PROCESSES)
            lines.append(f"| {result['name']}: {label} | {run['seconds']} | {run['acks']:,} | {run['deliveries']:,} | {cpu} | {run['generator_cpu_s']:.2f} |")
    return "\n".join(lines) + "\n"


PROCESSES = ("auth", "chat", "notify", "admin", "gateway0", "postgres", "bare", "others")


def runs(raw):
    for label, value in raw.items():
        if isinstance(value, dict) and "cpu" in value and "acks" in value:
            yield label, value
        elif label == "runs":
            yield from value.items()
