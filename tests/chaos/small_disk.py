"""PostgreSQL on disks of the test's own that can be filled: one for its tables, one for its write-ahead log. palique-launcher runs it,
as ./run has it, so that what starts it again after a panic is what does so in an installation."""

import errno
import os
import pathlib
import signal
import subprocess

from harness.postgres import Postgres
from harness.process import Process
from harness.until import until

SEGMENT = 1 << 20  # bytes of a WAL segment: soon used up


class SmallDisk:
    """A tmpfs; .fill() leaves no page on it."""

    def __init__(self, folder, size):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.ballast = self.folder / "ballast"
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "palique-tests", self.folder], check=False, capture_output=True, text=True)
        self.mounted = done.returncode == 0
        self.why = done.stderr.strip()

    def fill(self):
        file = os.open(self.ballast, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            while True:
                os.write(file, bytes(1 << 16))
        except OSError as full:
            assert full.errno == errno.ENOSPC, full
        finally:
            os.close(file)

    def room(self):
        self.ballast.unlink(missing_ok=True)

    def remove(self):
        if self.mounted:
            subprocess.run(["umount", "-l", self.folder], check=True)
            self.mounted = False


class SmallPostgres(Postgres):
    """Its process belongs to a launcher; .start() may be called once."""

    def __init__(self, folder, launcher):
        super().__init__(folder)
        self.launcher = launcher
        self.tables, self.wal = SmallDisk(self.folder / "tables", "96m"), SmallDisk(self.folder / "wal", "24m")
        self.data = self.tables.folder / "data"

    def create(self):
        """Only where disks can be made."""
        wal, user = self.wal.folder / "segments", self.as_user()
        for disk in (self.tables, self.wal):
            if user:
                os.chown(disk.folder, user["user"], user["group"])
        self.folder.chmod(0o711)
        subprocess.run([self.bin / "initdb", "-D", self.data, f"--waldir={wal}", f"--wal-segsize={SEGMENT >> 20}", "-U", "postgres", "-A", "trust",
                        "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"], check=True, stdout=subprocess.DEVNULL, cwd="/", **user)
        (self.data / "pg_hba.conf").write_text("local all postgres trust\nlocal all all scram-sha-256\n")
        with open(self.data / "postgresql.conf", "a") as conf:
            conf.write("listen_addresses=''\nshared_buffers=32MB\nfsync=off\nmax_connections=100\njit=off\nmin_wal_size=2MB\nmax_wal_size=8MB\n"
                       f"log_min_messages=warning\nunix_socket_directories='{self.folder}'\n")
        return self

    def start(self):
        plan = self.folder / "plan"
        lines = ["process postgres", f"log {self.folder / 'log'}", "stop INT", f"exec {self.bin / 'postgres'}", "arg -D", f"arg {self.data}",
                 f"ready {self.bin / 'pg_isready'}", "ready-arg -q", "ready-arg -h", f"ready-arg {self.folder}"]
        if os.geteuid() == 0:
            lines.insert(1, "user postgres")
            self.folder.chmod(0o777)  # for the sockets
        plan.write_text("stage\n" + "\n".join(lines) + "\n")
        self.runner = Process("launcher", [self.launcher, plan, self.folder / "status", self.folder / "lock"], dict(os.environ), self.folder / "launcher.log").start()
        until(self.answers, "PostgreSQL to accept connections", timeout=60)
        return self

    def answers(self):
        return subprocess.run([self.bin / "pg_isready", "-q", "-h", self.folder], check=False).returncode == 0

    def restarts(self):
        """How often the launcher has started it again."""
        return int((self.folder / "status").read_text().split()[3])

    def postmaster(self):
        return int((self.folder / "status").read_text().split()[2])

    def use_up_wal(self):
        """Writes until there is no segment left: True when PostgreSQL has panicked."""
        try:
            self.psql(f"select pg_logical_emit_message(false, 'tests', repeat('x', {SEGMENT // 2}))")
        except RuntimeError:
            return "PANIC" in (self.folder / "log").read_text(errors="replace")
        return False

    def remove(self):
        self.tables.room()
        self.wal.room()
        if self.runner.running():
            self.runner.signal(signal.SIGTERM)
            self.runner.process.wait(60)
        self.tables.remove()
        self.wal.remove()
        subprocess.run(["rm", "-rf", self.folder], check=False)
