"""What processes cost: CPU seconds from /proc/PID/stat, memory as proportional set size."""

import os
import pathlib

TICKS = os.sysconf("SC_CLK_TCK")


def stat(pid):
    """(parent, own CPU seconds, those of children that have ended)."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0.0, 0.0
    return int(fields[1]), (int(fields[11]) + int(fields[12])) / TICKS, (int(fields[13]) + int(fields[14])) / TICKS


def tree_cpu(pid):
    """Of a process, its children and those of its children that have ended: a postmaster with all its backends."""
    _, own, ended = stat(pid)
    for other in filter(str.isdigit, os.listdir("/proc")):
        parent, cpu, _ = stat(other)
        if parent == pid:
            own += cpu
    return own + ended


def busy():
    """CPU seconds that the whole machine has worked."""
    fields = [int(n) for n in pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS  # without idle and waiting for the disk


def between(before, after):
    """What each has spent; "suite": all processes together; "machine": everything, also what is not ours."""
    spent = {name: round(after[name] - before[name], 2) for name in after}
    spent["suite"] = round(sum(spent.values()) - spent["machine"], 2)
    return spent


def pss_kib(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise RuntimeError(f"no Pss of {pid}")


class Usage:
    """CPU seconds of each process of a suite, PostgreSQL with all its backends as one."""

    def __init__(self, suite):
        self.suite = suite

    def now(self):
        found = {name: stat(process.pid)[1] for name, process in self.suite.processes.items()}
        found["postgres"] = tree_cpu(self.suite.postgres.process.pid)
        found["machine"] = busy()
        return found


class ProcessUsage:
    """The same for one process that is not part of a suite."""

    def __init__(self, name, pid):
        self.name, self.pid = name, pid

    def now(self):
        return {self.name: tree_cpu(self.pid), "machine": busy()}
