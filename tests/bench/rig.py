"""A suite for measuring: release build, PostgreSQL with the settings of ./run on a real disk, everything over loopback, nothing pinned."""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from paths import BUILD, HERE, ROOT, TOOLS

from harness.postgres import Postgres
from harness.suite import Suite
from harness.until import until
from load import Load
from people import People
from usage import Usage

ENV = {"PALIQUE_RATE_SCALE": "0", "PALIQUE_GATEWAY_MAX_CONNECTIONS": "30000", "PALIQUE_GATEWAY_SOCKETS_PER_PERSON": "30000",
       "PALIQUE_LOG_LEVEL": "warn"}
CONSUMERS = {"chat": ("notify", "admin"), "auth": ("chat", "notify", "admin")}


def build():
    """The programs that are measured (unless PALIQUE_BUILD names finished ones) and those that measure."""
    if BUILD == ROOT / "build/release":
        subprocess.run(["bash", "-c", 'ROOT=$0; . "$ROOT/scripts/common.sh"; build release', ROOT], check=True)
    if not (TOOLS / "build.ninja").exists():
        subprocess.run(["cmake", "-S", HERE, "-B", TOOLS, "-G", "Ninja"], check=True, stdout=sys.stderr)
    subprocess.run(["ninja", "--quiet", "-C", TOOLS], check=True, stdout=sys.stderr)


def run_settings():
    """The `-c name=value` of PostgreSQL under ./run, read from where they are, so that they cannot differ."""
    plan = (ROOT / "scripts/plan.sh").read_text()
    found = re.findall(r"^arg -c\narg (\w+=\S*)$", plan, re.MULTILINE)
    if not any(setting.startswith("shared_buffers=") for setting in found) or "synchronous_commit=on" not in found:
        raise SystemExit("scripts/plan.sh no longer tells PostgreSQL's settings in a form that is known here")
    return [word for setting in found if not setting.startswith("unix_socket") for word in ("-c", setting)]


class RunPostgres(Postgres):
    """As ./run starts it: durable, nothing tuned for a measurement."""

    def start(self):
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(
            [self.bin / "postgres", "-D", self.data, "-k", self.folder, *run_settings()],
            stdout=self.log, stderr=self.log, cwd="/", **self.as_user())
        until(self.ready, "PostgreSQL to accept connections")
        return self


def disk_folder():
    """A new folder on a real disk: not on a file system in memory."""
    for base in (os.environ.get("PALIQUE_BENCH_DIR"), "/var/tmp", str(ROOT / "build")):
        if base and filesystem(base) not in ("tmpfs", "ramfs"):
            return pathlib.Path(tempfile.mkdtemp(prefix="pqbench-", dir=base))
    raise SystemExit("no folder on a disk; name one with PALIQUE_BENCH_DIR")


def filesystem(path):
    return subprocess.run(["findmnt", "-n", "-o", "FSTYPE", "-T", path], check=True, capture_output=True, text=True).stdout.strip()


class Rig:
    """with Rig() as rig: …  A suite with one organisation; people and channels are made by SQL, which no figure counts."""

    def __init__(self, options, env=None):
        self.keep = options.keep
        self.env = {**ENV, **(env or {})}

    def __enter__(self):
        self.folder = disk_folder()
        self.folder.chmod(0o711)
        try:
            postgres = RunPostgres(self.folder / "pg").create().start()
            self.suite = Suite(self.folder / "suite", postgres=postgres, env=self.env, build=BUILD)
            self.suite.start()
        except BaseException:
            self._remove()
            raise
        self.usage = Usage(self.suite)
        self.people = People(self.suite)
        return self

    def __exit__(self, kind, value, trace):
        try:
            self.suite.stop()
        finally:
            self._remove()

    def _remove(self):
        suite = getattr(self, "suite", None)
        if suite and suite.postgres:
            suite.postgres.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def port(self):
        return self.suite.ports["gateway0"]

    def load(self, plan, **options):
        if self.keep:
            self._show(plan)
        return Load(self.port, plan, self.usage, **options)

    def run(self, plan, **options):
        with self.load(plan, **options) as load:
            return load.run()

    def _show(self, plan):
        """For profiling by hand: what runs where, and a plan for build/bench/load."""
        path = self.folder / "plan"
        path.write_text("".join(f"{token} {','.join(map(str, channels))} {'s' if sends else '-'}\n" for token, channels, sends in plan))
        pids = {name: process.pid for name, process in self.suite.processes.items()}
        print(f"port {self.port}, plan {path}, database {self.suite.database} at {self.suite.postgres.folder}, "
              f"pids {pids}, postgres {self.suite.postgres.process.pid}; Enter goes on", flush=True)
        input()

    @contextlib.contextmanager
    def paused(self):
        """The services are down; PostgreSQL runs."""
        for process in reversed(list(self.suite.processes.values())):
            process.stop()
        yield
        for process in self.suite.processes.values():
            process.start()
        self.suite.wait_ready()

    def wait(self, seconds):
        """The interval that is measured, not a wait for something to happen."""
        time.sleep(seconds)

    # ---- followers: what one measure has caused is not to burden the next ----
    def lag(self):
        """Events that followers have not applied yet, {"chat→notify": n, …}."""
        found = {}
        for source, followers in CONSUMERS.items():
            for name in followers:
                found[f"{source}→{name}"] = int(self.suite.psql(
                    f"select count(*) from {source}.event e, {name}.consumer_position p"
                    f" where p.source = '{source}' and (e.tx, e.id) > (p.tx, p.id)"))
        return found

    def settle(self, timeout=300):
        until(lambda: not any(self.lag().values()), "the followers to have applied everything", timeout=timeout, interval=0.2)

    def messages(self):
        return int(self.suite.psql("select count(*) from chat.message"))
