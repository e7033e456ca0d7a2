"""A private PostgreSQL cluster: own data, own socket folder, an unprivileged user when the tests run as root."""

import contextlib
import glob
import os
import pathlib
import pwd
import shutil
import signal
import subprocess

from .until import until

SCHEMAS = ("auth", "chat", "notify", "admin")
PASSWORD = "test-only"


def binaries():
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    if not found:
        raise RuntimeError("postgresql is not installed")
    return pathlib.Path(found[-1]).parent


class Postgres:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.bin = binaries()
        self.process = None
        self.count = 0

    def as_user(self):
        if os.geteuid() != 0:
            return {}
        user = pwd.getpwnam("postgres")
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def create(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.folder.chmod(0o711)
        subprocess.run(
            [self.bin / "initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            check=True, stdout=subprocess.DEVNULL, cwd="/", **self.as_user())
        with open(self.data / "pg_hba.conf", "w") as hba:
            hba.write("local all,replication postgres trust\nlocal all all scram-sha-256\n")
        return self

    def start(self):
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(
            [self.bin / "postgres", "-D", self.data, "-k", self.folder, "-c", "listen_addresses=", "-c", "shared_buffers=32MB",
             "-c", "fsync=off", "-c", "max_connections=400", "-c", "log_min_messages=warning", "-c", "jit=off"],
            stdout=self.log, stderr=self.log, cwd="/", **self.as_user())
        until(self.ready, "PostgreSQL to accept connections")
        return self

    def ready(self):
        if self.process.poll() is not None:
            self.start_again()
        return subprocess.run([self.bin / "pg_isready", "-q", "-h", self.folder], check=False).returncode == 0

    def start_again(self):
        raise AssertionError("PostgreSQL ended: " + (self.folder / "log").read_text()[-2000:])

    def psql(self, sql, database="postgres", user="postgres", password=PASSWORD, variables=None, file=None):
        command = [self.bin / "psql", "-X", "-q", "-A", "-t", "-h", self.folder, "-U", user, "-d", database, "-v", "ON_ERROR_STOP=1"]
        for name, value in (variables or {}).items():
            command += ["-v", f"{name}={value}"]
        command += ["-f", file] if file else ["-c", sql]
        done = subprocess.run(command, check=False, capture_output=True, text=True, env={**os.environ, "PGPASSWORD": password})
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return done.stdout.strip()

    def new_database(self, bootstrap):
        self.count += 1
        name = f"palique_{self.count}"
        self.psql(f"create database {name}")
        self.psql(None, database=name, file=bootstrap, variables={f"{s}_password": PASSWORD for s in SCHEMAS})
        return name

    def url(self, database, schema):
        return f"postgresql://palique_{schema}:{PASSWORD}@/{database}?host={self.folder}"

    def kill(self):
        """kill -9 of the postmaster and of what it left behind."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def vanish(self):
        """All of it at once, as when its machine is gone. After kill() its backends live on for a moment, and commits that wait for a standby become visible to each other."""
        postmaster = self.process.pid
        self.process.send_signal(signal.SIGSTOP)
        children = subprocess.run(["pgrep", "-P", str(postmaster)], check=True, capture_output=True, text=True).stdout.split()
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for child in children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(child), number)
        self.kill()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(10)

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
