#!/usr/bin/python3
"""docs/chaos.md from results of ./test chaos: page.py RESULT.json… >docs/chaos.md"""

import collections
import json
import sys

from outages import summary

HEAD = """# Chaos

`./test chaos [--minutes N] [--seed S]` kills, stops, cuts, holds and sets aside everything that the suite is made of, while twelve people talk in five channels over three gateways
(one of which loses 1 in 20 bus events all the time) and two chats, over ipc and over TLS in turn. Then it judges what each of them sent, was answered and saw, against what is stored: the
delivery contract of the suite. What is done, and what is judged, stands in [tests/chaos/README.md](../tests/chaos/README.md).
"""


def seconds(value):
    return "–" if value is None else f"{value:.2f}"


def main():
    results = [json.load(open(path)) for path in sys.argv[1:]]
    faults = [f for r in results for run in r["rounds"] for f in run["faults"]]
    done = [f for f in faults if f["kind"] != "none"]
    counts = sum((collections.Counter(r["counts"]) for r in results), collections.Counter())
    violations = sum(len(r["violations"]) for r in results)
    print(HEAD)
    print(f"Measured on two cores that did other work too, fsync off, {sum(r['minutes'] for r in results):g} minutes of faults (seeds {', '.join(r['seed'] for r in results)}): "
          f"**{len(done)} faults, {violations} violations**.")
    print(f"{counts['messages']:,} messages, {counts['edits']:,} edits, {counts['deletions']:,} deletions, {counts['repeats'] + counts['repeats by REST']:,} repeats on purpose, "
          f"{counts['connections']:,} connections, {counts['events seen']:,} events seen, {counts['catch-ups from the log']:,} gaps filled from the log.\n")
    print("Time without service: from the fault to the first acknowledged message sent after it, in the channel that had to wait longest. Faults overlap: a worst value is often "
          "the end of another. `none` is what the others compare with.\n")
    print("| fault | count | median s | worst s |\n|---|---:|---:|---:|")
    rows = {**summary(faults), "all": summary([{**f, "kind": "all"} for f in done])["all"]}
    for kind, row in rows.items():
        print(f"| {kind} | {row['count']} | {seconds(row['median'])} | {seconds(row['worst'])} |")
    print("\nThis page: `tests/chaos/page.py build/dev/chaos.json >docs/chaos.md`.")


if __name__ == "__main__":
    main()
