#!/usr/bin/python3
"""Memory of the five idle services (PSS, /proc/PID/smaps_rollup): idle_memory.py [BUILD_FOLDER]. Starts a suite of its own, lets it settle, prints a table."""

import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import Suite  # noqa: E402

SETTLE_S = 10


def pss_kib(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise RuntimeError(f"no Pss of {pid}")


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2] / "build/release"
    with tempfile.TemporaryDirectory() as folder:
        suite = Suite(folder, build=build).start()
        try:
            time.sleep(SETTLE_S)
            figures = {name: pss_kib(process.pid) for name, process in suite.processes.items()}
        finally:
            suite.stop()
    print("| process | PSS, MiB |\n|---|---|")
    for name, kib in figures.items():
        print(f"| {name} | {kib / 1024:.1f} |")
    print(f"| **together** | **{sum(figures.values()) / 1024:.1f}** |")


main()
