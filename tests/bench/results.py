"""Keeps what was measured: results/NAME.json, small, committed, with the machine and the date of each."""

import datetime
import json
import os
import pathlib
import platform
import subprocess

from paths import HERE, ROOT
from harness.postgres import binaries
from rig import BUILD, disk_folder, filesystem

FOLDER = HERE / "results"


def machine():
    cpu = next((line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "unknown")
    memory = int(pathlib.Path("/proc/meminfo").read_text().split()[1]) / 1024 / 1024
    system = platform.freedesktop_os_release()["PRETTY_NAME"]
    postgres = _line(binaries() / "postgres", "--version")
    folder = disk_folder()
    disk = filesystem(folder)
    folder.rmdir()
    return {"processors": len(os.sched_getaffinity(0)), "cpu": cpu, "memory_gib": round(memory), "system": system, "kernel": platform.release().split("-")[0],
            "compiler": _line("cc", "--version"), "postgres": postgres, "disk": disk}


def _line(*command):
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    return done.stdout.splitlines()[0].strip() if done.stdout else "unknown"


def write(name, found, seconds):
    FOLDER.mkdir(exist_ok=True)
    kept = {"name": name, "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"), "command": f"tests/bench/run {name}",
            "build": build_type(), "commit": _line("git", "rev-parse", "--short", "HEAD"), "seconds": round(seconds), "machine": machine(), **found}
    (FOLDER / f"{name}.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


def build_type():
    for line in (BUILD / "CMakeCache.txt").read_text().splitlines():
        if line.startswith("CMAKE_BUILD_TYPE"):
            return line.split("=", 1)[1]
    return "unknown"


def read(order):
    """What is there, in the order of the measures."""
    return [json.loads((FOLDER / f"{name}.json").read_text()) for name in order if (FOLDER / f"{name}.json").exists()]
