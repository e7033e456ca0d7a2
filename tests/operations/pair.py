"""A PostgreSQL and its standby, set up as docs/operations.md says, block by block as it stands there."""

import os
import pathlib
import shutil
import subprocess
import tempfile

from harness import until
from harness.pages import ROOT, blocks
from harness.postgres import Postgres

PAGE = "docs/operations.md"


def said(test, word):
    """The one block of the page that `test` runs and that has this word."""
    found = [block.text for block in blocks(PAGE) if block.mark == ("run by", f"tests/operations/{test}") and word in block.text]
    assert len(found) == 1, f"{PAGE} has {len(found)} blocks with {word}"
    return found[0]


class Pair:
    """What a Suite wants of its Postgres, over two: .primary takes writes, .standby follows it."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pqpair-", dir="/tmp"))
        self.folder.chmod(0o711)
        self.primary, self.standby = Postgres(self.folder / "db1"), Postgres(self.folder / "db2")

    def start(self):
        self.primary.create().start()
        self.standby.create()
        self.attach()
        return self

    def do(self, word):
        """A block of the page, as the user of the database. $DB1 is the primary, $DB2 and $DATA the standby."""
        env = {"PATH": f"{self.primary.bin}:{os.environ['PATH']}", "PGUSER": "postgres",
               "DB1": str(self.primary.folder), "DB2": str(self.standby.folder), "DATA": str(self.standby.data)}
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", said("test_failover.py", word)], env=env, cwd="/", capture_output=True, text=True,
                              timeout=120, check=False, **self.primary.as_user())
        assert done.returncode == 0, done.stdout + done.stderr

    def attach(self):
        """Makes the standby anew from the primary, and lets commits wait for it."""
        shutil.rmtree(self.standby.data)
        self.do("pg_basebackup")
        self.standby.start()
        self.do("synchronous_standby_names = ")
        until(lambda: self.primary.psql("select sync_state from pg_stat_replication") == "sync", "the standby to be waited for")

    def fail_over(self):
        """The primary's machine is gone: kill -9 of all of it. The standby takes its place."""
        self.primary.vanish()
        self.promote()

    def promote(self):
        self.do("pg_promote")
        self.primary, self.standby = self.standby, self.primary

    # ---- as a Suite uses it ----
    def new_database(self, bootstrap):
        return self.primary.new_database(bootstrap)

    def psql(self, *args, **kwargs):
        return self.primary.psql(*args, **kwargs)

    def url(self, database, schema):
        hosts = ",".join(sorted(str(server.folder) for server in (self.primary, self.standby)))
        return f"{self.primary.url(database, schema).partition('?')[0]}?host={hosts}&target_session_attrs=read-write"

    def remove(self):
        for server in (self.primary, self.standby):
            server.remove()
        shutil.rmtree(self.folder, ignore_errors=True)
