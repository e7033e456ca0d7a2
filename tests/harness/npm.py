"""Packages of npm that tests are made with, installed from a lock file."""

import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess

BUILD = pathlib.Path(__file__).resolve().parents[2] / "build"


def installed(source, name, *scripts):
    """The folder build/`name` with what the lock file in `source` asks for, and the scripts beside it: installed once for each lock file, shared by
    all builds and whoever tests at the same time."""
    lock = (source / "package-lock.json").read_bytes() + (source / "package.json").read_bytes()
    folder = BUILD / name
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w", encoding="ascii") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        stamp, wanted = folder / ".installed", hashlib.sha256(lock).hexdigest()
        if not stamp.exists() or stamp.read_text() != wanted:
            for file in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(source / file, folder)
            done = subprocess.run(["npm", "ci", "--omit=dev", "--prefer-offline"], cwd=folder, capture_output=True, text=True, timeout=600, check=False,
                                  env=dict(os.environ, SCARF_ANALYTICS="false", REDOCLY_TELEMETRY="off"))
            assert done.returncode == 0, done.stdout + done.stderr
            stamp.write_text(wanted)
        for script in scripts:
            shutil.copy(source / script, folder)
    return folder
