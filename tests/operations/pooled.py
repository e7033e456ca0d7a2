"""Debian's PgBouncer before a PostgreSQL, as docs/operations.md has it."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from harness import until
from harness.pages import ROOT
from harness.postgres import PASSWORD, SCHEMAS

PAGE = "docs/operations.md"
PROGRAM = "/usr/sbin/pgbouncer"


class Pooled:
    """What a Suite wants of its Postgres; the connections of the services lead through the pooler."""

    def __init__(self, postgres, mode="session"):
        self.postgres = postgres
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pqpool-", dir="/tmp"))
        self.folder.chmod(0o755)
        owner = postgres.as_user()
        if owner:
            os.chown(self.folder, owner["user"], owner["group"])
        [settings] = re.findall(r"```ini\n(.*?)```", (ROOT / PAGE).read_text(), re.DOTALL)
        (self.folder / "pgbouncer.ini").write_text(
            settings.replace("host=127.0.0.1", f"host={postgres.folder}").replace("/etc/pgbouncer/", f"{self.folder}/").replace("= session", f"= {mode}")
            + f"unix_socket_dir = {self.folder}\nlisten_addr =\n")
        (self.folder / "userlist.txt").write_text("".join(f'"palique_{schema}" "{PASSWORD}"\n' for schema in SCHEMAS))
        self.process = None

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen([PROGRAM, self.folder / "pgbouncer.ini"], stdout=log, stderr=log, cwd="/", **self.postgres.as_user())
        until(self.ready, "PgBouncer")
        return self

    def ready(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()
        return subprocess.run([self.postgres.bin / "pg_isready", "-q", "-h", self.folder, "-p", "6432"], check=False).returncode == 0

    def kill(self):
        self.process.kill()
        self.process.wait(10)
        (self.folder / "pgbouncer.pid").unlink(missing_ok=True)

    def remove(self):
        if self.process and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    # ---- as a Suite uses it ----
    def new_database(self, bootstrap):
        return self.postgres.new_database(bootstrap)

    def psql(self, *args, **kwargs):
        return self.postgres.psql(*args, **kwargs)

    def url(self, database, schema):
        return f"{self.postgres.url(database, schema).partition('?')[0]}?host={self.folder}&port=6432"
